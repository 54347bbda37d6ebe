//! Answers, good and bad.

use super::*;

fn probabilistic(rate: f64) -> Strategy {
    Strategy::Probabilistic(Probabilistic::clamped(rate))
}

fn operations(default: f64) -> OperationSampling {
    OperationSampling::new(Probabilistic::clamped(default))
}

#[test]
fn strategies_as_jaegers_servers_send_them() {
    let both = operations(0.5)
        .lower_bound(0.25)
        .operation("op1", Probabilistic::clamped(0.8))
        .operation("op2", Probabilistic::clamped(0.0));
    for (answer, expected) in [
        // The collector's, today's and Thrift's.
        (
            r#"{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.001}}"#,
            probabilistic(0.001),
        ),
        (
            r#"{"probabilisticSampling":{"samplingRate":1},"rateLimitingSampling":null,"strategyType":0}"#,
            probabilistic(1.0),
        ),
        (r#"{"probabilisticSampling":{"samplingRate":0}}"#, probabilistic(0.0)),
        (
            r#"{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":2}}"#,
            Strategy::RateLimiting(2.0),
        ),
        (
            r#"{"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":0.5}}"#,
            Strategy::RateLimiting(0.5),
        ),
        // What is not known is passed over.
        (
            r#" {"strategyType":1,"new":[{}],"rateLimitingSampling":{"maxTracesPerSecond":0,"x":1}} "#,
            Strategy::RateLimiting(0.0),
        ),
        (
            r#"{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.5},
                "operationSampling":{"defaultSamplingProbability":0.5,
                    "defaultLowerBoundTracesPerSecond":0.25,"defaultUpperBoundTracesPerSecond":0,
                    "perOperationStrategies":[
                        {"operation":"op1","probabilisticSampling":{"samplingRate":0.8}},
                        {"operation":"op2","probabilisticSampling":{"samplingRate":0}}]}}"#,
            Strategy::PerOperation(both.clone()),
        ),
        // In another order it is the same.
        (
            r#"{"operationSampling":{"perOperationStrategies":[
                    {"probabilisticSampling":{"samplingRate":0},"operation":"op2"},
                    {"operation":"op1","probabilisticSampling":{"samplingRate":0.8}}],
                "defaultLowerBoundTracesPerSecond":0.25,"defaultSamplingProbability":0.5}}"#,
            Strategy::PerOperation(both),
        ),
        (
            r#"{"operationSampling":{"defaultSamplingProbability":1,
                "defaultLowerBoundTracesPerSecond":0,"perOperationStrategies":null,
                "defaultUpperBoundTracesPerSecond":1.7976931348623157e308}}"#,
            Strategy::PerOperation(operations(1.0).upper_bound(f64::MAX)),
        ),
    ] {
        assert_eq!(parse_strategy(answer.as_bytes()), Ok(expected), "{answer}");
    }
}

