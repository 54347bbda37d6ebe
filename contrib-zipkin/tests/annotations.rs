//! Logs.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use support::{at, sent};
use tracer_core::{Tag, Value};

/// The values of the annotations that these logs become.
fn values(logs: &[&[Tag]]) -> Vec<String> {
    let span = sent(|tracer| {
        let span = tracer.span("x").root().start();
        for log in logs {
            span.log_fields(log.iter().cloned());
        }
    });
    let annotations = span["annotations"].as_array().unwrap();
    annotations.iter().map(|log| log["value"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_name_alone_is_a_name_and_fields_follow_as_json() {
    if support::off() {
        return;
    }
    let event = |name: &'static str| Tag::new("event", name);
    for (log, expected) in [
        (&[event("miss")][..], "miss"),
        (&[event("a \"b\" ü")], "a \"b\" ü"),
        (&[event("miss"), Tag::new("key", "k")], r#""miss": {"key":"k"}"#),
        (&[Tag::new("n", 7), event("a \"b\" ü")], r#""a \"b\" ü": {"n":7}"#),
        // OpenTelemetry's compatibility rule for a log without a name.
        (&[Tag::new("message", "m")], r#""log": {"message":"m"}"#),
        (&[event("")], "log"),
        (&[event(""), Tag::new("n", 1)], r#""log": {"n":1}"#),
        (&[Tag::new("event", 7)], r#""log": {"event":7}"#),
        (&[event("miss"), Tag::new("", 1)], "miss"),
        (
            &[event("x"), Tag::new("k", 1), Tag::new("k", 2), Tag::new("l", 3)],
            r#""x": {"k":2,"l":3}"#,
        ),
    ] {
        assert_eq!(values(&[log]), [expected]);
    }
}

#[test]
fn values_keep_their_types() {
    if support::off() {
        return;
    }
    for (value, expected) in [
        (Value::from("\u{1}\n\"\\"), r#""\u0001\n\"\\""#),
        (i64::MAX.into(), "9223372036854775807"),
        (0.5.into(), "0.5"),
        (f64::NAN.into(), r#""NaN""#),
        (f64::INFINITY.into(), r#""Infinity""#),
        (f64::NEG_INFINITY.into(), r#""-Infinity""#),
        (true.into(), "true"),
        (vec!["a", "ü"].into(), r#"["a","ü"]"#),
        (vec![1.5, f64::NAN].into(), r#"[1.5,"NaN"]"#),
    ] {
        let log = [Tag::new("event", "e"), Tag::new("v", value)];
        assert_eq!(values(&[&log]), [format!(r#""e": {{"v":{expected}}}"#)]);
    }
}

#[test]
fn an_error_is_an_exception() {
    if support::off() {
        return;
    }
    let span = sent(|tracer| {
        tracer.span("x").root().start().log_error(&std::fmt::Error);
    });
    let message = std::fmt::Error.to_string();
    let value = format!(
        r#""exception": {{"exception.type":"core::fmt::Error","exception.message":"{message}"}}"#
    );
    assert_eq!(span["annotations"][0]["value"], value);
    assert_eq!(span["tags"]["error"], message);
    // Two names for one thing are one.
    let log =
        [Tag::new("event", "error"), Tag::new("message", "a"), Tag::new("exception.message", "b")];
    assert_eq!(values(&[&log]), [r#""exception": {"exception.message":"b"}"#]);
}

#[test]
fn logs_come_in_their_order_and_never_without_a_time() {
    if support::off() {
        return;
    }
    let span = sent(|tracer| {
        let span = tracer.span("x").root().start();
        for (nanos, name) in [(0, "a"), (999, "b"), (2_999, "c"), (1_500_000_000_000_000_000, "d")]
        {
            span.log_at(at(nanos), [Tag::new("event", name)]);
        }
    });
    let logs = span["annotations"].as_array().unwrap();
    let read = |log: &serde_json::Value| {
        (log["timestamp"].as_u64().unwrap(), log["value"].as_str().unwrap().to_owned())
    };
    let read: Vec<_> = logs.iter().map(read).collect();
    let expected = [(1, "a"), (1, "b"), (2, "c"), (1_500_000_000_000_000, "d")];
    assert_eq!(read, expected.map(|(time, name)| (time, name.to_owned())));
}
