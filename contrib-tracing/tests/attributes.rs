//! What a span's fields become.

mod support;

use std::fmt;

use support::record;
use testing::{Recorded, named, tag, tags};
use tracer_core::{Array, ENABLED, SpanKind, Tracer, Value};
use tracing::field::{Empty, debug, display};
use tracing::{debug_span, info_span};

#[derive(Debug)]
#[allow(dead_code, reason = "shown by Debug")]
struct Order {
    id: u32,
}

#[test]
fn each_type_has_a_tag_of_its_own() {
    if !ENABLED {
        return;
    }
    let spans = record(|| {
        let text = String::from("made");
        let _span = info_span!(
            "span",
            i64 = -3i64,
            u8 = 8u8,
            large = u64::MAX,
            i128 = -5i128,
            huge = u128::MAX,
            f64 = 0.5,
            truth = true,
            str = "fixed",
            text,
            shown = %Order2,
            debugged = ?Order { id: 7 },
            shop.order = 1,
            r#type = "keyword",
            bytes = [1u8, 0xfe].as_slice(),
            option = Some(2),
            nothing = None::<i32>,
            empty = Empty,
        );
    });
    let span = &spans[0];
    let expected: [(&str, Value); 15] = [
        ("i64", (-3i64).into()),
        ("u8", 8.into()),
        ("large", u64::MAX.to_string().into()),
        ("i128", (-5i64).into()),
        ("huge", u128::MAX.to_string().into()),
        ("f64", 0.5.into()),
        ("truth", true.into()),
        ("str", "fixed".into()),
        ("text", "made".into()),
        ("shown", "order no. 2".into()),
        ("debugged", "Order { id: 7 }".into()),
        ("shop.order", 1.into()),
        ("type", "keyword".into()),
        ("bytes", "[01 fe]".into()),
        ("option", 2.into()),
    ];
    for (key, value) in &expected {
        assert_eq!(span.tag(key), Some(value), "{key}");
    }
    // And where it is.
    assert_eq!(tags(span).len(), expected.len() + 4, "{:#?}", span.tags);
    assert_eq!((tag(span, "level"), tag(span, "target")), ("INFO".into(), "attributes".into()));
    assert!(tag(span, "code.file.path").ends_with("attributes.rs"));
    assert!(matches!(span.tag("code.line.number"), Some(Value::I64(line)) if *line > 20));
}

struct Order2;

impl fmt::Display for Order2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("order no. 2")
    }
}

#[test]
fn what_is_recorded_later_counts_too() {
    if !ENABLED {
        return;
    }
    let spans = record(|| {
        let span = info_span!("span", early = 1, late = Empty, twice = Empty, unset = Empty);
        span.record("late", 2).record("twice", "a").record("early", "changed");
        span.in_scope(|| span.record("twice", display("b")));
        span.record("no such field", 1);
    });
    let tags = ["early", "late", "twice", "unset", "no such field"].map(|key| tag(&spans[0], key));
    assert_eq!(tags, ["changed", "2", "b", "", ""]);
}

#[test]
fn names_and_kinds() {
    if !ENABLED {
        return;
    }
    let spans = record(|| {
        for (kind, name) in [
            ("server", "s"),
            ("CLIENT", "c"),
            ("Producer", "p"),
            ("consumer", "q"),
            ("internal", "i"),
            ("nonsense", "n"),
        ] {
            let _span = info_span!("span", otel.kind = kind, otel.name = name);
        }
        drop(info_span!("shown", otel.kind = %"server", otel.name = ?SpanKind::Server));
        let later = info_span!("later", otel.name = Empty, otel.kind = Empty);
        later.record("otel.name", "renamed").record("otel.kind", "server");
    });
    let seen: Vec<_> = spans.iter().map(|span| (span.kind.as_str(), &*span.name)).collect();
    let expected = [
        ("server", "s"),
        ("client", "c"),
        ("producer", "p"),
        ("consumer", "q"),
        ("internal", "i"),
        ("internal", "n"),
        ("server", "Server"),
        ("server", "renamed"),
    ];
    assert_eq!(seen, expected);
    let otel = spans.iter().flat_map(|span| &span.tags).filter(|tag| tag.key.starts_with("otel."));
    assert_eq!(otel.count(), 0, "they are no tags");
}

#[test]
fn places_are_left_out_if_one_asks_for_it() {
    use contrib_tracing::TraceLayer;
    use tracing_subscriber::layer::SubscriberExt;

    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let layer = TraceLayer::new().with_tracer(recorded.tracer.clone()).with_location(false);
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        info_span!("span").in_scope(|| tracing::info!("event"));
        // Nor are levels recorded below the one that holds by default.
        debug_span!("quiet").in_scope(|| tracing::debug!("quiet"));
    });
    let span = recorded.one();
    assert_eq!(tags(&span), ["level=INFO", "target=attributes"]);
    let keys: Vec<_> = span.logs[0].1.iter().map(|field| &*field.key).collect();
    assert_eq!(keys, ["event", "level", "target"]);
}

