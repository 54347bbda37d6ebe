//! The text map of OpenTracing's basic tracers.

use super::budget::Budget;
use super::carrier::{Extract, Field, Inject};
use super::items::{self, Values};
use super::{ExtractError, Propagator, add_rest, hex, only, set_or_remove};
use crate::baggage::Baggage;
use crate::context::SpanContext;
use crate::id::TraceId;

static TRACE_ID: Field = Field::new("ot-tracer-traceid");
static SPAN_ID: Field = Field::new("ot-tracer-spanid");
static SAMPLED: Field = Field::new("ot-tracer-sampled");

static FIELDS: [&Field; 3] = [&TRACE_ID, &SPAN_ID, &SAMPLED];

const PREFIX: &str = "ot-baggage-";
static PREFIXES: [&str; 1] = [PREFIX];

/// `ot-tracer-traceid`, `ot-tracer-spanid`, `ot-tracer-sampled`, and an `ot-baggage-*` field for
/// each item of the baggage: what OpenTracing's basic tracers send.
///
/// Ids are hex digits; coming in there may be fewer of them than there could be. Going out, a trace
/// id of 64 bits has 16 digits, which is all that those tracers read, and any other one has 32.
/// `sampled` is `true` or `false`, or `1` or `0`; where it is absent, the decision is open
/// ([`SpanContext::is_deferred`]). A caller without one of the ids is none. Baggage has the limits
/// of [`Jaeger`](super::Jaeger)'s.
///
/// ```
/// use std::collections::HashMap;
///
/// use tracer_core::{ENABLED, Tracer, propagation::OtTrace};
///
/// let tracer = Tracer::builder("shop").propagator(OtTrace::http()).build();
/// let span = tracer.span("call").start();
/// span.set_baggage_item("customer", "98:765");
/// let mut headers = HashMap::<String, String>::new();
/// tracer.inject(&span, &mut headers);
/// if ENABLED {
///     assert_eq!((headers.len(), &*headers["ot-tracer-sampled"]), (4, "true"));
///     assert_eq!(headers["ot-baggage-customer"], "98%3A765");
///     assert_eq!(tracer.extract(&headers).span_id(), span.context().span_id());
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OtTrace {
    values: Values,
}

impl OtTrace {
    /// For HTTP and gRPC: values are percent-encoded, and the keys of baggage are lower case.
    #[must_use]
    pub const fn http() -> Self {
        Self { values: Values::Http }
    }

    /// For maps of text: keys and values are as they are. A value with a control character is not
    /// sent, and not every carrier takes one with letters beyond ASCII.
    #[must_use]
    pub const fn text_map() -> Self {
        Self { values: Values::Text }
    }
}

impl Propagator for OtTrace {
    fn extract(&self, carrier: &dyn Extract) -> Result<SpanContext, ExtractError> {
        let (mut baggage, mut budget) = (Baggage::new(), Budget::new());
        items::extract(carrier, PREFIX, self.values, &mut budget, &mut baggage);
        add_rest(ids(carrier), baggage, None)
    }

    fn inject(&self, context: &SpanContext, carrier: &mut dyn Inject) {
        if context.is_empty() {
            return;
        }
        match context.ids() {
            Some((trace, span)) => {
                carrier.set(&TRACE_ID, &digits(trace));
                carrier.set(&SPAN_ID, &span.to_string());
                let sampled = if context.is_sampled() { "true" } else { "false" };
                set_or_remove(carrier, &SAMPLED, if context.is_deferred() { "" } else { sampled });
            }
            None => FIELDS.iter().for_each(|field| carrier.remove(field)),
        }
        items::inject(context, PREFIX, self.values, carrier);
    }

    fn fields(&self) -> &[&'static Field] {
        &FIELDS
    }

    fn prefixes(&self) -> &[&'static str] {
        &PREFIXES
    }
}

fn digits(trace: TraceId) -> String {
    u64::try_from(trace.to_u128()).map_or_else(|_| trace.to_string(), |low| format!("{low:016x}"))
}

fn ids(carrier: &dyn Extract) -> Result<SpanContext, ExtractError> {
    let (Some(trace), Some(span)) = (only(carrier, &TRACE_ID), only(carrier, &SPAN_ID)) else {
        return Err(ExtractError::NotFound);
    };
    let trace = trace.and_then(|value| hex::trace_id(value.trim_ascii()));
    let span = span.and_then(|value| hex::span_id(value.trim_ascii()));
    let context = SpanContext::new(
        trace.ok_or(ExtractError::corrupted(&TRACE_ID))?,
        span.ok_or(ExtractError::corrupted(&SPAN_ID))?,
        false,
    )
    .with_remote();
    let Some(sampled) = only(carrier, &SAMPLED) else {
        return Ok(context.with_deferred());
    };
    let sampled = sampled.and_then(flag).ok_or(ExtractError::corrupted(&SAMPLED))?;
    Ok(context.with_sampled(sampled))
}

fn flag(value: &[u8]) -> Option<bool> {
    let value = value.trim_ascii();
    if value == b"1" || value.eq_ignore_ascii_case(b"true") {
        return Some(true);
    }
    (value == b"0" || value.eq_ignore_ascii_case(b"false")).then_some(false)
}
