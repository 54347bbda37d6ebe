//! What is written comes back, in every format and every carrier (the harness of OpenTracing, cases
//! 10 to 13).

use std::collections::{BTreeMap, HashMap};

use tracer_core::propagation::{Extract, Inject, Propagator};
use tracer_core::{ENABLED, SpanContext, TraceState, Tracer};

use crate::carriers::Table;
use crate::common::context;
use crate::{Pairs, bag, every_format, extract, single_formats};

/// What a format can carry of a context.
pub(crate) fn carried(format: &dyn Propagator, context: &SpanContext) -> SpanContext {
    let name = format!("{format:?}");
    let is = |part: &str| name.contains(part);
    let w3c = is("W3c,") || name == "W3c" || is("TraceContext");
    let mut out = match context.trace_id().zip(context.span_id()) {
        _ if name == "W3cBaggage" => SpanContext::default(),
        Some((trace, span)) => SpanContext::new(trace, span, context.is_sampled()),
        None if context.is_decision_only() && is("B3") => {
            SpanContext::decision(context.is_sampled())
        }
        None => SpanContext::default(),
    };
    if out.is_valid() || out.is_decision_only() {
        // The first format of a composite has the say.
        let debug = context.is_debug() && !w3c && (is("B3") || is("Jaeger"));
        out = out.with_debug(debug);
    }
    if out.is_valid() {
        if context.is_deferred() && !w3c && (is("B3") || is("OtTrace")) {
            out = out.with_deferred();
        }
        if w3c {
            out =
                out.with_tracestate(context.tracestate().clone()).with_random(context.is_random());
        }
    }
    if w3c && !is("TraceContext") || ["Jaeger", "OtTrace", "W3cBaggage"].into_iter().any(is) {
        let mut baggage = context.baggage();
        let in_one_field = w3c && !is("TraceContext") || is("W3cBaggage");
        if !in_one_field {
            // gRPC would take `uberctx-bin` for base64.
            baggage.set("bin", "");
        }
        out = out.with_baggage(baggage);
    }
    out
}

fn round_trip<C: Extract + Inject + Default>(format: &dyn Propagator, sent: &SpanContext) {
    let mut carrier = C::default();
    format.inject(sent, &mut carrier);
    let expected = carried(format, sent);
    let carrier_name = std::any::type_name::<C>();
    assert_eq!(extract(format, &carrier), expected, "{format:?} {carrier_name}");
    format.inject(sent, &mut carrier);
    assert_eq!(extract(format, &carrier), expected, "{format:?}: the second replaces the first");
}

#[test]
fn every_format_in_every_carrier() {
    let state = TraceState::parse([&b"vendor=a b,t@v=1"[..]]).unwrap();
    let full = bag(&[("user", "7, \"a\"; b=c %41 + "), ("other-1", "plain")]);
    for sampled in [true, false] {
        let plain = context(u128::MAX, u64::MAX, sampled);
        for sent in [
            plain.clone(),
            context(1, 1 << 63, sampled),
            plain.clone().with_baggage(full.clone()).with_tracestate(state.clone()),
            plain.clone().with_random(true),
            context(7, 8, true).with_debug(true),
            context(7, 8, false).with_deferred(),
            SpanContext::default().with_baggage(full.clone()),
            SpanContext::decision(sampled),
            SpanContext::decision(sampled).with_baggage(full.clone()),
        ] {
            for format in every_format() {
                round_trip::<Pairs>(&*format, &sent);
                round_trip::<HashMap<String, String>>(&*format, &sent);
                round_trip::<BTreeMap<String, String>>(&*format, &sent);
                round_trip::<Table>(&*format, &sent);
                #[cfg(feature = "http")]
                round_trip::<http::HeaderMap>(&*format, &sent);
            }
        }
    }
}

/// Without baggage none appears, and the context is the span's.
#[test]
fn a_spans_context_comes_back_as_it_is() {
    for format in single_formats() {
        let name = format!("{format:?}");
        let tracer = Tracer::builder("test").propagator(format).build();
        let span = tracer.span("send").start();
        let mut carrier = HashMap::<String, String>::new();
        tracer.inject(&span, &mut carrier);
        let found = tracer.extract(&carrier);
        assert!(found.baggage().is_empty() && ENABLED);
        if name != "W3cBaggage" {
            assert_eq!(found.trace_id(), span.context().trace_id(), "{name}");
            assert_eq!(found.span_id(), span.context().span_id(), "{name}");
            assert!(found.is_sampled() && found.is_remote(), "{name}");
        }
    }
}
