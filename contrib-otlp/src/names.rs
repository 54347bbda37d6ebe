//! Names that OpenTelemetry's OpenTracing compatibility rule gives to logs and links.

/// The field that names a log, and its value for an error (OpenTracing's conventions).
pub(crate) const EVENT: &str = "event";
pub(crate) const ERROR: &str = "error";

/// The name of a log that has none.
pub(crate) const LOG: &str = "log";

/// The event that an error is reported as.
pub(crate) const EXCEPTION: &str = "exception";

/// What a link is: `child_of` or `follows_from`.
pub(crate) const REF_TYPE: &str = "opentracing.ref_type";

/// The key in an exception event for a field of an error's log.
pub(crate) fn of_exception(field: &str) -> &str {
    match field {
        "error.kind" => "exception.type",
        "message" => "exception.message",
        "stack" => "exception.stacktrace",
        other => other,
    }
}
