//! Traces the HTTP calls that reqwest makes.
//!
//! | span | tags | an error is |
//! | --- | --- | --- |
//! | `{method}`, or `{method} {template}` where one was given; client, below the current span; the request carries it on | those of OpenTelemetry's HTTP conventions: method, `url.full`, server, who has answered (`network.peer.*`: a proxy, where there is one), status, version, which attempt it is | 4xx, 5xx, no response, a broken body, a panic |
//!
//! # Quick start
//!
//! ```
//! use contrib_reqwest::TraceMiddleware;
//! use reqwest_middleware::ClientBuilder;
//!
//! let client = ClientBuilder::new(reqwest::Client::new()).with(TraceMiddleware::new()).build();
//! ```
//!
//! Below a retry middleware, so that each attempt has a span. A plain `reqwest::Client` does too:
//!
//! ```no_run
//! use contrib_reqwest::RequestBuilderExt;
//!
//! # async fn run() -> reqwest::Result<()> {
//! let client = reqwest::Client::new();
//! let item = client.get("http://shop.test/items/7").send_traced().await?.text().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Customising
//!
//! ```
//! use contrib_reqwest::TraceMiddleware;
//!
//! let middleware = TraceMiddleware::new()
//!     .with_name(|request| (request.url().path() == "/search").then(|| "GET /search".into()))
//!     .with_propagation(|request| request.url().host_str() == Some("inventory.internal"))
//!     .with_error_status(|status| status.as_u16() >= 400 && status.as_u16() != 404);
//! # drop(middleware);
//! ```
//!
//! One request can have a name of its own, or none: [`UrlTemplate`] and [`Untraced`] are extensions
//! that it is given with `with_extension`.
//!
//! # What it sees
//! One call: redirects and the retries of reqwest itself happen below it, and all of them carry
//! the same context, whatever host they go to. [`log_redirects`] makes a log of each. With [`FollowRedirects`] above this middleware, and
//! reqwest's own policy set to none, each hop is a call: it has a span, and whether its host is told
//! of the trace is decided anew.
//!
//! The span ends with the response's body. A body that is dropped unread is the caller's right:
//! the span then ends at the last byte that came, with a log `incomplete`.
//! [`end_on_headers`](TraceMiddleware::end_on_headers) waits for no body. An error of a body that
//! is traced has two more `reqwest::Error`s in its chain of sources; `is_timeout` and its like
//! answer as without tracing.
//!
//! # Never recorded
//! Headers, credentials in URLs, values of secret query keys, fragments, bodies. URLs in error
//! messages are redacted as well (see [`redact`](tracer_core::semconv::redact)).
//!
//! # Features
//! None: reqwest's own, TLS among them, are yours to choose.
//!
//! # Cost when off
//! Switched off, the current span's context goes into the headers and nothing else is done.
#![forbid(unsafe_code)]

mod body;
mod call;
mod config;
mod error;
mod ext;
mod middleware;
mod per_call;
mod redirect;
mod view;

pub use ext::RequestBuilderExt;
pub use middleware::TraceMiddleware;
pub use per_call::{Untraced, UrlTemplate};
pub use redirect::{FollowRedirects, TooManyRedirects, log_redirects};
