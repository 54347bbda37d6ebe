//! api: what telephones talk to. It hands on what they say, and adds nothing.

use std::net::SocketAddr;

use anyhow::Result;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use contrib_axum::TraceLayer;
use example_parts::faults::{FaultLayer, Faults, Part};
use example_parts::http::{Refusal, client, read};
use example_parts::switch::{self, UNTRACED};
use reqwest_middleware::ClientWithMiddleware;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tracer_core::Tracer;

/// Who wants a code.
#[derive(Clone, Serialize, Deserialize)]
#[allow(missing_debug_implementations, reason = "a telephone number is nobody's business")]
pub struct Wanted {
    /// The telephone's number.
    pub phone: String,
}

/// Who has one.
#[derive(Clone, Serialize, Deserialize)]
#[allow(missing_debug_implementations, reason = "nor is a code")]
pub struct Login {
    /// The telephone's number.
    pub phone: String,
    /// What was in the SMS.
    pub code: String,
}

/// What the handlers need.
#[derive(Clone, Debug)]
struct Api {
    client: ClientWithMiddleware,
    auth: SocketAddr,
}

/// The service, on its own tracer.
///
/// # Errors
/// When there can be no client of auth.
pub fn router(tracer: &Tracer, auth: SocketAddr, faults: &Faults) -> Result<Router> {
    let state = Api { client: client(tracer, faults.hook("api.auth", Part::HttpCall))?, auth };
    Ok(Router::new()
        .route("/codes", post(send_code))
        .route("/login", post(login))
        .with_state(state)
        .layer(FaultLayer::new(faults.hook("api.http", Part::Http)))
        .merge(switch::routes(tracer, faults))
        .layer(TraceLayer::new().with_tracer(tracer.clone()).skip_paths(UNTRACED)))
}

/// Answered as soon as the message is in the queue, and not when the SMS is on its way.
async fn send_code(
    State(api): State<Api>,
    Json(wanted): Json<Wanted>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let response =
        api.client.post(format!("http://{}/codes", api.auth)).json(&wanted).send().await?;
    Ok((StatusCode::ACCEPTED, Json(read(response).await?)))
}

async fn login(State(api): State<Api>, Json(login): Json<Login>) -> Result<Json<Value>, Refusal> {
    let response =
        api.client.post(format!("http://{}/login", api.auth)).json(&login).send().await?;
    Ok(Json(read(response).await?))
}
