//! What a span becomes, field by field.

mod support;

use serde_json::{Value as Json, json};
use support::{at, context, sent, sent_by};
use tracer_core::{Limits, SpanKind, Status, Tag, Tracer, Value};

#[test]
fn every_field_has_its_place() {
    if support::off() {
        return;
    }
    let make = |tracer: &Tracer| {
        let span = tracer
            .span("GET /Items")
            .kind(SpanKind::Client)
            .child_of(&context(0xa, 0xb).with_remote())
            .follows_from(&context(0xc, 0xd))
            .start_time(at(1_000_000))
            .start();
        span.set_tag("peer.service", "stock").set_tag("n", 7);
        span.set_status(Status::Error("broken".into()));
        span.log_at(at(1_500_999), [Tag::new("event", "miss")]);
        span.finish_at(at(2_234_567));
    };
    let builder = Tracer::builder("Shop").tag("service.instance.id", "i").tag("region", "eu");
    let mut spans = sent_by(builder, make);
    let id = spans[0]["id"].take();
    let id = id.as_str().unwrap();
    assert!(id.len() == 16 && id.bytes().all(|b| b"0123456789abcdef".contains(&b)), "{id}");
    let expected = json!({
        "traceId": "0000000000000000000000000000000a",
        "id": null,
        "parentId": "000000000000000b",
        "kind": "CLIENT",
        "name": "GET /Items",
        "timestamp": 1_000,
        "duration": 1_234,
        "localEndpoint": {"serviceName": "Shop"},
        "remoteEndpoint": {"serviceName": "stock"},
        "annotations": [{"timestamp": 1_500, "value": "miss"}],
        "tags": {
            "peer.service": "stock",
            "n": "7",
            "service.instance.id": "i",
            "region": "eu",
            "otel.status_code": "ERROR",
            "error": "broken",
            "otel.scope.name": "tracer",
            "otel.library.name": "tracer",
            "otel.scope.version": env!("CARGO_PKG_VERSION"),
            "otel.library.version": env!("CARGO_PKG_VERSION"),
        },
    });
    assert_eq!(spans, [expected]);
}

#[test]
fn what_is_not_there_is_absent() {
    if support::off() {
        return;
    }
    let make = |tracer: &Tracer| tracer.span("").root().start().finish();
    let spans = sent_by(Tracer::builder(""), make);
    let [Json::Object(span)] = &spans[..] else { panic!("{spans:?}") };
    let keys: Vec<_> = span.keys().map(String::as_str).collect();
    assert_eq!(keys, ["duration", "id", "tags", "timestamp", "traceId"]);
    let Json::Object(tags) = &span["tags"] else { panic!("{span:?}") };
    let keys: Vec<_> = tags.keys().filter(|key| !key.starts_with("otel.")).collect();
    assert_eq!(keys, ["service.instance.id"]);
}

#[test]
fn kinds() {
    if support::off() {
        return;
    }
    for (kind, expected) in [
        (SpanKind::Internal, Json::Null),
        (SpanKind::Server, "SERVER".into()),
        (SpanKind::Client, "CLIENT".into()),
        (SpanKind::Producer, "PRODUCER".into()),
        (SpanKind::Consumer, "CONSUMER".into()),
    ] {
        let span = sent(|tracer| tracer.span("x").kind(kind).root().start().finish());
        assert_eq!(span["kind"], expected);
    }
}

#[test]
fn times_are_whole_microseconds() {
    if support::off() {
        return;
    }
    for ((start, end), expected) in [
        ((0, 0), (1, 1)),
        ((999, 1_998), (1, 1)),
        ((1_999, 3_998), (1, 1)),
        ((1_500_000, 2_500_999), (1_500, 1_000)),
        (
            (1_700_000_000_123_456_789, 1_700_000_001_123_457_788),
            (1_700_000_000_123_456, 1_000_000),
        ),
        // Never before the start.
        ((5_000, 1_000), (5, 1)),
        ((0, u64::MAX), (1, u64::MAX / 1_000)),
    ] {
        let span = sent(|tracer| {
            tracer.span("x").root().start_time(at(start)).start().finish_at(at(end));
        });
        let times = (span["timestamp"].as_u64().unwrap(), span["duration"].as_u64().unwrap());
        assert_eq!(times, expected, "{start} {end}");
    }
}

#[test]
fn status_and_error() {
    if support::off() {
        return;
    }
    let tag = |value: &str| Some(Tag::new("error", value.to_owned()));
    for (status, tag, code, error) in [
        (Status::Unset, None, Json::Null, Json::Null),
        (Status::Ok, None, "OK".into(), Json::Null),
        (Status::Error("".into()), None, "ERROR".into(), "true".into()),
        (Status::Error("no stock".into()), None, "ERROR".into(), "no stock".into()),
        (Status::Error("kaputt: 🐌".into()), tag("x"), "ERROR".into(), "kaputt: 🐌".into()),
        (Status::Error("".into()), tag("x"), "ERROR".into(), "x".into()),
        (Status::Error("".into()), tag(""), "ERROR".into(), "true".into()),
        (Status::Error("".into()), Some(Tag::new("error", 5)), "ERROR".into(), "5".into()),
        // Zipkin would call these failures.
        (Status::Unset, tag("x"), Json::Null, Json::Null),
        (Status::Ok, tag("x"), "OK".into(), Json::Null),
    ] {
        let span = sent(|tracer| {
            let span = tracer.span("x").root().start();
            if let Some(Tag { key, value }) = tag.clone() {
                span.set_tag(key, value);
            }
            span.set_status(status.clone());
        });
        let tags = &span["tags"];
        assert_eq!((&tags["otel.status_code"], &tags["error"]), (&code, &error), "{status:?}");
    }
}