/// Writes without end, unless it is stopped.
struct Endless;

impl fmt::Debug for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        loop {
            f.write_str("endless ")?;
        }
    }
}

struct Failing;

impl fmt::Debug for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("half")?;
        Err(fmt::Error)
    }
}

#[test]
fn values_are_bounded() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    tracing::dispatcher::with_default(&support::dispatch(&recorded), || {
        let long = "x".repeat(1 << 20);
        let span = info_span!("span", long, endless = ?Endless, half = ?Failing, otel.name = Empty);
        span.record("otel.name", debug(&Endless));
        span.in_scope(|| tracing::info!(long, "{Endless:?}"));
    });
    let span = recorded.one();
    assert_eq!((tag(&span, "long").len(), tag(&span, "endless").len()), (4096, 4096));
    assert_eq!((tag(&span, "half"), span.name.len()), ("half".into(), 4096));
    assert_eq!(span.events()[0].len(), 4096);
    assert_eq!(recorded.tracer.books().cut_by_limits, 5, "and what was cut is counted");
}

#[test]
fn many_fields_are_held_to_the_limits() {
    if !ENABLED {
        return;
    }
    let spans = record(|| {
        let span = info_span!("span", n = Empty);
        for n in 0..1_000 {
            span.record("n", n);
        }
        for _ in 0..1_000 {
            span.in_scope(|| tracing::info!("event"));
        }
    });
    let span = named(&spans, "span");
    assert_eq!(tag(span, "n"), "999");
    // One of them says how many went.
    assert_eq!((span.logs.len(), span.dropped.logs), (128, 1_000 - 127));
}

#[test]
fn a_value_that_panics_takes_nothing_else_with_it() {
    struct Bad;
    impl fmt::Debug for Bad {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("on purpose")
        }
    }
    if !ENABLED {
        return;
    }
    let spans = record(|| {
        let _outer = info_span!("outer").entered();
        let bad = std::panic::catch_unwind(|| drop(info_span!("bad", value = ?Bad)));
        assert!(bad.is_err());
        let span = info_span!("span", value = Empty).entered();
        let bad = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            span.record("value", debug(Bad));
        }));
        assert!(bad.is_err());
        assert!(std::panic::catch_unwind(|| tracing::info!(value = ?Bad)).is_err());
        span.record("value", "good");
        tracing::info!("good");
        drop(info_span!("child"));
    });
    assert_eq!(testing::tree(&spans), "outer\n  bad\n  span\n    child\n");
    assert_eq!(tag(named(&spans, "span"), "value"), "good");
    assert_eq!(named(&spans, "span").events(), ["good"]);
}

/// An array is what the kit has for the causes of an error.
#[test]
fn errors_have_their_causes() {
    if !ENABLED {
        return;
    }
    let spans = record(|| {
        let error = support::Nested::new(3);
        let bare = support::Nested::new(0);
        let error = &error as &(dyn std::error::Error + 'static);
        let bare = &bare as &(dyn std::error::Error + 'static);
        drop(info_span!("span", cause = error, bare));
        drop(info_span!(
            "deep",
            cause = &support::Nested::new(1_000) as &(dyn std::error::Error + 'static)
        ));
    });
    let span = named(&spans, "span");
    assert_eq!((tag(span, "cause"), tag(span, "bare")), ("level 3".into(), "level 0".into()));
    let sources = Value::from(vec!["level 2", "level 1", "level 0"]);
    assert_eq!(span.tag("cause.sources"), Some(&sources));
    assert!(span.tag("bare.sources").is_none() && !span.status.is_error());
    let Some(Value::Array(sources)) = named(&spans, "deep").tag("cause.sources") else {
        panic!("causes are there");
    };
    assert!(matches!(&**sources, Array::Str(texts) if texts.len() == 15));
}

#[test]
fn nobody_reads_values_that_nobody_records() {
    if !ENABLED {
        return;
    }
    struct Unread;
    impl fmt::Debug for Unread {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            unreachable!("nobody records it")
        }
    }
    let unsampled = Tracer::builder("test").sampler(tracer_core::AlwaysOff).build();
    let off = Tracer::builder("test").build();
    off.set_enabled(false);
    for tracer in [unsampled, off] {
        let layer = contrib_tracing::TraceLayer::new().with_tracer(tracer);
        let registry = tracing_subscriber::registry();
        let subscriber = tracing_subscriber::layer::SubscriberExt::with(registry, layer);
        tracing::subscriber::with_default(subscriber, || {
            let span = info_span!("span", value = ?Unread, later = Empty);
            span.record("later", debug(Unread));
            span.in_scope(|| tracing::info!(value = ?Unread, "{Unread:?}"));
        });
    }
}
