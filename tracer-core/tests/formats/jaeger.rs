//! Jaeger's headers (section 5.4 of what its client checks of itself: ids, and propagation).

use tracer_core::propagation::{ExtractError, Jaeger, Propagator};
use tracer_core::{AlwaysOff, MemoryReporter, SpanContext, Tracer};

use crate::common::{context, named, take};
use crate::{bag, corrupted, injected, items, pairs};

fn parse(value: &str) -> Result<SpanContext, ExtractError> {
    Jaeger::http().extract(&[("uber-trace-id", value)])
}

#[test]
fn ids_that_are_read() {
    let (high, low) = (0x1234_5678_9abc_def0_u64, 0xf6c3_85a2_c57e_d8d7_u64);
    let full = format!("{high:016x}{low:016x}");
    for (value, trace, span) in [
        ("1:1:1:1", 1, 1),
        ("0f:0a:0:1", 15, 10),
        ("F:A:B:1", 15, 10),
        ("f6c385a2c57ed8d7:b04a90b7723bdc:76c385a2c57ed8d7:1", low.into(), 0xb0_4a90_b772_3bdc),
        // 17 to 31 digits are split: the last 16 are the low half.
        ("1f6c385a2c57ed8d7:1:0:1", (1 << 64) | u128::from(low), 1),
        (
            &format!("{}:1:0:1", &full[1..]),
            (u128::from(high) & (u128::MAX >> 68)) << 64 | u128::from(low),
            1,
        ),
        (
            &format!("{full}:8000000000000000:0:1"),
            u128::from(high) << 64 | u128::from(low),
            1 << 63,
        ),
        (
            "ffffffffffffffffffffffffffffffff:ffffffffffffffff:ffffffffffffffff:1",
            u128::MAX,
            u64::MAX,
        ),
        ("a%3Ab%3A0%3a1", 10, 11),
        ("\t a:b:0:1 ", 10, 11),
    ] {
        let found = parse(value).unwrap_or_else(|error| panic!("{value}: {error}"));
        assert_eq!(found, context(trace, span, true), "{value}");
        assert!(found.is_remote());
        let written = injected(&Jaeger::http(), &found).remove("uber-trace-id");
        assert_eq!(written, Some(format!("{trace:032x}:{span:016x}:0:1")));
    }
}

#[test]
fn flags_that_are_read() {
    for (flags, sampled, debug) in [
        ("0", false, false),
        ("1", true, false),
        ("2", false, true),
        ("3", true, true),
        ("8", false, false),
        ("9", true, false),
        ("a", false, true),
        ("B", true, true),
        ("00", false, false),
        ("01", true, false),
        ("0b", true, true),
    ] {
        let found = parse(&format!("1:2:0:{flags}")).unwrap();
        assert_eq!((found.is_sampled(), found.is_debug()), (sampled, debug), "{flags}");
        let written = injected(&Jaeger::http(), &found).remove("uber-trace-id").unwrap();
        let expected = u8::from(sampled) + 2 * u8::from(debug);
        assert!(written.ends_with(&format!(":0:{expected}")), "{written}");
    }
}

