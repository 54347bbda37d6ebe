//! Traces the HTTP calls that ureq makes.
//!
//! | span | tags | an error is |
//! | --- | --- | --- |
//! | `{method}`; client, below the current span; the request carries it on | those of OpenTelemetry's HTTP conventions: method, `url.full`, server, status, version | 4xx, 5xx, no response, a broken body, a panic |
//!
//! # Quick start
//!
//! ```
//! use contrib_ureq::TraceMiddleware;
//! use ureq::Agent;
//!
//! let agent: Agent = Agent::config_builder().middleware(TraceMiddleware::new()).build().into();
//! ```
//!
//! # Customising
//!
//! ```
//! use contrib_ureq::TraceMiddleware;
//!
//! let middleware = TraceMiddleware::new()
//!     .with_filter(|request| request.uri().path() != "/health")
//!     .with_name(|request| (request.uri().path() == "/search").then(|| "GET /search".into()))
//!     .with_propagation(|request| request.uri().host() == Some("inventory.internal"))
//!     .with_error_status(|status| status >= 400 && status != 404);
//! # drop(middleware);
//! ```
//!
//! # What it sees
//! One call: redirects happen below it, and all of them carry the same context and baggage, whatever
//! host they go to. Where [lists of hosts](tracer_core::TracerBuilder::propagate_to) are to hold for
//! them too, follow them yourself (`max_redirects(0)`). A status that ureq turns into an error
//! ([`ureq::Error::StatusCode`], its default) is the status that it is; of the rest of the head ureq
//! tells nothing then: there is no `network.protocol.version`, and
//! [`on_response`](TraceMiddleware::on_response) is not called.
//!
//! The span ends with the response's body. One that is dropped unread ends it at the last byte that
//! came, with a log `incomplete`. To see its end the body is replaced by one that reads the first:
//! [`ureq::Body::content_length`] and [`ureq::Body::charset`] are `None` then, and the headers still
//! there (with ureq's feature `charset`, texts are in UTF-8 already). To ureq it is a reader of unknown length: sent on as another
//! request's body, it goes out chunked, and of a `DELETE` not at all; `SendBody::from_reader` sends
//! it. [`end_on_headers`](TraceMiddleware::end_on_headers) waits for no body and leaves it as it is.
//!
//! # Never recorded
//! Headers, credentials in URLs, values of secret query keys, bodies. URLs in error messages are
//! redacted as well (see [`redact`](tracer_core::semconv::redact)).
//!
//! # Features
//! None: ureq's own, TLS among them, are yours to choose.
//!
//! # Cost when off
//! Switched off, the current span's context goes into the headers and nothing else is done. Compiled
//! out (tracer-core's feature `off`), it calls what is below it.
#![forbid(unsafe_code)]

mod body;
mod call;
mod config;
mod error;
mod middleware;
mod view;

pub use middleware::TraceMiddleware;
