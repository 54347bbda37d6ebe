//! Jaeger's remote sampling for `tracer`, and the configuration of Jaeger's clients for those who
//! move from one of them.
//!
//! # Remote sampling
//! Jaeger's backend says which share of the traces a service is to record, operation by operation
//! if it likes to. [`RemoteSampler`] asks it every minute, on a thread of its own:
//!
//! ```
//! use contrib_jaeger::RemoteSampler;
//! use tracer_core::{ParentBased, Tracer};
//!
//! # fn main() -> Result<(), contrib_jaeger::ConfigError> {
//! let sampler = RemoteSampler::builder("shop")
//!     .endpoint("http://localhost:5778/sampling") // the default
//!     .build()?;
//! let tracer = Tracer::builder("shop").sampler(ParentBased::new(sampler)).build();
//! # drop(tracer);
//! # Ok(())
//! # }
//! ```
//!
//! | the backend answers | what is recorded | `sampler.type` |
//! | --- | --- | --- |
//! | nothing yet | what the [initial sampler](RemoteSamplerBuilder::initial) says: one trace in a thousand | `probabilistic` |
//! | `probabilisticSampling` | a share of the traces | `probabilistic` |
//! | `rateLimitingSampling` | so many traces a second | `ratelimiting` |
//! | `operationSampling` | a share of each operation, and so many a second at least | `probabilistic`, `lowerbound` |
//! | anything else, or not at all | what the last good answer says | as before |
//!
//! An answer is taken as a whole or not at all: [`parse_strategy`] tells what it has to be like. No
//! more than 2 MiB of it are read, and no more than 2,000 operations are kept, unless
//! [another number](RemoteSamplerBuilder::max_operations) is set. It is asked for as long as the
//! sampler lives, also by a tracer that has been shut down. What fails is counted
//! ([`RemoteSampler::counts`]) and said on standard error, one line in half a minute.
//!
//! # The clients' variables
//! [`mod@env`] reads `JAEGER_SERVICE_NAME`, `JAEGER_SAMPLER_TYPE` and so on; what it does not
//! read, and where it differs from a Jaeger client, is said there.
//!
//! # Spans, headers
//! Jaeger takes OpenTelemetry's OTLP, which `contrib-otlp` sends to its port 4318. Headers in
//! Jaeger's own format (`uber-trace-id`) are a propagator of `tracer-core`.
//!
//! # Features
//! - `tls`, off by default: https endpoints, by rustls with ring and Mozilla's root certificates.
//!
//! # What it costs when tracing is off
//! Switched off, the backend is asked all the same, so that the strategy is there when tracing is
//! switched on. Compiled out, no thread is started.
#![forbid(unsafe_code)]

pub mod env;
mod remote;
mod strategy;

pub use contrib_http::ConfigError;
pub use remote::{Counts, RemoteSampler, RemoteSamplerBuilder};
pub use strategy::{Strategy, StrategyError, parse_strategy};
