//! Contexts and baggage, both ways.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use contrib_otel::{baggage_from_otel, baggage_to_otel, from_otel, to_otel};
use opentelemetry::baggage::Baggage as OtelBaggage;
use opentelemetry::trace::{
    SpanContext as OtelSpanContext, SpanId as OtelSpanId, TraceFlags, TraceId as OtelTraceId,
    TraceState as OtelTraceState,
};
use proptest::prelude::*;
use tracer_core::{Baggage, SpanContext, SpanId, TraceId, TraceState, Tracer, Trust};

fn context(trace: u128, span: u64, sampled: bool) -> SpanContext {
    SpanContext::new(TraceId::from_u128(trace).unwrap(), SpanId::from_u64(span).unwrap(), sampled)
}

fn otel_context(flags: u8, state: OtelTraceState) -> OtelSpanContext {
    let ids = (OtelTraceId::from_bytes([7; 16]), OtelSpanId::from_bytes([8; 8]));
    OtelSpanContext::new(ids.0, ids.1, TraceFlags::new(flags), false, state)
}

#[test]
fn all_that_a_context_says_comes_along() {
    let state = TraceState::parse([&b"b=2,a=1,t@v=x y"[..]]).unwrap();
    let ours = context(1 << 127, 1, true).with_random(true).with_remote();
    let ours = ours.with_tracestate(state);
    let theirs = to_otel(&ours);
    assert_eq!(theirs.trace_id().to_string(), format!("8{}", "0".repeat(31)));
    assert_eq!(theirs.span_id().to_string(), "0000000000000001");
    assert_eq!((theirs.trace_flags().to_u8(), theirs.is_remote()), (3, true));
    assert_eq!(theirs.trace_state().header(), "b=2,a=1,t@v=x y", "in their order");
    assert_eq!(from_otel(&theirs), ours);
    assert!(
        from_otel(&theirs).is_remote()
            && !from_otel(&otel_context(1, Default::default())).is_remote()
    );
}

#[test]
fn what_names_no_span_is_none() {
    assert_eq!(to_otel(&SpanContext::default()), OtelSpanContext::NONE);
    assert!(from_otel(&OtelSpanContext::NONE).is_empty());
    let half = [
        (OtelTraceId::INVALID, OtelSpanId::from_bytes([8; 8])),
        (OtelTraceId::from_bytes([7; 16]), OtelSpanId::INVALID),
    ];
    for (trace, span) in half {
        let half = OtelSpanContext::new(trace, span, TraceFlags::SAMPLED, true, Default::default());
        assert!(from_otel(&half).is_empty());
    }
}

#[test]
fn flags_that_the_w3c_does_not_know_are_left_out() {
    let kept = |flags| to_otel(&from_otel(&otel_context(flags, Default::default()))).trace_flags();
    assert_eq!([0, 1, 2, 3, 0xff].map(|flags| kept(flags).to_u8()), [0, 1, 2, 3, 3]);
}

#[test]
fn members_of_a_tracestate_that_one_side_refuses_are_left_out() {
    let theirs = OtelTraceState::from_key_value([("a", "1"), ("empty", ""), ("b", "2")]).unwrap();
    let ours = from_otel(&otel_context(1, theirs));
    assert_eq!(ours.tracestate().as_str(), "a=1,b=2");
    let long = "tenant@a-system-with-a-long-name=1,b=2";
    let ours = context(1, 1, true).with_tracestate(TraceState::parse([long.as_bytes()]).unwrap());
    assert_eq!(to_otel(&ours).trace_state().header(), "b=2");
}

