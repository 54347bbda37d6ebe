//! OpenTracing's names, and what OpenTelemetry's compatibility rule makes of them on the wire.
//!
//! | in OpenTracing | on the wire |
//! | --- | --- |
//! | tag `error=true` | the status is an error |
//! | tag `span.kind` | the kind |
//! | tag `sampling.priority` | stays; it decides what is recorded, see [`SAMPLING_PRIORITY`] |
//! | tags `peer.service`, `component` and all others | stay |
//! | log `event=error` | event `exception` |
//! | its fields `error.kind`, `message`, `stack` | `exception.type`, `.message`, `.stacktrace` |
//! | its field `error.object` and all others | stay |
//! | a log's `event` | the event's name; `log` where there is none |
//! | references beside the parent | links with `opentracing.ref_type` |

use crate::span::SpanKind;
use crate::value::{Tag, Value};

/// The tag that says that the work failed; on the wire it is the span's status.
pub const ERROR: &str = "error";

/// The tag that says which part a span plays; on the wire it is the span's kind. Set before or
/// after the start, to `server`, `client`, `producer`, `consumer` (or `internal`, which is
/// OpenTelemetry's); any other value makes an ordinary tag.
pub const SPAN_KIND: &str = "span.kind";

/// The tag by which an application asks for a trace (a number above 0) or for none (0).
///
/// It belongs on the [builder](crate::SpanBuilder::tag), where it decides before anything is
/// recorded or told to others. Set on a span that has begun, it holds from then on, for this span
/// and for what starts below it:
///
/// - 0 on a span that is recorded: the span is not reported, and counted as
///   [`DropReason::Unsampled`](crate::DropReason::Unsampled). New children are not recorded, and
///   other services are told `sampled=0`. Spans that have begun before are reported.
/// - Above 0 on a span that is recorded: other services are told that somebody insists (the debug
///   flag), as far as the [budget](crate::TracerBuilder::forced_sampling) goes.
/// - Above 0 on a span that is not recorded: new children are recorded, and other services are told
///   `sampled=1`. The span itself stays unrecorded, and what has been written on it is lost: this
///   kit decides when a span begins. (Jaeger's clients could wait; such retryable decisions are
///   left out on purpose, because they make every span of every trace cost as much as a recorded
///   one.) So the trace has a gap in its place.
///
/// On a span that only hands a caller's context on, as while tracing is off, it does nothing.
pub const SAMPLING_PRIORITY: &str = "sampling.priority";

/// The tag of a trace that a caller asked for by the header `jaeger-debug-id`.
pub const JAEGER_DEBUG_ID: &str = "jaeger-debug-id";

/// The tag that names the service at the other end.
pub const PEER_SERVICE: &str = "peer.service";
/// The tag that names the library that made the span.
pub const COMPONENT: &str = "component";

/// The field that names a log.
pub const EVENT: &str = "event";
/// Its value for an error.
pub const ERROR_EVENT: &str = "error";
/// The field of an error's log that holds the error's type.
pub const ERROR_KIND: &str = "error.kind";
/// The field of an error's log that holds the error itself.
pub const ERROR_OBJECT: &str = "error.object";
/// The field of a log that holds words for people.
pub const MESSAGE: &str = "message";
/// The field of an error's log that holds the stack.
pub const STACK: &str = "stack";

/// The event of the log that stands for those that a span had too many of.
pub const DROPPED_LOGS: &str = "dropped logs";
/// Its field for how many of the span's logs went.
pub const DROPPED_LOG_COUNT: &str = "dropped_log_count";

/// The event of a log about an item of the baggage that was set, where
/// [those are wanted](crate::TracerBuilder::log_baggage).
pub const BAGGAGE: &str = "baggage";
/// Its field for the item's key.
pub const KEY: &str = "key";
/// Its field for the item's value.
pub const VALUE: &str = "value";
/// Its field that says that there was a value before.
pub const OVERRIDE: &str = "override";
/// Its field that says that the item was refused.
pub const INVALID: &str = "invalid";

/// The name on the wire of a log that has none.
pub const LOG: &str = "log";

/// The event that an error is reported as.
pub const EXCEPTION: &str = "exception";

/// What a link is: `child_of` or `follows_from`.
pub const REF_TYPE: &str = "opentracing.ref_type";

/// The key in an exception event for a field of an error's log.
#[must_use]
pub fn of_exception(field: &str) -> &str {
    match field {
        ERROR_KIND => "exception.type",
        MESSAGE => "exception.message",
        STACK => "exception.stacktrace",
        other => other,
    }
}

/// The kind that a tag `span.kind` stands for.
#[inline]
pub(crate) fn kind(tag: &Tag) -> Option<SpanKind> {
    if tag.key == SPAN_KIND { kind_of(tag) } else { None }
}

fn kind_of(tag: &Tag) -> Option<SpanKind> {
    use SpanKind::{Client, Consumer, Internal, Producer, Server};
    let name = tag.value.as_str()?;
    [Server, Client, Producer, Consumer, Internal].into_iter().find(|kind| kind.as_str() == name)
}

/// Whether a tag `sampling.priority` asks for a trace, or for none. Anything but a number says
/// nothing.
#[inline]
pub(crate) fn priority(tag: &Tag) -> Option<bool> {
    if tag.key != SAMPLING_PRIORITY {
        return None;
    }
    match tag.value {
        Value::I64(number) => Some(number > 0),
        Value::F64(number) if !number.is_nan() => Some(number > 0.0),
        _ => None,
    }
}

/// The log about an item of the baggage.
pub(crate) fn of_baggage(key: &str, value: &str, replaces: bool, fits: bool) -> Vec<Tag> {
    let mut fields = vec![
        Tag::new(EVENT, BAGGAGE),
        Tag::new(KEY, key.to_owned()),
        Tag::new(VALUE, value.to_owned()),
    ];
    if replaces {
        fields.push(Tag::new(OVERRIDE, true));
    }
    if !fits {
        fields.push(Tag::new(INVALID, true));
    }
    fields
}
