//! OpenTracing's names, and what OpenTelemetry's compatibility rule makes of them on the wire.

/// The tag that says that the work failed; on the wire it is the span's status.
pub const ERROR: &str = "error";

/// The tag that says how much this trace is wanted: not at all (0), or whatever samplers say.
pub const SAMPLING_PRIORITY: &str = "sampling.priority";
/// The tag of a trace that a caller asked for by the header `jaeger-debug-id`.
pub const JAEGER_DEBUG_ID: &str = "jaeger-debug-id";

/// The field that names a log.
pub const EVENT: &str = "event";
/// Its value for an error.
pub const ERROR_EVENT: &str = "error";
/// The field of an error's log that holds the error's type.
pub const ERROR_KIND: &str = "error.kind";
/// The field of a log that holds words for people.
pub const MESSAGE: &str = "message";
/// The field of an error's log that holds the stack.
pub const STACK: &str = "stack";

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
