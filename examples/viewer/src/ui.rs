//! The Jaeger UI and its JSON API.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::middleware::map_response;
use axum::response::Response;

use crate::Store;

/// Everything the UI's port answers.
pub fn router(store: &Store) -> Router {
    otlp_embedded::ui_app(store.state(), "/").layer(map_response(plain_page))
}

/// The UI's own routes arrive as a redirect to nowhere that holds the page.
/// Browsers show it, but scripts and health checks take it for a failure.
async fn plain_page(mut response: Response) -> Response {
    let to_nowhere = response.status() == StatusCode::TEMPORARY_REDIRECT
        && !response.headers().contains_key(header::LOCATION);
    if to_nowhere {
        *response.status_mut() = StatusCode::OK;
    }
    response
}
