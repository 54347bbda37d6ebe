//! `GET /faults` and `PUT /faults`.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use super::Faults;

/// `GET` answers what is broken for everybody, a line each; `PUT` takes the same, and no line for
/// nothing. 400 says what of it can't be broken here; 403, that nothing can be.
pub fn routes(faults: &Faults) -> Router {
    Router::new().route("/faults", get(list).put(set)).with_state(faults.clone())
}

async fn list(State(faults): State<Faults>) -> String {
    faults.list().iter().map(|fault| format!("{fault}\n")).collect()
}

async fn set(State(faults): State<Faults>, lines: String) -> (StatusCode, String) {
    let is_allowed = faults.is_allowed();
    match faults.set(lines.lines().filter(|line| !line.trim().is_empty())) {
        Ok(()) => (StatusCode::OK, list(State(faults)).await),
        Err(error) => {
            let status = if is_allowed { StatusCode::BAD_REQUEST } else { StatusCode::FORBIDDEN };
            (status, format!("{error:#}\n"))
        }
    }
}
