//! Rates, errors and durations of what `tracer` traces, whether a trace is sampled or not.
//!
//! | histogram, in seconds | of | labels |
//! | --- | --- | --- |
//! | `http.server.request.duration` | requests that are served | method, scheme, route, status, version, error |
//! | `http.client.request.duration` | requests that are sent | method, server, template, status, version, error |
//! | `rpc.server.call.duration` | gRPC calls that are served | method, status, error |
//! | `rpc.client.call.duration` | gRPC calls that are made | method, server, status, error |
//! | `db.client.operation.duration` | commands to Redis and to SQL databases | system, namespace, operation, summary, server, status, error |
//! | `messaging.client.operation.duration` | messages that are sent, fetched and settled | operation, destination, server, error |
//! | `messaging.process.duration` | messages that are worked on | the same |
//!
//! Names, labels and buckets are those of OpenTelemetry's conventions 1.44 (HTTP and database:
//! stable; gRPC: release candidate; messaging: in development). A histogram's count is the rate, and
//! its label `error.type` tells the errors. Two counters go with the messages:
//! `messaging.client.sent.messages`, and `messaging.client.consumed.messages`. The latter counts a
//! message when it is worked on, where the conventions would have it counted when it is received: this
//! kit's spans of fetching do not know whether there was one. Spans of others that fetch and do not
//! say what is worked on are not counted.
//!
//! # Quick start
//!
//! ```
//! use contrib_metrics::RedMetrics;
//! use tracer_core::{ParentBased, Probabilistic, Tracer};
//!
//! let metrics = RedMetrics::new();
//! let tracer = Tracer::builder("shop")
//!     .sampler(ParentBased::new(Probabilistic::clamped(0.01)))
//!     .processor(metrics.clone())
//!     .build();
//! // Served on a path of its own, say `/metrics`, with `contrib_metrics::PROMETHEUS` as its type.
//! let page = metrics.to_prometheus();
//! # drop((tracer, page));
//! ```
//!
//! # What is measured
//! The span: a request's duration ends where its body ends. What is filtered, what happens while
//! tracing is off, and what the application wants no trace of (`sampling.priority` of zero) is not
//! measured. All of it is at hand when the span ends: nothing is lost when the recorder's queue is
//! full or its collector is down.
//!
//! # How many series there can be
//! Each combination of labels is a series of its own. There are 2,000 a histogram at most
//! ([`RedMetrics::with_max_series`]); what comes after that, and what has a label of more than 256
//! bytes, is counted in one with the label `otel.metric.overflow`. A destination that the broker has
//! named is no label; one whose name or routing key has ids in it wants a template
//! (`AmqpTracing::with_template` in contrib-amqp).
//!
//! # Features
//! | feature | default | |
//! | --- | --- | --- |
//! | `facade` | no | the same durations and counts into whatever recorder the `metrics` facade has ([`RedMetrics::with_facade`]) |
//!
//! # What it costs
//! A span that is sampled: a look into a table and two additions to shared counters, without a lock
//! or an allocation once the series is there. One that is not: what recording its tags takes on top
//! of that, as for a sampled one; it is not queued. Without a processor, or with tracing switched off or
//! compiled out, nothing.
#![forbid(unsafe_code)]

#[cfg(feature = "facade")]
mod facade;
mod histogram;
mod instrument;
mod prometheus;
mod series;
mod table;

use std::fmt;
use std::sync::Arc;

pub use prometheus::PROMETHEUS;
pub use series::Series;
use tracer_core::{EndedSpan, SpanProcessor};

use instrument::{ALL, Instrument};
use table::Table;

/// Measures spans as they end. A clone shares what was measured: one is given to the tracer, another
/// is read.
#[derive(Clone)]
pub struct RedMetrics {
    tables: Arc<[Table; ALL.len()]>,
}

impl RedMetrics {
    /// With nothing measured yet.
    #[must_use]
    pub fn new() -> Self {
        Self::made(2_000, false)
    }

    /// With so many series a histogram at most, and one for what is over. To be called before it is
    /// given away.
    #[must_use]
    pub fn with_max_series(self, max: usize) -> Self {
        let to_facade = self.tables[0].to_facade;
        Self::made(max, to_facade)
    }

    /// Hands each duration and each message that is counted on to the recorder of the `metrics` facade
    /// as well, under the same names and labels: as histograms, with the buckets that it has for
    /// them, and as counters. That recorder is to be
    /// installed before the first span ends. To be called before this is given away.
    #[cfg(feature = "facade")]
    #[must_use]
    pub fn with_facade(self) -> Self {
        let max = self.tables[0].max;
        Self::made(max, true)
    }

    fn made(max: usize, to_facade: bool) -> Self {
        Self { tables: Arc::new(ALL.map(|instrument| Table::new(instrument, max, to_facade))) }
    }

    /// All that was measured so far, in the order of names and labels. Counted while it is read: a
    /// span that ends meanwhile may be in a bucket and not in the sum.
    #[must_use]
    pub fn series(&self) -> Vec<Series> {
        self.tables.iter().flat_map(Table::series).collect()
    }

    /// The same as a page for Prometheus (text format 0.0.4). Dots are underscores in its names.
    #[must_use]
    pub fn to_prometheus(&self) -> String {
        prometheus::page(&self.series())
    }
}

impl SpanProcessor for RedMetrics {
    fn on_end(&self, span: &EndedSpan<'_>) {
        if let Some(instrument) = Instrument::of(span) {
            self.tables[instrument as usize].record(span);
        }
    }
}

impl Default for RedMetrics {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RedMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.series()).finish()
    }
}
