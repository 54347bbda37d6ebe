//! Traces any tower `Service` over `http` requests, on either side of the wire.
//!
//! | side | span | ends | an error is |
//! | --- | --- | --- | --- |
//! | [`ServerLayer`] | `{method} {route}`, or `{method}`; below the caller | with the body | 5xx, a failed service or body, a cancelled request, a panic |
//! | [`ClientLayer`] | `{method}`; the request carries it on | with the body, or its last part | 4xx and 5xx, no response, a broken body, a panic |
//!
//! Tags are those of OpenTelemetry's conventions for HTTP: method, scheme, path, query, status,
//! version, server and user agent; on the client `url.full`.
//!
//! # Quick start
//!
//! ```
//! use contrib_tower::ServerLayer;
//! use tower::ServiceBuilder;
//!
//! # async fn handle(_: http::Request<String>) -> Result<http::Response<String>, std::io::Error> {
//! #     Ok(http::Response::new(String::new()))
//! # }
//! let service = ServiceBuilder::new()
//!     .layer(ServerLayer::new().skip_paths(["/health"]))
//!     .service_fn(handle);
//! ```
//!
//! A client, whose 404s are not worth an error:
//!
//! ```
//! use contrib_tower::ClientLayer;
//!
//! let layer = ClientLayer::new()
//!     .with_error_status(|status| status.as_u16() >= 400 && status.as_u16() != 404);
//! # let _: ClientLayer = layer;
//! ```
//!
//! # Where to put it
//! A server's layer goes on the outside, so that what other layers answer is seen; a timeout layer
//! above it shows as `cancelled`. A client's layer goes inside of retries and redirects: one span
//! an attempt.
//!
//! # When a span ends
//! A body that is dropped early is the end: on a server an error, `cancelled`; on a client it is
//! the caller's right, and the span ends at the last byte that came, not at the drop
//! ([`end_on_headers`](TraceLayer::end_on_headers) waits for no body at all). `HEAD`, 1xx, 204 and
//! 304 end with the head, so does an upgrade ([`Upgraded`] is what comes then). Where the head has told of a failure (a 5xx), its status
//! code stays `error.type`, and what became of the body is a log.
//!
//! # Never recorded
//! Header values other than the user agent, the host and those that were asked for
//! ([`with_request_headers`](TraceLayer::with_request_headers)), credentials in URLs, values of
//! secret query keys (see [`redact`](tracer_core::semconv::redact)), bodies.
//!
//! # Cost when off
//! Switched off, the caller's header values are cloned and handed on unread. Compiled out
//! (tracer-core's feature `off`), service, future and body are newtypes that do nothing.
#![forbid(unsafe_code)]

mod begin;
mod body;
mod captured;
mod config;
mod forwarded;
mod future;
mod http;
mod layer;
#[doc(hidden)]
pub mod protocol;
mod service;
mod upgraded;
mod view;

pub use crate::http::{HttpClient, HttpServer};
pub use body::ResponseBody;
pub use future::ResponseFuture;
pub use layer::TraceLayer;
pub use service::TraceService;
pub use upgraded::Upgraded;
pub use view::{RequestView, ResponseView};

/// Traces requests that are served.
pub type ServerLayer = TraceLayer<HttpServer>;
/// Traces requests that are sent.
pub type ClientLayer = TraceLayer<HttpClient>;
