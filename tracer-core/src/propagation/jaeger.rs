//! The headers of Jaeger's own clients.

use super::budget::Budget;
use super::carrier::{Extract, Field, Inject};
use super::items::{self, Values};
use super::{ExtractError, Propagator, add_rest, hex, jaeger_baggage, only, set_or_remove};
use crate::baggage::{Baggage, MAX_BYTES};
use crate::context::SpanContext;
use crate::id::{SpanId, TraceId};

static TRACE_ID: Field = Field::new("uber-trace-id");
static DEBUG_ID: Field = Field::new("jaeger-debug-id");
static BAGGAGE: Field = Field::new("jaeger-baggage");

static FIELDS: [&Field; 3] = [&TRACE_ID, &DEBUG_ID, &BAGGAGE];
static BAGGAGE_FIELDS: [&Field; 1] = [&BAGGAGE];

const PREFIX: &str = "uberctx-";
static PREFIXES: [&str; 1] = [PREFIX];

/// `uber-trace-id`, a `uberctx-*` field for each item of the baggage, `jaeger-baggage` and
/// `jaeger-debug-id`: what Jaeger's own clients send.
///
/// - `uber-trace-id` is `{trace id}:{span id}:{parent's id}:{flags}`. Coming in, ids may have fewer
///   digits than there could be, of either case, colons may be `%3A`, and the flags known are 1
///   (sampled), 2 (debug: [`SpanContext::is_debug`]) and 8 (firehose, which means nothing here).
///   An id of zero, or anything else, is malformed. Going out, the ids have 32 and 16 digits and
///   the parent's is `0`: it is not used any more.
/// - Baggage comes in from both kinds of fields and goes out as `uberctx-*`. Its 64 members and
///   8,192 bytes are counted as they are on the wire, names and values. Items whose key is no
///   token (`jaeger-baggage: key 2=x`) are left out coming in; going out, those whose key cannot be
///   the name of a field everywhere: letters, digits, `-`, `_` and `.` make one, 255 bytes at
///   most with the prefix, and not with `-bin` at its end.
/// - `jaeger-debug-id` asks for a trace and names it, where the caller has none
///   ([`SpanContext::debug_id`]).
///
/// ```
/// use std::collections::HashMap;
///
/// use tracer_core::{ENABLED, Tracer, propagation::Jaeger};
///
/// let tracer = Tracer::builder("shop").propagator(Jaeger::http()).build();
/// let caller = tracer.extract(&[
///     ("uber-trace-id", "4bf92f3577b34da6:f067aa0ba902b7:0:1"),
///     ("Uberctx-Customer", "Zo%C3%AB+7"),
///     ("jaeger-baggage", "session=blue"),
/// ]);
/// if ENABLED {
///     assert!(caller.is_sampled());
///     assert_eq!(caller.baggage_item("customer").as_deref(), Some("Zoë 7"));
/// }
///
/// let mut headers = HashMap::<String, String>::new();
/// tracer.inject(&caller, &mut headers);
/// if ENABLED {
///     let id = "00000000000000004bf92f3577b34da6:00f067aa0ba902b7:0:1";
///     assert_eq!(headers["uber-trace-id"], id);
///     assert_eq!(headers["uberctx-customer"], "Zo%C3%AB%207");
///     assert_eq!(headers["uberctx-session"], "blue");
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Jaeger {
    values: Values,
}

impl Jaeger {
    /// For HTTP and gRPC: values are percent-encoded, and the keys of baggage are lower case. Coming
    /// in, `+` is a space, as it is in a query string.
    #[must_use]
    pub const fn http() -> Self {
        Self { values: Values::Http }
    }

    /// For maps of text (OpenTracing: `TextMap`): keys and values are as they are. A value with a
    /// control character is not sent, and not every carrier takes one with letters beyond ASCII.
    #[must_use]
    pub const fn text_map() -> Self {
        Self { values: Values::Text }
    }
}

impl Propagator for Jaeger {
    fn extract(&self, carrier: &dyn Extract) -> Result<SpanContext, ExtractError> {
        let found = match only(carrier, &TRACE_ID) {
            None => Err(ExtractError::NotFound),
            Some(value) => value.and_then(parse).ok_or(ExtractError::corrupted(&TRACE_ID)),
        };
        let (mut baggage, mut budget) = (Baggage::new(), Budget::new());
        jaeger_baggage::extract(carrier, &BAGGAGE, &mut budget, &mut baggage);
        items::extract(carrier, PREFIX, self.values, &mut budget, &mut baggage);
        let debug_id = only(carrier, &DEBUG_ID).flatten().filter(|id| id.len() <= MAX_BYTES);
        let debug_id = debug_id.and_then(|id| self.values.read(id));
        add_rest(found, baggage, debug_id.as_deref())
    }

    fn inject(&self, context: &SpanContext, carrier: &mut dyn Inject) {
        if context.is_empty() {
            return;
        }
        match context.ids() {
            Some((trace, span)) => {
                let flags = flags(context);
                carrier.set(&TRACE_ID, &format!("{trace}:{span}:0:{flags}"));
            }
            None => carrier.remove(&TRACE_ID),
        }
        let debug_id = context.debug_id().and_then(|id| self.values.write(id));
        let debug_id = debug_id.filter(|id| id.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        set_or_remove(carrier, &DEBUG_ID, debug_id.as_deref().unwrap_or_default());
        carrier.remove(&BAGGAGE);
        items::inject(context, PREFIX, self.values, carrier);
    }

    fn fields(&self) -> &[&'static Field] {
        &FIELDS
    }

    fn baggage_fields(&self) -> &[&'static Field] {
        &BAGGAGE_FIELDS
    }

    fn prefixes(&self) -> &[&'static str] {
        &PREFIXES
    }
}

/// Flags that mean something: sampled, debug, and firehose, which means nothing here.
const FLAGS: u8 = 1 | 2 | 8;

/// The longest that can be well-formed: all digits there can be, and every colon as `%3A`.
const LONGEST: usize = 32 + 16 + 16 + 2 + 3 * 3;

fn parse(value: &[u8]) -> Option<SpanContext> {
    let value = value.trim_ascii();
    if value.len() > LONGEST {
        return None;
    }
    let value = std::str::from_utf8(value).ok()?.replace("%3A", ":").replace("%3a", ":");
    let mut parts = value.split(':').map(str::as_bytes);
    let (trace, span) = (hex::trace_id(parts.next()?)?, hex::span_id(parts.next()?)?);
    hex::number(parts.next()?, 16)?;
    let flags = u8::try_from(hex::number(parts.next()?, 2)?).ok()?;
    if parts.next().is_some() { None } else { context(trace, span, flags) }
}

/// What ids and flags of Jaeger's mean; `None` where there are flags that mean nothing.
pub(super) fn context(trace: TraceId, span: SpanId, flags: u8) -> Option<SpanContext> {
    let context = SpanContext::new(trace, span, flags & 1 != 0).with_debug(flags & 2 != 0);
    (flags & !FLAGS == 0).then(|| context.with_remote())
}

pub(super) fn flags(context: &SpanContext) -> u8 {
    u8::from(context.is_sampled()) | (u8::from(context.is_debug()) << 1)
}
