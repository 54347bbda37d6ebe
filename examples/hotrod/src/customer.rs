//! customer: knows who and where the customers are.
//!
//! What is wrong with it: somebody was afraid of too many questions to the database at once, and
//! put a lock around it. It is held while the account is looked through, too.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use contrib_axum::TraceLayer;
use example_parts::faults::Faults;
use example_parts::http::Refusal;
use example_parts::switch::{self, UNTRACED};
use tracer_core::{InSpanExt, Tracer, span};
use tracing::{error, info};

use crate::database::Database;
use crate::turns::Turns;
use crate::wire::{Customer, show_baggage};
use crate::{Fixes, Paces};

/// What the handlers need.
#[derive(Clone, Debug)]
struct Customers {
    database: Database,
    /// None where it is repaired.
    lock: Option<Arc<Turns>>,
    /// How long it takes to look through an account.
    account: Duration,
}

/// The service, on its own tracer.
pub fn router(tracer: &Tracer, database: Database, fixes: Fixes, paces: Paces) -> Router {
    let lock = (!fixes.fix_lock).then(Arc::default);
    Router::new()
        .route("/customers", get(all))
        .route("/customers/{id}", get(one))
        .with_state(Customers { database, lock, account: paces.account })
        .merge(switch::routes(tracer, &Faults::none()))
        .layer(
            TraceLayer::new()
                .with_tracer(tracer.clone())
                .on_request(|span, _| show_baggage(span))
                .skip_paths(UNTRACED),
        )
}

async fn all(State(customers): State<Customers>) -> Result<Json<Vec<Customer>>, Refusal> {
    Ok(Json(customers.database.all().await.map_err(|error| out_of_reach(&error))?))
}

async fn one(
    State(customers): State<Customers>,
    Path(id): Path<i64>,
) -> Result<Json<Customer>, Refusal> {
    let load = customers.load(id).in_span(span("load customer").start());
    let customer = load.await.map_err(|error| out_of_reach(&error))?;
    customer.map(Json).ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "no such customer"))
}

impl Customers {
    async fn load(&self, id: i64) -> Result<Option<Customer>, sqlx::Error> {
        let _turn = match &self.lock {
            Some(lock) => Some(lock.turn().await),
            None => None,
        };
        let customer = self.database.one(id).await?;
        if let Some(customer) = &customer {
            info!(name = customer.name, "found");
            // Whatever is to be looked at: it takes a while.
            tokio::time::sleep(self.account).in_span(span("check account").start()).await;
        }
        Ok(customer)
    }
}

/// What failed is on the statement's own span. The error's words are for this service's log: the
/// caller is told nothing of them.
fn out_of_reach(error: &sqlx::Error) -> Refusal {
    error!(error = error as &dyn std::error::Error, "the database");
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "customers are out of reach")
}
