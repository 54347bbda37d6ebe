//! Any span goes out as JSON that says the same.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value as Json;
use support::{WAIT, read, reporter, tracer_for};
use testing::collector::Collector;
use tracer_core::{Array, SpanKind, Tag, Value};

fn some_text() -> impl Strategy<Value = String> {
    // Any characters at all, those that JSON has to escape more often. Few: keys have a limit.
    let odd = "[\u{0}-\u{1f}\"\\\\/\u{7f}\u{2028}]{0,6}";
    prop_oneof!["(?s).{0,20}", Just(String::new()), odd, "[a-z.]{1,12}", "é{60}"]
}

fn some_value() -> impl Strategy<Value = Value> {
    let double = prop_oneof![
        any::<f64>(),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(-0.0),
        Just(f64::MIN_POSITIVE),
    ];
    prop_oneof![
        some_text().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        double.clone().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        prop::collection::vec(some_text(), 0..4).prop_map(Value::from),
        prop::collection::vec(any::<i64>(), 0..9).prop_map(Value::from),
        prop::collection::vec(double, 0..9).prop_map(Value::from),
        prop::collection::vec(any::<bool>(), 0..9).prop_map(Value::from),
    ]
}

fn some_tags() -> impl Strategy<Value = Vec<Tag>> {
    let key = prop_oneof![4 => some_text(), 1 => Just("event".to_owned())];
    let tag = (key, some_value()).prop_map(|(key, value)| Tag::new(key, value));
    prop::collection::vec(tag, 0..6)
}

#[derive(Debug)]
struct Plan {
    name: String,
    kind: SpanKind,
    tags: Vec<Tag>,
    logs: Vec<Vec<Tag>>,
}

prop_compose! {
    fn some_span()(
        name in some_text(),
        kind in prop::sample::select(vec![
            SpanKind::Internal, SpanKind::Server, SpanKind::Client,
            SpanKind::Producer, SpanKind::Consumer,
        ]),
        tags in some_tags(),
        logs in prop::collection::vec(some_tags(), 0..3),
    ) -> Plan {
        Plan { name, kind, tags, logs }
    }
}

/// Those with a key, the last one of each.
fn by_key(tags: &[Tag]) -> BTreeMap<&str, &Value> {
    let tags = tags.iter().filter(|tag| !tag.key.is_empty());
    tags.map(|tag| (&*tag.key, &tag.value)).collect()
}

/// Whether this JSON is the number, or what stands for one that JSON does not have.
fn is_number(json: &Json, number: f64) -> bool {
    match json.as_str() {
        Some("NaN") => number.is_nan(),
        Some("Infinity") => number == f64::INFINITY,
        Some("-Infinity") => number == f64::NEG_INFINITY,
        Some(_) => false,
        None => json.as_f64().is_some_and(|read| read.to_bits() == number.to_bits()),
    }
}

/// Whether this JSON says the value.
fn is_value(json: &Json, value: &Value) -> bool {
    match value {
        Value::Str(text) => json == &**text,
        Value::I64(number) => json == number,
        Value::F64(number) => is_number(json, *number),
        Value::Bool(truth) => json == truth,
        Value::Array(array) => {
            let Json::Array(read) = json else { return false };
            match &**array {
                Array::Str(items) => read.iter().eq(items.iter().map(|item| &**item)),
                Array::I64(items) => read.iter().eq(items),
                Array::Bool(items) => read.iter().eq(items),
                Array::F64(items) => {
                    read.len() == items.len()
                        && read.iter().zip(items).all(|(json, number)| is_number(json, *number))
                }
                other => panic!("{other:?}"),
            }
        }
        other => panic!("{other:?}"),
    }
}

/// Whether this text says the value. What is no text is read as JSON.
fn is_text(text: &Json, value: &Value) -> bool {
    let Json::String(text) = text else { return false };
    match value {
        Value::Str(value) => text == value,
        _ if ["NaN", "Infinity", "-Infinity"].contains(&&**text) => {
            is_value(&text[..].into(), value)
        }
        _ => serde_json::from_str(text).is_ok_and(|json| is_value(&json, value)),
    }
}

fn check_tags(json: &Json, plan: &Plan) -> Result<(), TestCaseError> {
    let Json::Object(read) = json else { panic!("{json}") };
    let expected = by_key(&plan.tags);
    let ours = |key: &&String| !key.starts_with("otel.") && *key != "service.instance.id";
    prop_assert!(read.keys().filter(ours).eq(expected.keys()), "{:?}", read);
    for (key, value) in expected {
        prop_assert!(is_text(&read[key], value), "{} {:?}", read[key], value);
    }
    Ok(())
}

fn check_log(json: &Json, log: &[Tag]) -> Result<(), TestCaseError> {
    let text_of =
        |field: &Tag| field.value.as_str().filter(|_| field.key == "event").map(str::to_owned);
    let mut fields = log.to_vec();
    fields.retain(|field| text_of(field).as_deref() != Some(""));
    let named_by = fields.iter().position(|field| text_of(field).is_some());
    let name = named_by.and_then(|at| text_of(&fields.remove(at)));
    let name = name.as_deref().unwrap_or("log");
    let fields = by_key(&fields);
    let text = json["value"].as_str().unwrap();
    if fields.is_empty() {
        prop_assert_eq!(text, name);
        return Ok(());
    }
    let mut parts = serde_json::Deserializer::from_str(text).into_iter::<Json>();
    prop_assert_eq!(parts.next().unwrap().unwrap(), name);
    let rest = &text[parts.byte_offset()..];
    let read: Json = serde_json::from_str(rest.strip_prefix(": ").unwrap()).unwrap();
    let Json::Object(read) = &read else { panic!("{text}") };
    prop_assert!(read.keys().eq(fields.keys()), "{}", text);
    for (key, value) in fields {
        prop_assert!(is_value(&read[key], value), "{} {:?}", read[key], value);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn random_spans_come_back(plans in prop::collection::vec(some_span(), 1..5)) {
        if support::off() {
            return Ok(());
        }
        let collector = Collector::start();
        let tracer = tracer_for(reporter(&collector.endpoint()));
        for plan in &plans {
            let span = tracer.span(plan.name.clone()).kind(plan.kind).root().start();
            for tag in &plan.tags {
                span.set_tag(tag.key.clone(), tag.value.clone());
            }
            for log in &plan.logs {
                span.log_fields(log.iter().cloned());
            }
        }
        tracer.flush(WAIT).unwrap();
        let spans: Vec<Json> = collector.requests().iter().flat_map(read).collect();
        prop_assert_eq!(spans.len(), plans.len());
        for (span, plan) in spans.iter().zip(&plans) {
            prop_assert_eq!(span["name"].as_str().unwrap_or_default(), &plan.name);
            check_tags(&span["tags"], plan)?;
            let logs = span["annotations"].as_array().map_or(&[][..], Vec::as_slice);
            prop_assert_eq!(logs.len(), plan.logs.len());
            for (json, log) in logs.iter().zip(&plan.logs) {
                check_log(json, log)?;
            }
        }
    }
}
