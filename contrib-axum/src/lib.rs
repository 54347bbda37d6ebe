//! Traces the requests that an axum application serves.
//!
//! | span | tags | an error is |
//! | --- | --- | --- |
//! | `{method} {route}`, or `{method}` where no route matched; server, below the caller | those of OpenTelemetry's HTTP conventions: method, route, scheme, path, query, status, version, server and user agent; with the feature `peer` the peer's address | 5xx, a broken or cancelled response, a panic |
//!
//! # Quick start
//!
//! ```
//! use axum::{Router, routing::get};
//! use contrib_axum::TraceLayer;
//!
//! let app: Router = Router::new()
//!     .route("/items/{id}", get(|| async { "an item" }))
//!     .route("/health", get(|| async {}))
//!     .layer(TraceLayer::new().skip_paths(["/health"]));
//! ```
//!
//! With `.layer()` on the outermost router, after all its routes: there the route is known, also
//! of nested routers, and what no route matches is seen. `.route_layer()` misses the latter;
//! around the whole `Router` no route is known, nor inside of `nest_service`.
//!
//! # Customising
//!
//! ```
//! use contrib_axum::TraceLayer;
//!
//! let layer = TraceLayer::new()
//!     .with_filter(|request| !request.uri().path().starts_with("/internal/"))
//!     .on_request(|span, request| {
//!         if let Some(tenant) = request.headers().get("x-tenant").and_then(|v| v.to_str().ok()) {
//!             span.set_tag("tenant", tenant.to_owned());
//!         }
//!     });
//! # let _: TraceLayer = layer;
//! ```
//!
//! Handlers reach the span by [`tracer_core::current()`], or have it as an argument: [`CurrentSpan`].
//! What they spawn runs in a task of its own: `tokio::spawn(work().in_current_span())`. A
//! WebSocket's span ends with the upgrade; what comes then has a span of its own with [`Upgraded`]
//! as an argument: `upgrade.on_upgrade(|socket| life.run(talk(socket)))`. Server-sent events need
//! nothing: they are the response's body, and the span ends with it.
//!
//! [`with_trace_response`](contrib_tower::TraceLayer::with_trace_response) tells callers the id of
//! their request's trace. [`tracing_switch`] is a route to turn tracing on and off.
//!
//! # Never recorded
//! Header values other than the user agent, the host and those that were asked for
//! ([`with_request_headers`](contrib_tower::TraceLayer::with_request_headers)), values of secret
//! query keys, bodies.
//!
//! # Features
//! `peer`: the peer's address, from `ConnectInfo<SocketAddr>`; the application is then to be served
//! by `into_make_service_with_connect_info::<SocketAddr>()`.
//!
//! # Cost when off
//! Switched off, the caller's header values are cloned and handed on unread. Compiled out, the
//! layer is a newtype that does nothing; axum boxes a route for any layer.
#![forbid(unsafe_code)]

mod axum_server;
mod current;
mod switch;
mod upgraded;

pub use axum_server::AxumServer;
pub use contrib_tower::{RequestView, ResponseBody, ResponseFuture, ResponseView, TraceService};
pub use current::CurrentSpan;
pub use switch::{sampling_switch, tracing_switch};
pub use upgraded::Upgraded;

/// Traces what a `Router` serves; see [`contrib_tower::TraceLayer`] for its settings.
pub type TraceLayer = contrib_tower::TraceLayer<AxumServer>;
