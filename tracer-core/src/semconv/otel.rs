//! Names for what OpenTelemetry knows of a span and other formats have no field for
//! (OpenTelemetry specification, "Transformation to non-OTLP Formats").

/// The status, where it was said: [`OK`] or [`ERROR`].
pub const STATUS_CODE: &str = "otel.status_code";
/// [`STATUS_CODE`] of work that was called a success.
pub const OK: &str = "OK";
/// [`STATUS_CODE`] of work that failed.
pub const ERROR: &str = "ERROR";

/// How many tags the limits have cut off.
pub const DROPPED_ATTRIBUTES_COUNT: &str = "otel.dropped_attributes_count";
/// How many logs.
pub const DROPPED_EVENTS_COUNT: &str = "otel.dropped_events_count";
/// How many links.
pub const DROPPED_LINKS_COUNT: &str = "otel.dropped_links_count";

/// What has recorded the span, under its name of today and its earlier one, both of which are to
/// be written.
pub const SCOPE_NAME: [&str; 2] = ["otel.scope.name", "otel.library.name"];
/// Its version.
pub const SCOPE_VERSION: [&str; 2] = ["otel.scope.version", "otel.library.version"];
