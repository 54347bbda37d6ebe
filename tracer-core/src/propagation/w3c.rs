//! The default: W3C trace context and W3C baggage together.

use super::carrier::{Extract, Field, Inject};
use super::{BAGGAGE, ExtractError, Propagator, TRACEPARENT, TRACESTATE};
use super::{trace_context, w3c_baggage};
use crate::context::SpanContext;

static FIELDS: [&Field; 3] = [&TRACEPARENT, &TRACESTATE, &BAGGAGE];
static BAGGAGE_FIELDS: [&Field; 1] = [&BAGGAGE];

/// `traceparent`, `tracestate` and `baggage`: the default format, [`TraceContext`] and
/// [`W3cBaggage`] in one.
///
/// Baggage stands on its own: it is there without a `traceparent`, and with a malformed one.
///
/// ```
/// use tracer_core::Tracer;
///
/// let tracer = Tracer::builder("shop").build();
/// let headers = [
///     ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
///     ("baggage", "customer=7"),
/// ];
/// let caller = tracer.extract(&headers);
/// if tracer_core::ENABLED {
///     assert!(caller.is_sampled());
///     assert_eq!(caller.baggage_item("customer").as_deref(), Some("7"));
/// }
/// ```
///
/// [`TraceContext`]: super::TraceContext
/// [`W3cBaggage`]: super::W3cBaggage
#[derive(Clone, Copy, Debug, Default)]
pub struct W3c;

impl Propagator for W3c {
    fn extract(&self, carrier: &dyn Extract) -> Result<SpanContext, ExtractError> {
        let found = trace_context::extract(carrier);
        let baggage = w3c_baggage::extract(carrier);
        super::add_rest(found, baggage, None)
    }

    fn inject(&self, context: &SpanContext, carrier: &mut dyn Inject) {
        if !context.is_empty() {
            trace_context::inject(context, carrier);
            w3c_baggage::inject(context, carrier);
        }
    }

    fn fields(&self) -> &[&'static Field] {
        &FIELDS
    }

    fn baggage_fields(&self) -> &[&'static Field] {
        &BAGGAGE_FIELDS
    }
}
