//! W3C trace context: `traceparent` and `tracestate`.

use super::carrier::{Extract, Field, Inject};
use super::{ExtractError, Propagator, only, set_or_remove, traceparent};
use crate::context::SpanContext;
use crate::tracestate::TraceState;

/// `traceparent`: ids and flags.
pub static TRACEPARENT: Field = Field::new("traceparent");
/// `tracestate`: vendors' own.
pub static TRACESTATE: Field = Field::new("tracestate");

/// `traceresponse`: which span has served a request.
pub static TRACERESPONSE: Field = Field::new("traceresponse");

static FIELDS: [&Field; 2] = [&TRACEPARENT, &TRACESTATE];

/// `traceparent` and `tracestate` (W3C Trace Context level 2), without baggage.
///
/// Two `traceparent` lines are as bad as a malformed one: a new trace begins. A malformed
/// `tracestate` is dropped and the trace goes on.
///
/// ```
/// use std::collections::HashMap;
///
/// use tracer_core::Tracer;
/// use tracer_core::propagation::TraceContext;
///
/// let tracer = Tracer::builder("shop").propagator(TraceContext).build();
/// let span = tracer.span("call").start();
/// span.set_baggage_item("customer", "7");
/// let mut headers = HashMap::<String, String>::new();
/// tracer.inject(&span, &mut headers);
/// assert_eq!(headers.get("traceparent").map(String::len), tracer_core::ENABLED.then_some(55));
/// assert!(!headers.contains_key("baggage"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TraceContext;

impl Propagator for TraceContext {
    fn extract(&self, carrier: &dyn Extract) -> Result<SpanContext, ExtractError> {
        extract(carrier)
    }

    fn inject(&self, context: &SpanContext, carrier: &mut dyn Inject) {
        if !context.is_empty() {
            inject(context, carrier);
        }
    }

    fn fields(&self) -> &[&'static Field] {
        &FIELDS
    }
}

pub(super) fn extract(carrier: &dyn Extract) -> Result<SpanContext, ExtractError> {
    let Some(parent) = only(carrier, &TRACEPARENT) else {
        return Err(ExtractError::NotFound);
    };
    let parsed = parent.and_then(traceparent::parse);
    let context = parsed.ok_or(ExtractError::corrupted(&TRACEPARENT))?;
    Ok(match extract_tracestate(carrier) {
        Some(state) => context.with_tracestate(state),
        None => context,
    })
}

pub(super) fn inject(context: &SpanContext, carrier: &mut dyn Inject) {
    // What is left of another context must not ride along with this one.
    let mut state = "";
    match context.ids() {
        Some((trace_id, span_id)) => {
            let header = traceparent::format(trace_id, span_id, context.trace_flags());
            if let Ok(header) = std::str::from_utf8(&header) {
                carrier.set(&TRACEPARENT, header);
            }
            state = context.tracestate().as_str();
        }
        None => carrier.remove(&TRACEPARENT),
    }
    set_or_remove(carrier, &TRACESTATE, state);
}

/// Tells a caller which trace its request became a part of, and which span has served it: the
/// `traceresponse` field, `00-{trace id}-{span id}-{flags}` (W3C Trace Context, the draft of level 2
/// that had it). A context without ids adds nothing.
///
/// ```
/// use tracer_core::{Tracer, propagation};
///
/// let tracer = Tracer::builder("shop").build();
/// let span = tracer.span("GET /items").start();
/// let mut headers = http::HeaderMap::new();
/// propagation::respond(&span.context(), &mut headers);
/// assert_eq!(headers.contains_key("traceresponse"), tracer_core::ENABLED);
/// ```
pub fn respond(context: &SpanContext, carrier: &mut dyn Inject) {
    if let Some((trace_id, span_id)) = context.ids() {
        let header = traceparent::format(trace_id, span_id, context.trace_flags());
        if let Ok(header) = std::str::from_utf8(&header) {
            carrier.set(&TRACERESPONSE, header);
        }
    }
}

/// Most `tracestate` lines that are looked at: twice the members it can have.
const MAX_LINES: usize = 64;

fn extract_tracestate(carrier: &dyn Extract) -> Option<TraceState> {
    let mut lines: Vec<&[u8]> = Vec::new();
    let mut count = 0;
    carrier.values(&TRACESTATE, &mut |value| {
        count += 1;
        if count <= MAX_LINES {
            lines.push(value);
        }
    });
    // Never a part of it: what was cut off may be what the rest is about.
    if lines.is_empty() || count > MAX_LINES { None } else { TraceState::parse(lines) }
}