#[test]
fn a_caller_who_is_not_followed_is_not_shown() {
    if !tracer_core::ENABLED {
        return;
    }
    let headers = [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")];
    let tracer = Tracer::builder("test").trust(Trust::Link).build();
    assert!(tracer.extract(&headers).is_linked());
    assert_eq!(to_otel(&tracer.extract(&headers)), OtelSpanContext::NONE);
    // Taken unread, it is read for it.
    let tracer = Tracer::builder("test").enabled(false).build();
    let unread = tracer.extract(&headers);
    assert!(unread.raw().is_some());
    assert_eq!(to_otel(&unread).span_id().to_string(), "b7ad6b7169203331");
    let malformed = tracer.extract(&[("traceparent", "00-xyz")]);
    assert_eq!(to_otel(&malformed), OtelSpanContext::NONE);
}

#[test]
fn baggage_has_its_properties() {
    let mut ours = Baggage::new();
    assert!(ours.set_with_properties("user", "7", "ttl=30;internal"));
    assert!(ours.set_with_properties("empty", "", ""));
    assert!(ours.set("text", "a b,c;d=é%"));
    let theirs = baggage_to_otel(&ours);
    assert_eq!(theirs.len(), 3);
    assert_eq!(theirs.get_with_metadata("user").unwrap().1.as_str(), "ttl=30;internal");
    assert_eq!(theirs.get("text").unwrap().as_str(), "a b,c;d=é%");
    assert_eq!(baggage_from_otel(&theirs), ours);
    assert_eq!(baggage_from_otel(&theirs).properties("user"), Some("ttl=30;internal"));
}

/// H2: properties cannot add a member or a header.
#[test]
fn properties_that_are_none_are_left_out() {
    let mut theirs = OtelBaggage::new();
    theirs.insert_with_metadata("a", "1", "p=x\r\nevil: 1;,evil=1;ok=1");
    let ours = baggage_from_otel(&theirs);
    assert_eq!((ours.len(), ours.properties("a")), (1, Some("ok=1")));
}

#[test]
fn what_does_not_fit_is_left_out_by_whole_items() {
    let mut theirs = OtelBaggage::new();
    // 3,000 bytes there, 9,000 on the wire.
    theirs.insert("a", " ".repeat(3_000));
    theirs.insert("b", "1");
    let ours = baggage_from_otel(&theirs);
    assert_eq!((ours.get("a"), ours.get("b")), (None, Some("1")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn contexts_come_back_as_they_went(
        trace in 1u128.., span in 1u64.., sampled: bool, random: bool, remote: bool,
        state in "([a-z][a-z0-9_*/-]{0,8}=[!-+./0-9:;<>-~]{1,8},){0,5}",
    ) {
        let state = TraceState::parse([state.as_bytes()]).unwrap_or_default();
        let ours = context(trace, span, sampled).with_random(random).with_tracestate(state);
        let ours = if remote { ours.with_remote() } else { ours };
        let back = from_otel(&to_otel(&ours));
        prop_assert_eq!(back.is_remote(), remote);
        prop_assert_eq!(back, ours);
    }

    #[test]
    fn baggage_comes_back_as_it_went(
        items in proptest::collection::vec(("[a-zA-Z0-9!#$%&'*+.^_`|~-]{1,8}", ".{0,12}", "([a-z]{1,4}(=[a-z%0-9]{1,4})?;?){0,3}"), 0..20),
    ) {
        let mut ours = Baggage::new();
        for (key, value, properties) in &items {
            ours.set_with_properties(key, value, properties);
        }
        prop_assert_eq!(baggage_from_otel(&baggage_to_otel(&ours)), ours);
    }

    /// Whatever opentelemetry has, it is within the kit's limits afterwards.
    #[test]
    fn any_baggage_of_theirs_is_some(
        items in proptest::collection::vec((".{0,8}", ".{0,200}", ".{0,30}"), 0..80),
    ) {
        let mut theirs = OtelBaggage::new();
        for (key, value, metadata) in items {
            theirs.insert_with_metadata(key, value, metadata);
        }
        let ours = baggage_from_otel(&theirs);
        prop_assert!(ours.len() <= tracer_core::baggage::MAX_MEMBERS);
        prop_assert_eq!(baggage_from_otel(&baggage_to_otel(&ours)), ours);
    }
}
