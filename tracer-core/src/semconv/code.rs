//! Where in the program something happened: what the bridge to Rust's `tracing` has to say.

/// The source file, as the compiler was given it.
pub const CODE_FILE_PATH: &str = "code.file.path";
/// The line in it.
pub const CODE_LINE_NUMBER: &str = "code.line.number";
/// How important it is: `INFO`. The conventions have no name for it on spans and their logs; this
/// is what the `tracing` ecosystem calls it.
pub const LEVEL: &str = "level";
/// The part of the program, most often a module. The ecosystem's name, too.
pub const TARGET: &str = "target";
/// What follows the name of a field that holds an error, for what has caused the error.
pub const SOURCES: &str = ".sources";
/// The same for the field [`ERROR`](super::opentracing::ERROR).
pub const ERROR_SOURCES: &str = "error.sources";

/// The field of a `tracing` span that names it. These four are read, and recorded as what they
/// mean.
pub const OTEL_NAME: &str = "otel.name";
/// The field with the kind: `server`, `client`, `producer`, `consumer`, `internal`.
pub const OTEL_KIND: &str = "otel.kind";
/// The field with the status: `ok` or `error`.
pub const OTEL_STATUS_CODE: &str = "otel.status_code";
/// The field that says why it failed.
pub const OTEL_STATUS_MESSAGE: &str = "otel.status_message";

/// The trace in a line of a log (OpenTelemetry: trace context in non-OTLP log formats).
pub const TRACE_ID: &str = "trace_id";
/// The span in a line of a log.
pub const SPAN_ID: &str = "span_id";
/// The W3C flags in a line of a log, in two hex digits.
pub const TRACE_FLAGS: &str = "trace_flags";