#[test]
fn bad_answers_are_refused_as_a_whole() {
    use StrategyError::{BadLimit, BadRate, Malformed, Missing, UnknownType};

    let rate = |text: &str| format!(r#"{{"probabilisticSampling":{{"samplingRate":{text}}}}}"#);
    let limit = |text: &str| {
        format!(r#"{{"strategyType":1,"rateLimitingSampling":{{"maxTracesPerSecond":{text}}}}}"#)
    };
    let operations = |default: &str, bounds: &str, one: &str| {
        format!(
            r#"{{"probabilisticSampling":{{"samplingRate":1}},"operationSampling":{{
                "defaultSamplingProbability":{default},{bounds},"perOperationStrategies":[{one}]}}}}"#
        )
    };
    let lower = r#""defaultLowerBoundTracesPerSecond":1"#;
    for (answer, expected) in [
        // Rates.
        (rate("5"), BadRate),
        (rate("-1"), BadRate),
        (rate("1.0000001"), BadRate),
        (rate("NaN"), Malformed),
        (rate("Infinity"), Malformed),
        (rate("1e999"), Malformed),
        (rate("null"), Malformed),
        (rate("\"0.5\""), Malformed),
        (rate("true"), Malformed),
        (rate("[1]"), Malformed),
        // Limits.
        (limit("-1"), BadLimit),
        (limit("NaN"), Malformed),
        (limit("\"2\""), Malformed),
        // Operations, of which one is enough.
        (operations("5", lower, ""), BadRate),
        (operations("-0.1", lower, ""), BadRate),
        (operations("NaN", lower, ""), Malformed),
        (operations("1", r#""x":1"#, ""), Malformed),
        (operations("1", r#""defaultLowerBoundTracesPerSecond":-1"#, ""), BadLimit),
        (
            operations("1", &format!(r#"{lower},"defaultUpperBoundTracesPerSecond":-1"#), ""),
            BadLimit,
        ),
        (
            operations("1", lower, r#"{"operation":"a","probabilisticSampling":{"samplingRate":5}}"#),
            BadRate,
        ),
        (operations("1", lower, r#"{"operation":"a"}"#), Malformed),
        (operations("1", lower, r#"{"operation":"a","probabilisticSampling":null}"#), Malformed),
        (operations("1", lower, r#"{"probabilisticSampling":{"samplingRate":1}}"#), Malformed),
        (
            operations("1", lower, r#"{"operation":7,"probabilisticSampling":{"samplingRate":1}}"#),
            Malformed,
        ),
        (operations("1", lower, "null"), Malformed),
        (operations("1", lower, "{}"), Malformed),
        // Missing.
        ("{}".to_owned(), Missing),
        (r#"{"strategyType":"PROBABILISTIC"}"#.to_owned(), Missing),
        (r#"{"probabilisticSampling":{}}"#.to_owned(), Malformed),
        (r#"{"strategyType":1,"probabilisticSampling":{"samplingRate":1}}"#.to_owned(), Missing),
        (r#"{"rateLimitingSampling":{"maxTracesPerSecond":1}}"#.to_owned(), Missing),
        (r#"{"operationSampling":null}"#.to_owned(), Missing),
        (r#"{"operationSampling":{}}"#.to_owned(), Malformed),
        // Types.
        (r#"{"strategyType":"COIN","probabilisticSampling":{"samplingRate":1}}"#.to_owned(), UnknownType),
        (r#"{"strategyType":2,"probabilisticSampling":{"samplingRate":1}}"#.to_owned(), UnknownType),
        (r#"{"strategyType":-1,"probabilisticSampling":{"samplingRate":1}}"#.to_owned(), Malformed),
        (r#"{"strategyType":null,"probabilisticSampling":{"samplingRate":1}}"#.to_owned(), Malformed),
        // What is wrong with the other strategy is wrong with the answer.
        (
            r#"{"probabilisticSampling":{"samplingRate":1},"rateLimitingSampling":{"maxTracesPerSecond":-1}}"#.to_owned(),
            BadLimit,
        ),
        // No JSON, or too much of it.
        (String::new(), Malformed),
        (" ".to_owned(), Malformed),
        ("<!doctype html><html><body>502</body></html>".to_owned(), Malformed),
        ("null".to_owned(), Malformed),
        ("[]".to_owned(), Malformed),
        ("[0,{\"samplingRate\":1},null,null]".to_owned(), Malformed),
        ("{\"probabilisticSampling\":[1]}".to_owned(), Malformed),
        ("1".to_owned(), Malformed),
        (rate("1") + "x", Malformed),
        (rate("1").replace('}', ""), Malformed),
        (
            r#"{"probabilisticSampling":{"samplingRate":1},"probabilisticSampling":{"samplingRate":1}}"#.to_owned(),
            Malformed,
        ),
        (rate(&("[".repeat(100_000) + &"]".repeat(100_000))), Malformed),
    ] {
        let shown: String = answer.chars().take(200).collect();
        assert_eq!(parse_strategy(answer.as_bytes()), Err(expected), "{shown}");
    }
    assert_eq!(parse_strategy(&[0xff, 0xfe]), Err(Malformed));
}

#[test]
fn of_a_hundred_thousand_operations_two_thousand_are_kept() {
    let one = |nth| {
        format!(r#"{{"operation":"op{nth}","probabilisticSampling":{{"samplingRate":0.5}}}}"#)
    };
    let answer = |all: Vec<String>| {
        format!(
            r#"{{"operationSampling":{{"defaultSamplingProbability":0.1,
                "defaultLowerBoundTracesPerSecond":1,"perOperationStrategies":[{}]}}}}"#,
            all.join(",")
        )
    };
    let kept = |text: &str, max| match parse(text.as_bytes(), max) {
        Ok(Strategy::PerOperation(sampling)) => sampling.len(),
        other => panic!("{other:?}"),
    };
    let many = answer((0..100_000).map(one).collect());
    assert_eq!(kept(&many, PerOperation::MAX_OPERATIONS), 2_000);
    assert_eq!(kept(&many, 7), 7);
    let bad = many.replace(
        r#"op99999","probabilisticSampling":{"samplingRate":0.5"#,
        r#"x","probabilisticSampling":{"samplingRate":5"#,
    );
    assert_eq!(parse_strategy(bad.as_bytes()), Err(StrategyError::BadRate), "the last one too");
    let long = "x".repeat(PerOperation::MAX_NAME + 1);
    let names = answer(vec![one(1), one(2).replace("op2", &long), one(1)]);
    assert_eq!(kept(&names, 2_000), 1, "one is too long, and one is there twice");
}

#[test]
fn errors_say_nothing_of_the_answer() {
    for answer in ["{\"strategyType\":\"hush\"}", "{\"probabilisticSampling\":\"hush\"}", "hush"] {
        let error = parse_strategy(answer.as_bytes()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hush"));
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_an_error_or_a_strategy_within_its_limits(answer: Vec<u8>) {
        if let Ok(Strategy::PerOperation(sampling)) = parse_strategy(&answer) {
            proptest::prop_assert!(sampling.len() <= PerOperation::MAX_OPERATIONS);
        }
    }

    #[test]
    fn rates_come_back(rate in 0.0..=1.0f64) {
        let answer = format!(r#"{{"probabilisticSampling":{{"samplingRate":{rate}}}}}"#);
        let Ok(Strategy::Probabilistic(read)) = parse_strategy(answer.as_bytes()) else { panic!() };
        proptest::prop_assert!((read.rate() - rate).abs() < 1e-12);
    }
}
