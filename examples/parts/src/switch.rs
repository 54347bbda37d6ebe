//! What each service has beside its own routes: a health check, and the switch of its tracing.

use axum::Router;
use axum::routing::get;
use contrib_axum::tracing_switch;
use tracer_core::Tracer;

/// Paths without a span, and without any below. A health check that comes every few seconds would
/// bury everything else.
pub const UNTRACED: [&str; 3] = ["/health", "/tracing", "/tracing/books"];

/// `GET /health`; `GET /tracing` answers `on` or `off`, `PUT /tracing` takes one of the two, and
/// `GET /tracing/books` tells what has become of the spans.
pub fn routes(tracer: &Tracer) -> Router {
    Router::new()
        .route("/health", get(|| async { "well\n" }))
        .merge(tracing_switch(Some(tracer.clone())))
}
