//! What each service has beside its own routes: a health check, the switch of its tracing, and what
//! of it is broken.

use axum::Router;
use axum::routing::get;
use contrib_axum::tracing_switch;
use tracer_core::Tracer;

use crate::faults::{self, Faults};

/// Paths without a span, and without any below. A health check that comes every few seconds would
/// bury everything else.
pub const UNTRACED: [&str; 4] = ["/health", "/tracing", "/tracing/books", "/faults"];

/// `GET /health`; `GET /tracing` answers `on` or `off`, `PUT /tracing` takes one of the two, and
/// `GET /tracing/books` tells what has become of the spans. `/faults` is described
/// [where it is](faults::routes).
pub fn routes(tracer: &Tracer, faults: &Faults) -> Router {
    Router::new()
        .route("/health", get(|| async { "well\n" }))
        .merge(tracing_switch(Some(tracer.clone())))
        .merge(faults::routes(faults))
}
