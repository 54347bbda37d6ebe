//! How the reporters of `tracer` talk to a collector: posts batches to it over HTTP and asks it
//! things, bounded in time and memory whatever answers.
//!
//! An implementation crate: `contrib-otlp` and `contrib-zipkin` stand on it, and whoever writes a
//! reporter for another format can. Programs use those.
//!
//! It brings no async runtime. Requests are made on the thread that asks for them, which for
//! reports is the tracer's own reporter thread, one at a time over one connection that is kept
//! open.
//!
//! # Post
//! ```
//! use contrib_http::{Endpoint, Format, Poster, Settings};
//! use tracer_core::{Batch, Outcome, Reporter};
//!
//! /// Sends the number of spans.
//! struct Counter(Poster);
//!
//! impl Reporter for Counter {
//!     fn report(&mut self, batch: &Batch<'_>) -> Outcome {
//!         self.0.deliver(batch, |spans, body| {
//!             body.extend_from_slice(spans.len().to_string().as_bytes());
//!             Ok(())
//!         })
//!     }
//! }
//!
//! # fn main() -> Result<(), contrib_http::ConfigError> {
//! let mut settings = Settings::new(Endpoint::exact("http://collector:80/count")?);
//! settings.set_header("authorization", "Bearer secret");
//! let format = Format {
//!     user_agent: "counter/1.0",
//!     content_type: "text/plain",
//!     rejected_spans: |_reply| 0,
//! };
//! let reporter = Counter(Poster::new(settings.checked()?, format));
//! # drop(reporter);
//! # Ok(())
//! # }
//! ```
//!
//! # Get
//! ```no_run
//! use std::time::Duration;
//!
//! use contrib_http::{Client, Endpoint, Settings};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let endpoint = Endpoint::exact("http://localhost:5778/sampling")?;
//! let settings = Settings::new(endpoint.with_query("service", "shop")?);
//! let client = Client::new(&settings, "asker/1.0");
//! let answer = client.get(Duration::from_secs(1), 64 << 10)?;
//! # drop(answer);
//! # Ok(())
//! # }
//! ```
//!
//! # What becomes of a batch
//! | the receiver | attempts | [outcome](tracer_core::Outcome) |
//! | --- | --- | --- |
//! | answers 2xx | one | reported, but for the spans that the reply rejects |
//! | answers 429, 502, 503, 504, can't be reached, breaks the connection | more, after the [delay](Settings::set_retry_delay) and longer ones, or as `Retry-After` says, between 100 ms and 30 s; for [so long](Settings::set_max_elapsed) in all | as the last attempt |
//! | answers 413 | one; then one for each half, down to single spans or 16 KiB | too large, where that is too much as well |
//! | answers any other 4xx | one | rejected |
//! | answers anything else, 64 KiB and more, or something compressed | one | failed |
//! | took the request and gives no answer in time | one | unknown |
//!
//! A batch that was given up after a connection broke behind a whole request is unknown too: the
//! receiver may have it. A batch of more than [4 MiB](Settings::set_max_request) is halved without
//! asking. At a shutdown no attempt is repeated, and none that begins then outlasts the deadline; one
//! that is waiting already is not waited for, and keeps its own time limit.
//!
//! Redirects are never followed: a token goes to the configured host or nowhere. Of a reply's head
//! 16 KiB are read. `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` are followed, but for a
//! receiver on this host.
//!
//! # What is never printed
//! Endpoints, headers and replies, beyond scheme, host and port, nor does `Debug` show them.
//! Failures are said on standard error, one line in half a minute.
//!
//! The HTTP client, ureq, writes lines of its own to the `log` crate: without headers and paths, but
//! at level trace every byte that is sent and received, **tokens included**. Keep `ureq` and
//! `ureq_proto` at debug or above (`RUST_LOG=trace,ureq=debug,ureq_proto=debug`).
//!
//! # Features
//! Both are off by default.
//! - `tls`: https endpoints, by rustls with ring and Mozilla's root certificates, or
//!   [others](Settings::set_root_certificates).
//! - `gzip`: compressed requests.
#![forbid(unsafe_code)]

mod attempt;
mod client;
mod date;
mod delivery;
mod endpoint;
pub mod env;
#[cfg(feature = "gzip")]
mod gzip;
mod percent;
mod poster;
mod reply;
mod retry;
mod say;
mod settings;
mod tls;
mod transport;
mod why;

pub use client::Client;
pub use delivery::Delivery;
pub use endpoint::Endpoint;
pub use poster::{Format, Post, Poster};
pub use say::Failures;
pub use settings::{Compression, ConfigError, Settings};
pub use transport::{Attempt, Transport};
pub use why::Why;