/// Row B7 has these and more.
#[test]
fn b7_what_is_malformed_begins_a_new_trace() {
    let digits = |count: usize| "1".repeat(count);
    let long = [(33, 1, 1), (1, 17, 1), (1, 1, 17)];
    let long = long.map(|(t, s, p)| format!("{}:{}:{}:1", digits(t), digits(s), digits(p)));
    let values = [
        "",
        ":",
        ":::",
        "abcd",
        "xxx",
        "1:1:1",
        "1:1:1:1:1",
        "1:1:1:1:",
        "x:1:1:1",
        "1:x:1:1",
        "1:1:x:1",
        "1:1:1:x",
        "1_0:1:0:1",
        "1:1_0:0:1",
        "+1:1:0:1",
        "-1:1:0:1",
        "0x1:1:0:1",
        "1 :1:0:1",
        "0:1:0:1",
        "1:0:0:1",
        "0:0:0:0",
        "a:b::1",
        "::1:1",
        "1:1:0:",
        "1:1:0:256",
        "1:1:0:-1",
        "1:1:0:ff",
        "1:1:0:4",
        "1:1:0:10",
        "1:1:0:001",
        "%",
        "%3A%3A%3A",
        "1%3:1:0:1",
        "1%2D:1:0:1",
        "é:1:0:1",
    ];
    let tracer = Tracer::builder("test").propagator(Jaeger::http()).build();
    for value in values.into_iter().chain(long.iter().map(String::as_str)) {
        assert_eq!(corrupted(parse(value)), Some("uber-trace-id"), "{value}");
        // Never an error to the caller, and counted once.
        let before = tracer.books().malformed_contexts;
        let caller = tracer.extract(&[("uber-trace-id", value), ("uberctx-k", "v")]);
        assert_eq!(tracer.books().malformed_contexts, before + 1);
        assert!(!caller.is_valid(), "{value}");
        assert_eq!(caller.baggage_item("k").as_deref(), Some("v"), "baggage stands on its own");
        assert!(tracer.span("serve").child_of(&caller).start().context().is_valid());
    }
    let twice = [("uber-trace-id", "1:1:0:1"), ("uber-trace-id", "1:1:0:1")];
    assert_eq!(corrupted(Jaeger::http().extract(&twice)), Some("uber-trace-id"));
    assert_eq!(
        Jaeger::http().extract(&[("x-uber-trace-id", "1:1:0:1")]),
        Err(ExtractError::NotFound)
    );
}

#[test]
fn baggage_of_both_kinds() {
    let carrier = [
        ("jaeger-baggage", "k=v, key 2=left out,k3=two words, k4=over%3A%20ridden"),
        ("Uberctx-Some_Key", "98%3A765"),
        ("uberctx-k4", "a+b%2Bc"),
        // None of these is baggage.
        ("header1", "value1"),
        ("uberctx", "x"),
        ("uberctx-", "x"),
        ("x-uberctx-a", "x"),
        ("baggage", "w3c=1"),
        ("ot-baggage-a", "x"),
        ("uberctx-k5", "%ZZ"),
        ("uberctx-a key", "x"),
        ("uberctx-empty", ""),
    ];
    let found = Jaeger::http().extract(&carrier).unwrap();
    assert!(!found.is_valid() && found.is_remote());
    let expected = [("k", "v"), ("k3", "two words"), ("k4", "a b+c"), ("some_key", "98:765")];
    assert_eq!(items(&found), pairs(&expected));
    let written = injected(&Jaeger::http(), &found);
    let expected = [
        ("uberctx-k", "v"),
        ("uberctx-k3", "two%20words"),
        ("uberctx-k4", "a%20b%2Bc"),
        ("uberctx-some_key", "98%3A765"),
    ];
    assert_eq!(written.into_iter().collect::<Vec<_>>(), pairs(&expected));
    let found = Jaeger::text_map().extract(&carrier).unwrap();
    let text = [("Some_Key", "98%3A765"), ("k4", "a+b%2Bc"), ("k5", "%ZZ")];
    for (key, value) in text {
        assert_eq!(found.baggage_item(key).as_deref(), Some(value), "{key}: as it is");
    }
    assert_eq!(found.baggage().len(), 5);
}

/// Baggage without ids: a root with baggage, without a reference.
#[test]
fn baggage_only_headers_begin_a_trace() {
    for header in [("jaeger-baggage", "k=v"), ("uberctx-k", "v")] {
        let memory = MemoryReporter::new();
        let tracer = Tracer::builder("test").propagator(Jaeger::http()).reporter(memory.clone());
        let tracer = tracer.build();
        let caller = tracer.extract(&[header]);
        let span = tracer.span("root").child_of(&caller).start();
        assert_eq!(span.baggage_item("k").as_deref(), Some("v"));
        span.finish();
        let spans = take(&tracer, &memory);
        let root = named(&spans, "root");
        assert!(root.parent_id.is_none() && root.links.is_empty());
        assert_eq!((tracer.books().started, tracer.books().malformed_contexts), (1, 0));
    }
}

