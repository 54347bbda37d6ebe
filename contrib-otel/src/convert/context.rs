//! Span contexts: ids, flags, tracestate, where they come from.

use opentelemetry::trace::{SpanContext as OtelSpanContext, TraceState as OtelTraceState};
use opentelemetry::{SpanId as OtelSpanId, TraceFlags, TraceId as OtelTraceId};
use tracer_core::{SpanContext, SpanId, TraceId, TraceState};

/// Trace flag of W3C Trace Context level 2: the trace id is random.
const RANDOM: u8 = 2;

/// Ids as numbers.
pub(crate) type Ids = (u128, u64);

/// The ids of a context of opentelemetry's; `None` where one of them is invalid.
pub(crate) fn ids(context: &OtelSpanContext) -> Option<Ids> {
    let ids = (
        u128::from_be_bytes(context.trace_id().to_bytes()),
        u64::from_be_bytes(context.span_id().to_bytes()),
    );
    context.is_valid().then_some(ids)
}

/// A context of the kit as opentelemetry has it: trace id, span id, W3C trace flags, tracestate and
/// whether it is remote. Baggage is no part of it: see [`baggage_to_otel`](super::baggage_to_otel).
///
/// Invalid where the context has no ids, and where it is a caller's whose trace does not go on here
/// ([`SpanContext::is_linked`]). One that was taken unread, while tracing is off, is read for it.
/// Members of the tracestate that opentelemetry refuses (a tenant's system id of more than 14
/// characters) are left out.
///
/// ```
/// use contrib_otel::{from_otel, to_otel};
/// use tracer_core::{SpanContext, SpanId, TraceId};
///
/// let ids = (TraceId::from_u128(7).unwrap(), SpanId::from_u64(8).unwrap());
/// let context = SpanContext::new(ids.0, ids.1, true);
/// let there = to_otel(&context);
/// assert_eq!(there.trace_id().to_string(), format!("{:032x}", 7));
/// assert!(there.is_sampled() && !there.is_remote());
/// assert_eq!(from_otel(&there), context);
/// ```
#[must_use]
pub fn to_otel(context: &SpanContext) -> OtelSpanContext {
    if context.is_linked() { OtelSpanContext::NONE } else { whole(context) }
}

/// The same of a context that a link names: a caller's whose trace does not go on here is one, too.
pub(crate) fn whole(context: &SpanContext) -> OtelSpanContext {
    if let Some(raw) = context.raw() {
        return raw.parse().map_or(OtelSpanContext::NONE, |parsed| whole(&parsed));
    }
    let (Some(trace_id), Some(span_id)) = (context.trace_id(), context.span_id()) else {
        return OtelSpanContext::NONE;
    };
    OtelSpanContext::new(
        OtelTraceId::from_bytes(trace_id.to_bytes()),
        OtelSpanId::from_bytes(span_id.to_bytes()),
        TraceFlags::new(context.trace_flags()),
        context.is_remote(),
        tracestate_to_otel(context.tracestate().as_str()),
    )
}

/// A context of opentelemetry's as the kit has it; empty where it is invalid. Of the flags those are
/// kept that the W3C knows, of the tracestate the members that it allows.
#[must_use]
pub fn from_otel(context: &OtelSpanContext) -> SpanContext {
    let Some((trace_id, span_id)) = ids(context) else { return SpanContext::default() };
    let (Some(trace_id), Some(span_id)) = (TraceId::from_u128(trace_id), SpanId::from_u64(span_id))
    else {
        return SpanContext::default();
    };
    let random = context.trace_flags().to_u8() & RANDOM != 0;
    let own = SpanContext::new(trace_id, span_id, context.is_sampled()).with_random(random);
    let own = own.with_tracestate(tracestate_from_otel(context.trace_state()));
    if context.is_remote() { own.with_remote() } else { own }
}

pub(crate) fn tracestate_to_otel(list: &str) -> OtelTraceState {
    if list.is_empty() {
        return OtelTraceState::NONE;
    }
    let members = || list.split(',').filter_map(|member| member.split_once('='));
    OtelTraceState::from_key_value(members())
        .or_else(|_| {
            let valid = |member: &(&str, &str)| OtelTraceState::from_key_value([*member]).is_ok();
            OtelTraceState::from_key_value(members().filter(valid))
        })
        .unwrap_or_default()
}

fn tracestate_from_otel(state: &OtelTraceState) -> TraceState {
    let members: Vec<String> = state
        .into_iter()
        .map(|(key, value)| format!("{key}={value}"))
        .filter(|member| TraceState::parse([member.as_bytes()]).is_some())
        .collect();
    TraceState::parse(members.iter().map(String::as_bytes)).unwrap_or_default()
}
