//! Sends the spans of `tracer` to Jaeger, an OpenTelemetry Collector or any other receiver of
//! OTLP, over HTTP or, with the feature `grpc`, over gRPC.
//!
//! Requests are made on the tracer's own reporter thread, one at a time over one connection that is
//! kept open. HTTP needs no async runtime; gRPC has one on that thread, and starts no other.
//!
//! # Quick start
//! ```no_run
//! use contrib_otlp::{OtlpReporter, env};
//! use tracer_core::{Tracer, set_global, span};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (name, tags) = env::resource_from(tracer_core::env_var);
//! let mut tracer = Tracer::builder(name.unwrap_or_else(env::default_service_name))
//!     .reporter(OtlpReporter::from_env()?);
//! for tag in tags {
//!     tracer = tracer.tag(tag.key, tag.value);
//! }
//! let tracer = tracer.build();
//! set_global(tracer.clone());
//!
//! span("work").start().finish();
//! tracer.shutdown(std::time::Duration::from_secs(5))?;
//! # Ok(())
//! # }
//! ```
//! Or without the environment:
//! ```
//! use std::time::Duration;
//!
//! use contrib_otlp::OtlpReporter;
//!
//! # fn main() -> Result<(), contrib_otlp::ConfigError> {
//! let token = "secret";
//! let reporter = OtlpReporter::builder()
//!     .endpoint("http://collector:4318")
//!     .header("authorization", &format!("Bearer {token}"))
//!     .timeout(Duration::from_secs(3))
//!     .build()?;
//! assert!(!format!("{reporter:?}").contains(token));
//! # Ok(())
//! # }
//! ```
//!
//! # Environment
//! Read by [`OtlpReporter::from_env`]. Of two variables the one for traces goes first. An empty
//! one counts as unset; one that is no Unicode is read as far as it is. A variable with a bad value
//! is named on standard error, without the value:
//!
//! | variable | default | a bad value |
//! | --- | --- | --- |
//! | `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`: the whole URL | – | an error, as in the next line |
//! | `OTEL_EXPORTER_OTLP_ENDPOINT`: `/v1/traces` is appended | `http://localhost:4318`; for gRPC `http://localhost:4317` | an error; https without the feature `tls` too |
//! | `OTEL_EXPORTER_OTLP(_TRACES)_HEADERS`: `name=value,…`, percent-encoded | none | the whole list is ignored |
//! | `OTEL_EXPORTER_OTLP(_TRACES)_TIMEOUT`: for one attempt, in milliseconds, above 0, 1 h at most | 10000 | the default |
//! | `OTEL_EXPORTER_OTLP(_TRACES)_PROTOCOL`: `http/protobuf`, `grpc` | `http/protobuf` | the default; `grpc` without the feature `grpc` is an error |
//! | `OTEL_EXPORTER_OTLP(_TRACES)_CERTIFICATE`: a file in PEM with the certificates that vouch for an https receiver | Mozilla's | an error; without the feature `tls` not looked at |
//! | `OTEL_EXPORTER_OTLP(_TRACES)_COMPRESSION`: `none`, `gzip` | `none` | not compressed; `gzip` needs the feature |
//!
//! Read by [`env::resource_from`]: `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`
//! (`key=value,…`, percent-encoded; a malformed list is ignored as a whole). Without either the
//! name is `unknown_service:` and the program's file name.
//!
//! An error means that there is no reporter: what was meant for one place, or to be seen by one
//! receiver only, does not go to another. `tracer::init_from_env` says so in one line, and no spans
//! are exported.
//!
//! Over HTTP, `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` are followed, but for a
//! receiver on this host. Over gRPC they are not.
//!
//! # What becomes of a batch
//! | the receiver | attempts | [outcome](tracer_core::Outcome) |
//! | --- | --- | --- |
//! | answers 2xx | one | reported; rejected spans of a partial success are counted as such |
//! | answers 429, 502, 503, 504, can't be reached, breaks the connection | more, after 1 s, 1.5 s, …, or as `Retry-After` says, between 100 ms and 30 s; for 60 s in all | as the last attempt |
//! | answers 413 | one; then one for each half, down to single spans or 16 KiB | too large, where that is too much as well |
//! | answers any other 4xx | one | rejected |
//! | answers anything else, 64 KiB and more, or something compressed | one | failed |
//! | took the request and gives no answer in time | one | unknown |
//!
//! And over gRPC:
//!
//! | the receiver | attempts | outcome |
//! | --- | --- | --- |
//! | answers `OK` | one | reported; rejected spans of a partial success are counted as such |
//! | answers `CANCELLED`, `DEADLINE_EXCEEDED`, `ABORTED`, `OUT_OF_RANGE`, `UNAVAILABLE`, `DATA_LOSS`, or `RESOURCE_EXHAUSTED` with a `RetryInfo`; can't be reached, breaks the connection | more, as above, or as the `RetryInfo` says, between 100 ms and 30 s | as the last attempt |
//! | says that the message is too large | one; then one for each half, as above | too large, where that is too much as well |
//! | answers `UNKNOWN`, `INTERNAL`, what is no gRPC, 64 KiB and more, or something compressed | one | failed |
//! | answers anything else | one | rejected |
//! | took the request and gives no answer in time | one; the connection is closed | unknown |
//!
//! A batch of more than 4 MiB is halved without asking, and a span that is larger counts as [too
//! large](tracer_core::DropReason::TooLarge). A batch that was given up after a connection broke behind a whole request is unknown too: the
//! receiver may have it. At a shutdown no attempt is repeated, and none
//! that begins then outlasts the deadline; one that is waiting already is not waited for, and keeps
//! its own time limit.
//!
//! # What is never sent, never printed
//! Redirects are not followed: a token goes to the configured host or nowhere. No endpoint, header
//! or reply is ever printed, nor shown by `Debug`, beyond scheme, host and port. Failures are said
//! on standard error, one line in half a minute.
//!
//! The libraries below write lines of their own. ureq, to the `log` crate: without headers and
//! paths, but at level trace every byte that is sent and received, **tokens included**; keep `ureq`
//! and `ureq_proto` at debug or above. What gRPC stands on, to the `tracing` crate: without values of
//! headers.
//!
//! # Over gRPC
//! The connection is driven while a call is made, and at no other time: a receiver that pings its
//! idle clients is not answered and may hang up, which the next call notices before it is made.
//! `grpc-timeout` is not sent. Replies are asked for uncompressed.
//!
//! # Features
//! All are off by default.
//! - `grpc`: OTLP over gRPC, by tonic's channel.
//! - `tls`: https endpoints, by rustls with ring and Mozilla's root certificates.
//! - `gzip`: compressed requests.
#![forbid(unsafe_code)]

mod config;
mod encode;
pub mod env;
mod fields;
#[cfg(feature = "grpc")]
mod grpc;
mod reply;
mod reporter;
mod settings;

pub use config::{OtlpReporterBuilder, Protocol};
#[doc(inline)]
pub use contrib_http::{Compression, ConfigError};
pub use encode::encode;
pub use reporter::OtlpReporter;
