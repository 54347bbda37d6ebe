//! auth: makes codes and checks them. A code goes out through the queue, so that a provider that is
//! slow, or down, keeps nobody waiting.

use anyhow::Result;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use contrib_amqp::TracedChannel;
use contrib_axum::TraceLayer;
use example_parts::faults::{FaultLayer, Faults, Hook, Part};
use example_parts::http::Refusal;
use example_parts::switch::{self, UNTRACED};
use serde_json::{Value, json};
use tracer_core::Tracer;
use tracing::{info, warn};

use crate::api::{Login, Wanted};
use crate::codes::{Codes, Verdict};
use crate::queue::{self, Sms};

/// What the handlers need.
#[derive(Clone)]
struct Auth {
    codes: Codes,
    channel: TracedChannel,
    hook: Hook,
}

/// The service, on its own tracer.
pub fn router(tracer: &Tracer, codes: Codes, channel: TracedChannel, faults: &Faults) -> Router {
    let hook = faults.hook("auth.mq", Part::Publish);
    Router::new()
        .route("/codes", post(send_code))
        .route("/login", post(login))
        .with_state(Auth { codes, channel, hook })
        .layer(FaultLayer::new(faults.hook("auth.http", Part::Http)))
        .merge(switch::routes(tracer, faults))
        .layer(TraceLayer::new().with_tracer(tracer.clone()).skip_paths(UNTRACED))
}

async fn send_code(
    State(auth): State<Auth>,
    Json(Wanted { phone }): Json<Wanted>,
) -> Result<Json<Value>, Refusal> {
    if !auth.codes.may_send(&phone).await.map_err(|error| out_of_reach(&error))? {
        // A line of the log, and a log of the span: `tracing` and the kit agree on what is current.
        warn!("a code was sent a moment ago");
        return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "a code was sent a moment ago"));
    }
    if let Err(refusal) = auth.send(&phone).await {
        // What was not sent keeps nobody from asking again.
        auth.codes.not_sent(&phone).await.map_err(|error| out_of_reach(&error))?;
        return Err(refusal);
    }
    info!("code made, SMS queued");
    Ok(Json(json!({ "sent": true })))
}

impl Auth {
    async fn send(&self, phone: &str) -> Result<(), Refusal> {
        let code = self.codes.make(phone).await.map_err(|error| out_of_reach(&error))?;
        let sms = Sms { phone: phone.to_owned(), text: format!("Your code is {code}.") };
        queue::send(&self.channel, &sms, &self.hook).await.map_err(|error| {
            warn!(error = &*error, "the queue has not taken it");
            Refusal::new(StatusCode::BAD_GATEWAY, "no SMS can be sent")
        })
    }
}

async fn login(
    State(auth): State<Auth>,
    Json(Login { phone, code }): Json<Login>,
) -> Result<Json<Value>, Refusal> {
    let verdict = auth.codes.check(&phone, &code).await.map_err(|error| out_of_reach(&error))?;
    match verdict {
        Verdict::Right => {
            info!("logged in");
            Ok(Json(json!({ "welcome": true })))
        }
        Verdict::Wrong => {
            info!("wrong code");
            Err(Refusal::new(StatusCode::UNAUTHORIZED, "wrong code"))
        }
        Verdict::NotThere => {
            info!("no code: never sent, used, or expired");
            Err(Refusal::new(StatusCode::UNAUTHORIZED, "there is no code, or it has expired"))
        }
        Verdict::TooOften => {
            warn!("too many tries");
            Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too many tries"))
        }
    }
}

/// What failed is on the command's own span.
fn out_of_reach(error: &redis::RedisError) -> Refusal {
    warn!(error = error as &dyn std::error::Error, "Redis");
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "codes are out of reach")
}
