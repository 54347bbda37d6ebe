//! What the rows simulate: one request of a shop, in as many spans as a row asks for.

/// Child spans of the trace that stands for a request with much in it.
pub const CHILDREN: u32 = 100;
/// Child spans of an ordinary request, sampled or not.
pub const FEW_CHILDREN: u32 = 10;

/// Spans a second at a steady load.
pub const STEADY_RATE: u64 = 100_000;
/// Spans a second where each is encoded and sent: what every contestant can send without a loss.
pub const OTLP_RATE: u64 = 20_000;
/// Spans a second while the reporter hangs.
pub const HANGING_RATE: u64 = 10_000;

/// Most spans between two flushes. OpenTelemetry's queue takes 2,048 and drops what is more, and
/// no tracer may be quick by losing spans.
pub const BLOCK_SPANS: u64 = 1_800;

/// Polls of one instrumented future.
pub const POLLS: u32 = 1_000;

pub const ROOT: &str = "root";
pub const CHILD: &str = "child";

pub const METHOD: (&str, &str) = ("http.request.method", "GET");
pub const ROUTE: (&str, &str) = ("http.route", "/orders/{id}");
pub const STATUS: (&str, i64) = ("http.response.status_code", 200);
/// The tag whose value is made for each span.
pub const ORDER: &str = "order";
pub const LOG: &str = "cache miss";

pub const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