#[test]
fn opentracings_error_is_the_status() {
    if support::off() {
        return;
    }
    for (value, expected) in [(true, Json::from("true")), (false, Json::Null)] {
        let span = sent(|tracer| {
            tracer.span("x").root().start().set_tag("error", value);
        });
        assert_eq!(span["tags"]["error"], expected);
    }
}

#[test]
fn values_are_texts() {
    if support::off() {
        return;
    }
    for (value, expected) in [
        (Value::from(""), ""),
        ("naïve 🐌 \u{0} \" \\ \u{2028}".into(), "naïve 🐌 \u{0} \" \\ \u{2028}"),
        (true.into(), "true"),
        (false.into(), "false"),
        (i64::MIN.into(), "-9223372036854775808"),
        (0.1.into(), "0.1"),
        (1.0.into(), "1.0"),
        (1e300.into(), "1e300"),
        (f64::NAN.into(), "NaN"),
        (f64::INFINITY.into(), "Infinity"),
        (f64::NEG_INFINITY.into(), "-Infinity"),
        (vec!["a", "", "\"ü\n"].into(), r#"["a","","\"ü\n"]"#),
        (Vec::<String>::new().into(), "[]"),
        (vec![1_i64, -2].into(), "[1,-2]"),
        (vec![true, false].into(), "[true,false]"),
        (vec![0.5, f64::NAN, f64::NEG_INFINITY].into(), r#"[0.5,"NaN","-Infinity"]"#),
    ] {
        let span = sent(|tracer| {
            tracer.span("x").root().start().set_tag("key", value);
        });
        assert_eq!(span["tags"]["key"], expected);
    }
}

#[test]
fn names_and_keys_are_any_text() {
    if support::off() {
        return;
    }
    for text in ["GET /Ünï", "\u{0}\u{1f}\u{7f}", "\"quoted\\\"", "<script>", "\u{10ffff}"] {
        let span = sent(|tracer| {
            tracer.span(text.to_owned()).root().start().set_tag(text.to_owned(), 1);
        });
        assert_eq!((&span["name"], &span["tags"][text]), (&text.into(), &"1".into()));
    }
}

#[test]
fn the_spans_tags_go_before_the_services() {
    if support::off() {
        return;
    }
    let builder = Tracer::builder("shop").tag("region", "eu").tag("zone", "b").tag("error", "x");
    let spans = sent_by(builder, |tracer| {
        let span = tracer.span("x").tag("region", "us").root().start();
        span.set_tag("region", "us-1").set_tag("service.name", "mine");
    });
    let tags = &spans[0]["tags"];
    assert_eq!((&tags["region"], &tags["zone"]), (&"us-1".into(), &"b".into()));
    assert_eq!((&tags["service.name"], &tags["error"]), (&"mine".into(), &Json::Null));
    assert_eq!(spans[0]["localEndpoint"], json!({"serviceName": "shop"}));
}

#[test]
fn tags_that_stand_for_fields_are_not_the_users() {
    if support::off() {
        return;
    }
    let span = sent(|tracer| {
        let span = tracer.span("x").root().start();
        for key in ["otel.status_code", "otel.library.name", "otel.dropped_links_count"] {
            span.set_tag(key, "mine");
        }
    });
    let tags = &span["tags"];
    assert_eq!(tags["otel.status_code"], Json::Null);
    assert_eq!((&tags["otel.scope.name"], &tags["otel.library.name"]), (&kit(), &kit()));
    assert_eq!(tags["otel.dropped_links_count"], Json::Null);
}

fn kit() -> Json {
    "tracer".into()
}

#[test]
fn the_library_that_has_recorded_is_the_scope() {
    if support::off() {
        return;
    }
    let span = sent(|tracer| {
        drop(tracer.span("x").root().tag("otel.scope.name", "cart").start());
    });
    let tags = &span["tags"];
    assert_eq!(
        (&tags["otel.scope.name"], &tags["otel.library.name"]),
        (&"cart".into(), &"cart".into())
    );
    assert_eq!(tags["otel.scope.version"], Json::Null);
}

#[test]
fn what_limits_cut_is_counted() {
    if support::off() {
        return;
    }
    let limits = Limits::default().with_tags(2).with_logs(3).with_links(1);
    let spans = sent_by(Tracer::builder("shop").limits(limits), |tracer| {
        let span = tracer.span("x").root().link(&context(1, 1)).link(&context(2, 2)).start();
        for n in 0..5 {
            span.set_tag(format!("tag{n}"), n).log("x");
        }
    });
    let tags = &spans[0]["tags"];
    assert_eq!(tags["otel.dropped_attributes_count"], "3");
    // Two of the logs, and one that stands for those that went.
    assert_eq!(tags["otel.dropped_events_count"], "3");
    assert_eq!(tags["otel.dropped_links_count"], "1");
    assert_eq!(spans[0]["annotations"].as_array().unwrap().len(), 3);
    let marker = r#""dropped logs": {"dropped_log_count":3}"#;
    assert_eq!(spans[0]["annotations"][1]["value"], marker);
}

#[test]
fn keys_are_not_empty() {
    if support::off() {
        return;
    }
    let span = sent(|tracer| {
        tracer.span("x").root().start().set_tag("", "nothing").set_tag("some", 1);
    });
    assert_eq!((&span["tags"][""], &span["tags"]["some"]), (&Json::Null, &"1".into()));
    assert_eq!(span["tags"]["otel.dropped_attributes_count"], "1");
}
