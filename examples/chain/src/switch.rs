//! `/health`, and `/tracing`: each service's tracing turned off and on while it runs.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tracer_core::Tracer;

/// `GET /health`, `GET /tracing`, and `PUT /tracing` with the body `on` or `off`.
pub fn routes(tracer: Tracer) -> Router {
    Router::new()
        .route("/health", get(|| async { "well\n" }))
        .route("/tracing", get(show).put(set))
        .with_state(tracer)
}

async fn show(State(tracer): State<Tracer>) -> &'static str {
    if tracer.is_enabled() { "on\n" } else { "off\n" }
}

async fn set(
    State(tracer): State<Tracer>,
    wanted: String,
) -> Result<&'static str, (StatusCode, &'static str)> {
    match wanted.trim() {
        "on" => tracer.set_enabled(true),
        "off" => tracer.set_enabled(false),
        _ => return Err((StatusCode::BAD_REQUEST, "on or off?\n")),
    }
    Ok(show(State(tracer)).await)
}
