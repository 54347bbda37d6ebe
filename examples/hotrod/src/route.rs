//! route: computes how long a driver takes, and knows whom that has cost how much.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use contrib_axum::TraceLayer;
use example_parts::faults::Faults;
use example_parts::http::Refusal;
use example_parts::switch::{self, UNTRACED};
use tracer_core::{Tracer, current};

use crate::Paces;
use crate::costs::{Costs, Sums};
use crate::wire::{Eta, Way, distance, show_baggage};

/// So far one gets in a minute.
const MINUTE: u32 = 60;
/// All places are nearer to each other.
const FAR: u32 = 2 * 1000;

/// What the handlers need.
#[derive(Clone, Debug)]
struct Routes {
    costs: Arc<Costs>,
    short: Duration,
}

/// The service, on its own tracer.
pub fn router(tracer: &Tracer, paces: Paces) -> Router {
    let untraced = UNTRACED.into_iter().chain(["/costs"]);
    Router::new()
        .route("/route", get(route))
        .route("/costs", get(costs))
        .with_state(Routes { costs: Arc::default(), short: paces.route })
        .merge(switch::routes(tracer, &Faults::none()))
        .layer(
            TraceLayer::new()
                .with_tracer(tracer.clone())
                .on_request(|span, _| show_baggage(span))
                .skip_paths(untraced),
        )
}

async fn route(
    State(routes): State<Routes>,
    Query(Way { from, to }): Query<Way>,
) -> Result<Json<Eta>, Refusal> {
    let started = Instant::now();
    let distance = distance(&from, &to)
        .ok_or_else(|| Refusal::new(StatusCode::BAD_REQUEST, "a place is x,y"))?;
    let long = routes.short * distance.min(FAR) / FAR / 2;
    tokio::time::sleep(routes.short + long).await;
    // No word of the customer came with the request, and yet it is known whom to charge.
    routes.costs.add(&current(), started.elapsed());
    Ok(Json(Eta { minutes: 1 + distance / MINUTE }))
}

async fn costs(State(routes): State<Routes>) -> Json<Sums> {
    Json(routes.costs.sums())
}
