//! Sends the spans of `tracer` to Zipkin, as JSON over HTTP (Zipkin API v2), or to whatever else
//! takes that: Jaeger and the OpenTelemetry Collector do.
//!
//! Where the receiver knows OTLP, `contrib-otlp` says more: Zipkin has no place for links, for
//! `tracestate`, nor for values that are no text.
//!
//! It brings no async runtime: requests are made on the tracer's own reporter thread, one at a
//! time over one connection that is kept open.
//!
//! # Quick start
//! ```no_run
//! use contrib_zipkin::{ZipkinReporter, env};
//! use tracer_core::{Tracer, set_global, span};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (name, tags) = env::resource_from(tracer_core::env_var);
//! let mut tracer = Tracer::builder(name.unwrap_or_else(env::default_service_name))
//!     .reporter(ZipkinReporter::from_env()?);
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
//! use contrib_zipkin::ZipkinReporter;
//!
//! # fn main() -> Result<(), contrib_zipkin::ConfigError> {
//! let token = "secret";
//! let reporter = ZipkinReporter::builder()
//!     .endpoint("http://zipkin:9411/api/v2/spans")
//!     .header("authorization", &format!("Bearer {token}"))
//!     .timeout(Duration::from_secs(3))
//!     .build()?;
//! assert!(!format!("{reporter:?}").contains(token));
//! # Ok(())
//! # }
//! ```
//!
//! # Environment
//! Read by [`ZipkinReporter::from_env`]. An empty variable counts as unset. One with a bad value is
//! named on standard error, without the value:
//!
//! | variable | default | a bad value |
//! | --- | --- | --- |
//! | `OTEL_EXPORTER_ZIPKIN_ENDPOINT`: the whole URL | `http://localhost:9411/api/v2/spans` | an error; https without the feature `tls` too |
//! | `OTEL_EXPORTER_ZIPKIN_TIMEOUT`: milliseconds, above 0, 1 h at most | 10000 | the default |
//!
//! Read by [`env::resource_from`]: `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`.
//!
//! `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` are followed, but for a receiver on
//! this host.
//!
//! # What a span becomes
//! By OpenTelemetry's "OpenTelemetry to Zipkin Transformation":
//!
//! | here | there |
//! | --- | --- |
//! | ids | `traceId` of 32 hex digits, `id`, `parentId` |
//! | name | `name`, which Zipkin shows in lower case |
//! | kind | `kind`; internal spans have none |
//! | start, end | `timestamp` and `duration` in whole microseconds, 1 at least |
//! | the service's name | `localEndpoint` |
//! | of a client or producer, the first of `peer.service`, `server.address`, `network.peer.address` with its port, and [their forerunners](tracer_core::semconv::peer::RANKED) | `remoteEndpoint`: an address as `ipv4` or `ipv6`, anything else as `serviceName` |
//! | tags, and the service's other tags where the span has none of the same key | `tags`, as text: numbers as JSON has them, `NaN`, `Infinity`, lists as JSON |
//! | status | tags `otel.status_code` (`OK`, `ERROR`) and, of an error, `error`: the reason, or the span's own tag `error`, or `true`. Else there is no tag `error`, for Zipkin would take any for a failure |
//! | logs | `annotations`: the event's name, and after it the other fields: `"miss": {"key":7}`. `event=error` is an `exception` with `exception.type` and so on |
//! | what the limits cut off | tags `otel.dropped_attributes_count`, `…events_count`, `…links_count` |
//! | – | tags `otel.scope.name`, `otel.scope.version`, and the same as `otel.library.…` |
//!
//! Tags without a key are left out and counted as dropped. `debug` and `shared` are never set.
//!
//! # What becomes of a batch
//! 202, or any other 2xx, is success: all of its spans are reported. Everything else is as [the
//! transport's table](contrib_http#what-becomes-of-a-batch) says.
//!
//! # What is never sent, never printed
//! Redirects are not followed: a token goes to the configured host or nowhere. No endpoint, header
//! or reply is ever printed, nor shown by `Debug`, beyond scheme, host and port.
//!
//! # Features
//! Both are off by default.
//! - `tls`: https endpoints, by rustls with ring and Mozilla's root certificates.
//! - `gzip`: compressed requests.
#![forbid(unsafe_code)]

mod config;
mod encode;
pub mod env;
mod reporter;
mod settings;

pub use config::ZipkinReporterBuilder;
#[doc(inline)]
pub use contrib_http::{Compression, ConfigError};
pub use reporter::ZipkinReporter;
