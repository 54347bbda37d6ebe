//! Distributed tracing for Rust services: one dependency for the whole kit.
//!
//! It speaks OpenTracing in its API (tags, logs, baggage, references) and OpenTelemetry on the
//! wire (W3C headers, OTLP), and knows the libraries that backends are built of.
//!
//! # Quick start
//! ```
//! use tracer::prelude::*;
//!
//! fn foo() {
//!     let span = tracer::span("Foo").start();
//!     let _entered = span.enter();
//!     bar();
//! }
//!
//! fn bar() {
//!     let span = tracer::span("Bar").start();
//!     span.log("a wild error").set_tag("error", true);
//! }
//!
//! // Reads OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_ENDPOINT and so on; see `init_from_env`.
//! # std::thread::spawn(|| {
//! let _tracing = tracer::init_from_env();
//! # });
//! foo();
//! ```
//!
//! Where to read on: [`mod@env`] (every variable), [`propagation`], [`Sampler`], [`Trust`],
//! [`switch`], [`mock`], [`conformance`].
//!
//! # Features
//! | feature | brings |
//! | --- | --- |
//! | `otlp` (default) | `tracer::otlp`: spans go to Jaeger or any OTLP receiver |
//! | `otlp-grpc` | the same over gRPC, where `OTEL_EXPORTER_OTLP_PROTOCOL=grpc` says so |
//! | `zipkin` | `tracer::zipkin`: spans go to Zipkin |
//! | `jaeger` | `tracer::jaeger`: Jaeger's backend says what is recorded; the variables of its clients |
//! | `tls`, `gzip` | https endpoints for all of these, compressed requests for OTLP and Zipkin |
//! | `axum` | `tracer::axum`: a layer for what an axum router serves |
//! | `tower` | `tracer::tower`: layers for any tower service over HTTP |
//! | `tonic` | `tracer::tonic`: layers for gRPC services and clients |
//! | `reqwest` | `tracer::reqwest`: a middleware for HTTP calls |
//! | `ureq` | `tracer::ureq`: the same for ureq, which blocks |
//! | `redis` | `tracer::redis`: connections whose commands have spans |
//! | `sqlx-sqlite`, `sqlx-mysql`, `sqlx-postgres` | `tracer::sqlx`: pools, connections and transactions whose statements have spans |
//! | `amqp` | `tracer::amqp`: channels of lapin whose messages have spans |
//! | `tracing` | `tracer::tracing`: spans and events of the `tracing` macros, and ids in the lines of a log; `tracing-json` for lines of JSON |
//! | `otel` | `tracer::otel`: what is instrumented with OpenTelemetry's API records here, and its exporters report; `otel-follow` makes its current spans current here |
//! | `metrics` | `tracer::metrics`: rates, errors and durations of all that is traced, for Prometheus; `metrics-facade` for the `metrics` facade |
//! | `tsc` (default) | time stamps from the processor's counter |
//! | `off`, `release-off` | compile tracing out, of all builds or of those without debug assertions; for the final binary to set |
#![forbid(unsafe_code)]
#![deny(clippy::print_stderr, clippy::print_stdout)]

pub mod env;
pub mod prelude;

pub use env::{Tracing, init, init_from_env};
pub use tracer_core::*;

#[cfg(feature = "amqp")]
#[doc(no_inline)]
pub use contrib_amqp as amqp;
#[cfg(feature = "axum")]
#[doc(no_inline)]
pub use contrib_axum as axum;
#[cfg(feature = "jaeger")]
#[doc(no_inline)]
pub use contrib_jaeger as jaeger;
#[cfg(feature = "metrics")]
#[doc(no_inline)]
pub use contrib_metrics as metrics;
#[cfg(feature = "otel")]
#[doc(no_inline)]
pub use contrib_otel as otel;
#[cfg(feature = "otlp")]
#[doc(no_inline)]
pub use contrib_otlp as otlp;
#[cfg(feature = "redis")]
#[doc(no_inline)]
pub use contrib_redis as redis;
#[cfg(feature = "reqwest")]
#[doc(no_inline)]
pub use contrib_reqwest as reqwest;
#[cfg(any(feature = "sqlx-sqlite", feature = "sqlx-mysql", feature = "sqlx-postgres"))]
#[doc(no_inline)]
pub use contrib_sqlx as sqlx;
#[cfg(feature = "tonic")]
#[doc(no_inline)]
pub use contrib_tonic as tonic;
#[cfg(feature = "tower")]
#[doc(no_inline)]
pub use contrib_tower as tower;
#[cfg(feature = "tracing")]
#[doc(no_inline)]
pub use contrib_tracing as tracing;
#[cfg(feature = "ureq")]
#[doc(no_inline)]
pub use contrib_ureq as ureq;
#[cfg(feature = "zipkin")]
#[doc(no_inline)]
pub use contrib_zipkin as zipkin;

/// The README's snippets, compiled.
#[cfg(all(
    doctest,
    feature = "amqp",
    feature = "axum",
    feature = "jaeger",
    feature = "metrics",
    feature = "otel",
    feature = "otlp",
    feature = "redis",
    feature = "reqwest",
    feature = "sqlx-sqlite",
    feature = "tonic",
    feature = "tracing",
    feature = "ureq"
))]
#[doc = include_str!("../../README.md")]
struct Readme;
