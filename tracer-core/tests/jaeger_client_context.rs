//! jaeger-client's cases of ids and contexts. (What its own header looks like is in the tests of
//! that format.)
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::collections::{HashMap, HashSet};

use common::{SPAN, TRACE, context, take, traced};
use tracer_core::propagation::ExtractError;
use tracer_core::{AlwaysOff, SpanId, TraceId, Tracer};

fn parsed(parent: &str) -> Option<(String, String)> {
    let tracer = Tracer::builder("test").build();
    let context = tracer.try_extract(&[("traceparent", parent)]).ok()?;
    Some((context.trace_id()?.to_string(), context.span_id()?.to_string()))
}

#[test]
fn parse_rejects_what_is_no_context() {
    let bad_hex = |at: usize| {
        let mut parent = format!("00-{TRACE}-{SPAN}-01").into_bytes();
        parent[at] = b'g';
        String::from_utf8(parent).unwrap()
    };
    let cases = [
        (String::new(), "empty"),
        (TRACE.to_owned(), "one part"),
        (format!("00-{TRACE}"), "two parts"),
        (format!("00-{TRACE}-{SPAN}"), "three parts"),
        (format!("00-{TRACE}-{SPAN}-01-01"), "five parts"),
        (bad_hex(0), "bad hex in the version"),
        (bad_hex(3), "bad hex in the high half"),
        (bad_hex(34), "bad hex in the low half"),
        (bad_hex(36), "bad hex in the span id"),
        (bad_hex(54), "bad hex in the flags"),
        (format!("00-0{TRACE}-{SPAN}-01"), "more than 32 digits of a trace id"),
        (format!("00-{TRACE}-0{SPAN}-01"), "more than 16 digits of a span id"),
        (format!("00-{}-{SPAN}-01", &TRACE[1..]), "31 digits"),
        (format!("00_{TRACE}_{SPAN}_01"), "an underscore"),
        (format!("00-{TRACE}-{SPAN}_01"), "one underscore"),
        (format!("00-{}-{SPAN}-01", "0".repeat(32)), "no trace id"),
        (format!("00-{TRACE}-{}-01", "0".repeat(16)), "no span id"),
    ];
    for (parent, what) in cases {
        assert_eq!(parsed(&parent), None, "{what}: {parent}");
    }
    assert_eq!(parsed(&format!("00-{TRACE}-{SPAN}-01")), Some((TRACE.into(), SPAN.into())));
}

#[test]
fn ids_with_their_top_bit_survive() {
    let tracer = Tracer::builder("test").build();
    for (trace, span) in [(u128::MAX, u64::MAX), (1 << 127, 1 << 63), (1 << 63, 1), (1 << 64, 1)] {
        let mut carrier = HashMap::<String, String>::new();
        let context = context(trace, span, true);
        tracer.inject(&context, &mut carrier);
        let read = tracer.extract(&carrier);
        assert_eq!(read.trace_id().map(TraceId::to_u128), Some(trace));
        assert_eq!(read.span_id().map(SpanId::to_u64), Some(span));
    }
}

#[test]
fn printing_pads_to_32_and_16_digits() {
    let context = context(0xab, 0xcd, false);
    assert_eq!(context.trace_id().unwrap().to_string(), format!("{:032x}", 0xab));
    assert_eq!(context.span_id().unwrap().to_string(), format!("{:016x}", 0xcd));
    assert_eq!(context.trace_id().unwrap().to_bytes()[15], 0xab);
    assert_eq!(context.span_id().unwrap().to_bytes(), [0, 0, 0, 0, 0, 0, 0, 0xcd]);
}

#[test]
fn ids_are_never_zero_and_128_bits_fill_both_halves() {
    assert_eq!((TraceId::from_u128(0), SpanId::from_u64(0)), (None, None));
    let (sampled, unsampled) = (Tracer::builder("test").build(), Tracer::builder("test"));
    let unsampled = unsampled.sampler(AlwaysOff).build();
    let mut seen = HashSet::new();
    let (mut high, mut low, mut spans) = (0u64, 0u64, 0u64);
    for nth in 0..20_000 {
        let tracer = if nth % 2 == 0 { &sampled } else { &unsampled };
        let context = tracer.span("span").root().start().context();
        let (trace, span) = (context.trace_id().unwrap(), context.span_id().unwrap());
        high |= (trace.to_u128() >> 64) as u64;
        low |= trace.to_u128() as u64;
        spans |= span.to_u64();
        assert!(seen.insert(trace), "a trace id comes twice");
        assert!((trace.to_u128() >> 64) != 0 && trace.to_u128() as u64 != 0);
    }
    assert_eq!((high, low, spans), (u64::MAX, u64::MAX, u64::MAX));
}

#[test]
fn a_context_is_good_after_its_span_has_finished() {
    let (tracer, memory) = traced();
    let span = tracer.span("done").start();
    span.set_baggage_item("k", "v");
    let (before, handle) = (span.context(), span.handle());
    span.finish();
    // However many spans come after it.
    for _ in 0..1_000 {
        tracer.span("other").start().finish();
    }
    assert_eq!(
        (handle.context(), before.baggage_item("k").as_deref()),
        (before.clone(), Some("v"))
    );
    let mut carrier = HashMap::<String, String>::new();
    tracer.inject(&before, &mut carrier);
    assert_eq!(tracer.extract(&carrier), before);
    tracer.span("child").child_of(&before).start().finish();
    tracer.span("follower").follows_from(&handle).start().finish();
    let _entered = handle.enter();
    tracer.span("implicit").start().finish();
    let spans = take(&tracer, &memory);
    for name in ["child", "follower", "implicit"] {
        common::assert_child(&spans, name, "done");
    }
}

#[test]
fn a_bad_header_is_an_error_that_is_counted_and_no_request_fails() {
    let (tracer, memory) = traced();
    for bad in ["", "-", "00-xyz", &"0".repeat(10_000)] {
        let headers = [("traceparent", bad)];
        let error = tracer.try_extract(&headers).unwrap_err();
        assert!(matches!(error, ExtractError::Corrupted { .. }), "{bad:.20}: {error}");
        tracer.span("serve").child_of(&tracer.extract(&headers)).start().finish();
    }
    assert_eq!(tracer.books().malformed_contexts, 4);
    let spans = take(&tracer, &memory);
    assert!(spans.len() == 4 && spans.iter().all(|span| span.parent_id.is_none()));
}