/// `jaeger-debug-id` alone: a root that is recorded whatever the sampler says, with the id as a tag.
#[test]
fn debug_id_begins_a_trace_that_can_be_found() {
    let memory = MemoryReporter::new();
    let tracer = Tracer::builder("test").propagator(Jaeger::http()).sampler(AlwaysOff);
    let tracer = tracer.reporter(memory.clone()).build();
    let caller = tracer.extract(&[("jaeger-debug-id", "value%201"), ("jaeger-baggage", "k=v")]);
    assert_eq!((caller.debug_id(), caller.is_valid()), (Some("value 1"), false));
    for span in [
        tracer.span("child of").child_of(&caller).start(),
        tracer.span("follows from").follows_from(&caller).start(),
    ] {
        let context = span.context();
        assert!(context.is_valid() && context.is_sampled() && context.is_debug());
        let written = injected(&Jaeger::http(), &context);
        assert!(written["uber-trace-id"].ends_with(":0:3"), "{written:?}");
        assert!(!written.contains_key("jaeger-debug-id") && written["uberctx-k"] == "v");
    }
    let spans = take(&tracer, &memory);
    for name in ["child of", "follows from"] {
        let span = named(&spans, name);
        assert!(span.parent_id.is_none() && span.links.is_empty());
        assert_eq!(
            span.tag("jaeger-debug-id").map(ToString::to_string).as_deref(),
            Some("value 1")
        );
    }
}

/// Where no trace has begun, the wish for one goes on.
#[test]
fn debug_id_is_handed_on() {
    let ids = ["plain", "two words, ünï\r\n", &"x".repeat(256)];
    for id in ids {
        let wish = SpanContext::default().with_debug_id(id);
        let written = injected(&Jaeger::http(), &wish);
        assert_eq!(written.keys().collect::<Vec<_>>(), ["jaeger-debug-id"]);
        assert_eq!(Jaeger::http().extract(&written).unwrap().debug_id(), Some(id));
        let text = injected(&Jaeger::text_map(), &wish);
        assert_eq!(text.contains_key("jaeger-debug-id"), id.is_ascii(), "{text:?}");
    }
    for (bad, expected) in [("%ZZ", None), ("", None), (&*"x".repeat(257), None), ("+", Some(" "))]
    {
        let found = crate::extract(&Jaeger::http(), &[("jaeger-debug-id", bad)]);
        assert_eq!(found.debug_id(), expected, "{bad}");
    }
    // Beside ids that are malformed it is all that is left.
    let found = Jaeger::http().extract(&[("uber-trace-id", "0:0:0:0"), ("jaeger-debug-id", "x")]);
    assert_eq!(found.unwrap_err().into_rest().debug_id(), Some("x"));
}

#[test]
fn what_is_stale_goes() {
    let stale = pairs(&[
        ("Uber-Trace-Id", "1:1:0:1"),
        ("UBERCTX-old", "1"),
        ("jaeger-baggage", "old=1"),
        ("Jaeger-Debug-Id", "old"),
        ("x", "y"),
    ]);
    let mut carrier = stale.clone();
    Jaeger::http().inject(&context(1, 2, true).with_baggage(bag(&[("new", "1")])), &mut carrier);
    let id = format!("{:032x}:{:016x}:0:1", 1, 2);
    assert_eq!(carrier, pairs(&[("x", "y"), ("uber-trace-id", &id), ("uberctx-new", "1")]));
    let mut carrier = stale.clone();
    Jaeger::http().inject(&SpanContext::default().with_baggage(bag(&[("new", "1")])), &mut carrier);
    assert_eq!(carrier, pairs(&[("x", "y"), ("uberctx-new", "1")]));
    let mut carrier = stale.clone();
    Jaeger::http().inject(&SpanContext::default(), &mut carrier);
    assert_eq!(carrier, stale, "nothing has nothing to say");
}
