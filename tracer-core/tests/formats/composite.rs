//! Several formats in one message.

use tracer_core::baggage::MAX_BYTES;
use tracer_core::propagation::{
    B3, Composite, ExtractError, Jaeger, OtTrace, Propagator, TraceContext, W3c, W3cBaggage,
};
use tracer_core::{Baggage, SpanContext, TraceState, Tracer};

use crate::carriers::Table;
use crate::common::{SPAN, TRACE, context};
use crate::{all_of_them, bag, corrupted, extract, injected, items, pairs};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn both(first: impl Propagator + 'static, second: impl Propagator + 'static) -> Composite {
    Composite::new([Box::new(first) as _, Box::new(second) as _])
}

#[test]
fn ids_are_the_first_formats_and_baggage_is_everybodys() {
    let carrier = [
        ("uber-trace-id", "1:2:0:0"),
        ("uberctx-a", "jaeger"),
        ("uberctx-b", "jaeger"),
        ("traceparent", PARENT),
        ("baggage", "b=w3c,c=w3c"),
        ("jaeger-debug-id", "why"),
    ];
    let first = extract(&both(W3c, Jaeger::http()), &carrier);
    assert_eq!(first.trace_id().map(|id| id.to_string()).as_deref(), Some(TRACE));
    assert_eq!(first.span_id().map(|id| id.to_string()).as_deref(), Some(SPAN));
    assert!(first.is_sampled() && first.is_remote());
    assert_eq!(first.baggage_item("b").as_deref(), Some("w3c"));
    assert_eq!((first.baggage().len(), first.debug_id()), (3, Some("why")));
    let second = extract(&both(Jaeger::http(), W3c), &carrier);
    assert_eq!(second, context(1, 2, false).with_baggage(second.baggage()));
    assert_eq!(second.baggage_item("b").as_deref(), Some("jaeger"));
    // What the first one does not have, the second one may.
    let found = extract(&both(B3::single(), both(Jaeger::http(), TraceContext)), &carrier);
    assert_eq!(found.trace_id(), second.trace_id());
    let denied = extract(&both(B3::single(), W3c), &[("b3", "0"), ("traceparent", PARENT)]);
    assert!(denied.is_valid() && denied.is_sampled(), "ids go before a decision without any");
}

#[test]
fn a_malformed_format_is_passed_over() {
    let carrier = [("traceparent", "00-x"), ("b3", "?"), ("uber-trace-id", "1:2:0:1")];
    assert!(all_of_them().extract(&carrier).unwrap().is_sampled());
    let found = all_of_them().extract(&[carrier[1], carrier[0], ("uberctx-k", "v")]);
    let Err(ExtractError::Corrupted { field, rest }) = found else { panic!("{found:?}") };
    assert_eq!((field, rest.baggage().len()), ("traceparent", 1));
    assert_eq!(all_of_them().extract(&[("x", "y")]), Err(ExtractError::NotFound));
    assert_eq!(corrupted(both(B3::multi(), W3c).extract(&[carrier[1]])), Some("b3"));
}

#[test]
fn all_are_written_and_none_takes_out_another_ones() {
    let sent = context(1, 2, true).with_baggage(bag(&[("k", "v")]));
    let written: Vec<_> = injected(&all_of_them(), &sent).into_keys().collect();
    let expected = [
        "b3",
        "baggage",
        "ot-baggage-k",
        "ot-tracer-sampled",
        "ot-tracer-spanid",
        "ot-tracer-traceid",
        "traceparent",
        "uber-trace-id",
        "uberctx-k",
        "x-b3-sampled",
        "x-b3-spanid",
        "x-b3-traceid",
    ];
    assert_eq!(written, expected);
    // The same fields twice: the baggage of both is the one.
    let twice = both(both(W3c, B3::multi()), both(B3::single(), W3cBaggage));
    let written: Vec<_> = injected(&twice, &sent).into_keys().collect();
    assert_eq!(
        written,
        ["b3", "baggage", "traceparent", "x-b3-sampled", "x-b3-spanid", "x-b3-traceid"]
    );
}

#[test]
fn what_is_stale_goes_once() {
    let stale = pairs(&[
        ("traceparent", "old"),
        ("tracestate", "old=1"),
        ("baggage", "old=1"),
        ("B3", "old"),
        ("x", "y"),
        ("X-B3-Flags", "old"),
        ("uber-trace-id", "old"),
        ("Uberctx-Old", "old"),
        ("ot-baggage-old", "old"),
    ]);
    let mut carrier = stale.clone();
    all_of_them().inject(&SpanContext::default(), &mut carrier);
    assert_eq!(carrier, stale, "nothing has nothing to say");
    all_of_them().inject(&SpanContext::decision(false), &mut carrier);
    assert_eq!(carrier, pairs(&[("x", "y"), ("b3", "0"), ("x-b3-sampled", "0")]));
    let mut carrier = stale.clone();
    Composite::new([]).inject(&context(1, 2, true), &mut carrier);
    assert_eq!(carrier, stale, "without formats nothing is written");
    assert_eq!(Composite::new([]).extract(&stale), Err(ExtractError::NotFound));
    let tracer = Tracer::builder("test").propagator(all_of_them()).build();
    let mut carrier = stale;
    tracer.strip(&mut carrier);
    assert_eq!(carrier, pairs(&[("x", "y")]));
}

/// A message of everything, with all that there can be, is below what servers take by default.
#[test]
fn a_full_message_stays_below_16_kibibytes() {
    let members = (0..32).map(|n| format!("k{n:02}={}", "v".repeat(123))).collect::<Vec<_>>();
    let state = TraceState::parse([members.join(",").as_bytes()]).unwrap();
    for (count, size) in [(64, 116), (64, 60), (64, 10), (2, 4000), (1, 8000), (20, 300)] {
        let mut baggage = Baggage::new();
        for nth in 0..count {
            assert!(baggage.set(&format!("key-{nth:02}"), &"x".repeat(size)), "{nth} of {size}");
        }
        let sent = context(u128::MAX, 1, true).with_tracestate(state.clone());
        let sent = sent.with_baggage(baggage).with_debug_id(&"x".repeat(256));
        let mut table = Table::default();
        all_of_them().inject(&sent, &mut table);
        assert!(table.size() < 16 << 10, "{count} of {size}: {}", table.size());
        // All formats have the same baggage.
        let kept = extract(&W3c, &table).baggage();
        for format in [&Jaeger::http() as &dyn Propagator, &OtTrace::http()] {
            assert_eq!(extract(format, &table).baggage(), kept, "{count} of {size}");
        }
        assert_eq!(extract(&all_of_them(), &table).baggage(), kept);
        let weight = 3 * (count * size) + count * (3 * 6 + 8 + 11 + 2 * 32 + 2);
        assert_eq!(kept.len() == count, weight <= MAX_BYTES, "{count} of {size}: {}", kept.len());
    }
}

/// What is too big is passed over, and what comes behind it is not lost with it.
#[test]
fn a_big_member_does_not_starve_the_others() {
    let sent = bag(&[("a", "1"), ("big", &"x".repeat(4500)), ("b", "2")]);
    let sent = context(1, 2, true).with_baggage(sent);
    let found = extract(&W3c, &injected(&both(W3c, Jaeger::http()), &sent));
    assert_eq!(items(&found), pairs(&[("a", "1"), ("b", "2")]));
    // With one format for baggage there is nothing to share.
    let found = extract(&W3c, &injected(&both(W3c, B3::single()), &sent));
    assert_eq!(found.baggage().len(), 3);
}
