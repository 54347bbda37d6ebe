//! Spans and events of the `tracing` ecosystem land in the trace, and the trace's ids land in its
//! lines of logs.
//!
//! | in `tracing` | in the trace |
//! | --- | --- |
//! | a span | a span below the current one, whoever has entered that; current itself where it is entered |
//! | an event | a log of the current span: its field `event` is what it is called, without one the message, without either its place |
//! | a field, given or recorded later | a tag, or a field of the log: numbers and truth values as they are, everything else as text |
//! | `otel.name`, `otel.kind`, `otel.status_code`, `otel.status_message` | name, kind, status |
//! | OpenTracing's tags: `span.kind`, `sampling.priority` and so on | as in a tag of the kit |
//! | a span's field `error`, true or an error value | the status: failed |
//! | an error value (`&dyn Error`) | its message, and what has caused it as `<field>.sources`, 15 at most |
//! | what `#[instrument(err)]` writes | the span of that function has failed, and has a log `event=error` |
//! | `follows_from` | a link |
//! | level, target, file, line | `level`, `target`, `code.file.path`, `code.line.number` |
//!
//! # Quick start
//!
//! ```
//! use contrib_tracing::{TraceLayer, WithTraceIds};
//! use tracing_subscriber::filter::LevelFilter;
//! use tracing_subscriber::fmt::{self, time::SystemTime};
//! use tracing_subscriber::prelude::*;
//!
//! let lines = fmt::layer().with_timer(WithTraceIds::new(SystemTime)).with_filter(LevelFilter::INFO);
//! tracing_subscriber::registry().with(lines).with(TraceLayer::new()).init();
//!
//! tracing::info_span!("checkout", cart = 3).in_scope(|| {
//!     tracing::info!(cents = 990, "paid"); // a line with ids, and a log of the span
//! });
//! ```
//!
//! Spans go to the tracer of the span above, else to the global one, which may be set before or
//! after. Lines of JSON:
//!
#![cfg_attr(feature = "json", doc = "```")]
#![cfg_attr(not(feature = "json"), doc = "```text")]
//! use contrib_tracing::{JsonLines, TraceLayer};
//! use tracing_subscriber::prelude::*;
//!
//! let lines = JsonLines::new().flatten_event(true).layer();
//! tracing_subscriber::registry().with(lines).with(TraceLayer::new()).init();
//! ```
//!
//! # Who is whose child
//! What is current on a thread is current for both: a span of the kit that is started inside of a
//! span of `tracing`, as the other integrations do it, is its child, and the other way round. So
//! contexts need no conversion: inside of a span of `tracing`, `current()` of the kit is that span.
//!
//! `.instrument(span)` carries it over awaits and to other threads, as ever. Both sides have an
//! `in_current_span()`, so that one of the two traits has to be named: the kit's carries whatever
//! is current, `tracing`'s a span of its own only. A `parent:` that is given is
//! the parent, `parent: None` begins a trace. A span ends where it was left for the last time, or
//! where it is closed if it was never entered: a task that it has spawned, and that keeps it open,
//! makes it no longer.
//!
//! # Which spans and events
//! Those of level `INFO` and above, unless [`with_filter`](TraceLayer::with_filter) says otherwise.
//! A filter never breaks a trace: a span that it takes out is skipped, and what is below it is
//! below the next one above, on whatever thread. The layer's filter and those of other layers know
//! nothing of each other, so that lines can be as quiet as you like:
//!
//! ```
//! use contrib_tracing::TraceLayer;
//! use tracing_subscriber::filter::{EnvFilter, LevelFilter};
//! use tracing_subscriber::{Layer, fmt, prelude::*};
//!
//! tracing_subscriber::registry()
//!     .with(fmt::layer().with_filter(LevelFilter::WARN))
//!     .with(TraceLayer::new().with_filter(EnvFilter::new("info,shop=debug")))
//!     .init();
//! ```
//!
//! A filter on the registry as a whole is another matter. A span that it disables does not exist:
//! it carries nothing to another thread, and as a parent it is none.
//!
//! # Never recorded
//! What is logged is recorded as it is, which is yours to decide, and no more. Levels below `INFO`,
//! at which libraries show what they send and receive, are not recorded unless you ask for them.
//! Some tell a lot at higher ones too (sqlx the text of slow statements, at `WARN`): a filter by
//! target takes them out. What a reporter does is never recorded, neither its own words nor those
//! of the HTTP client below it.
//!
//! Values are cut as all values are (4 KiB unless the tracer's limits say otherwise); those without
//! an end are stopped at 64 KiB, in the trace: lines have what they have, as those of fmt do.
//!
//! # What marks a span as failed
//! Its fields, as in the table, and `#[instrument(err)]`. An event of level `ERROR` does not:
//! an error that is logged may be one that was dealt with, and a request that succeeds in spite of
//! it has not failed. [`with_failure_by_level`](TraceLayer::with_failure_by_level) changes that. An
//! error of `#[instrument(err)]` whose span is filtered out marks no other span.
//!
//! # Ids in lines
//! | lines | by |
//! | --- | --- |
//! | of `fmt`, with a time | `WithTraceIds` around the timer: ids behind the time |
//! | of `fmt` without a time, of any other format | `WithTraceIds` around the format: ids in front |
//! | JSON | `JsonLines`, feature `json`: members `trace_id`, `span_id`, `trace_flags` |
//!
//! They are those of the span that is current where the event is written, sampled or not; without
//! one there are none. Neither needs the layer: they show spans of the kit as well.
//!
//! # Good to know
//! - Lines about spans themselves (fmt's `with_span_events`) have the ids of what is current where
//!   they are written: for `new` and `close` that is the span above, for `enter` and `exit` it is the
//!   span if the layer stands before fmt's, with `registry().with(layer).with(lines)`.
//! - To change what is recorded at run time, reload the filter, never the layer: spans that are
//!   entered while a layer is taken away stay current on their threads.
//! - One [`TraceLayer`] is enough for a subscriber. Of two, the spans are below each other.
//! - A tracer that is given to a layer lives as long as the layer, and a global subscriber lives
//!   for ever: shut the tracer down yourself, as the guard of `tracer::init_from_env` does.
//! - Records of the `log` crate come through `tracing-log`, with their own target and place.
//! - `Layer::and_then` of tracing-subscriber 0.3 loses events where one of the two layers has a
//!   filter; `.with()` does not.
//!
//! # Features
//! | feature | default | |
//! | --- | --- | --- |
//! | `fmt` | yes | ids in lines of text |
//! | `json` | no | lines of JSON with ids, instead of those of tracing-subscriber's feature `json` |
//!
//! # Cost when off
//! Switched off, and with nothing to hand on, a span costs a few loads, and nothing is allocated.
//! No value is read that is not recorded, but `otel.name` and `otel.kind`. A span that the layer's
//! filter takes out below one that is there costs a handle and an entry in a map: to see those too
//! the layer asks `tracing` for spans of every level. Compiled out (tracer-core's feature `off`), the
//! layer does nothing, and with `with_filter` no span or event is made for it.
#![forbid(unsafe_code)]

mod above;
mod callbacks;
mod config;
mod entered;
mod event;
mod fields;
mod head;
#[cfg(feature = "fmt")]
mod ids;
#[cfg(feature = "json")]
mod json;
mod layer;
mod origin;
mod select;
mod span_fields;
mod spans;
mod text;

#[cfg(feature = "fmt")]
pub use ids::WithTraceIds;
#[cfg(feature = "json")]
pub use json::{JsonLines, JsonSpanFields};
pub use layer::TraceLayer;
pub use select::Select;
