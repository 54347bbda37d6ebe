//! server1: where customers order.

use std::net::SocketAddr;

use anyhow::Result;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use contrib_axum::TraceLayer;
use example_parts::faults::{FaultLayer, Part};
use example_parts::http::{Refusal, read, retrying_client};
use example_parts::switch::{self, UNTRACED};
use futures_util::future::try_join_all;
use reqwest_middleware::ClientWithMiddleware;
use serde::Deserialize;
use tracer_core::{InSpanExt, Tracer, current, span};

use crate::Options;
use crate::wire::{CUSTOMER, News, Order, Receipt, Request, Seen, tag_customer};

/// Whose orders' steps.
#[derive(Debug, Deserialize)]
struct Wanted {
    ids: String,
}

/// What the handlers need.
#[derive(Clone, Debug)]
struct Server1 {
    client: ClientWithMiddleware,
    server2: SocketAddr,
}

/// The service, on its own tracer.
///
/// # Errors
/// When there can be no client of server2.
pub fn router(tracer: &Tracer, server2: SocketAddr, options: &Options) -> Result<Router> {
    let faults = &options.faults;
    let calls = faults.hook("server1.server2", Part::HttpCall);
    let state = Server1 { client: retrying_client(tracer, calls, options.retries)?, server2 };
    Ok(Router::new()
        .route("/orders", post(order).get(overview))
        .route("/orders/{id}", get(steps))
        .route("/orders/{id}/reminder", post(remind))
        .route("/confirmed", post(confirmed))
        .with_state(state)
        .layer(FaultLayer::new(faults.hook("server1.http", Part::Http)))
        .merge(switch::routes(tracer, faults))
        // The last layer is the first that a request meets, so that nothing is missed; and on the
        // outermost router, so that it knows which route was taken.
        .layer(
            TraceLayer::new()
                .with_tracer(tracer.clone())
                .skip_paths(UNTRACED)
                .on_request(|span, _| tag_customer(span)),
        ))
}

/// The trace begins here: the layer has started its first span, `POST /orders`, and it is current
/// while this runs.
async fn order(
    State(server): State<Server1>,
    Form(order): Form<Order>,
) -> Result<(StatusCode, Json<Receipt>), Refusal> {
    // From here on the customer travels with the trace. Who orders for another service may have
    // put it there already.
    if !order.customer.is_empty() {
        current().set_baggage_item(CUSTOMER, &order.customer);
        tag_customer(&current());
    }
    // A tag says more about the span it is on, and stays there.
    current().set_tag("shop.item", order.item.clone());

    let response = server
        .client
        .post(format!("http://{}/orders", server.server2))
        .json(&Request { item: order.item, quantity: order.quantity })
        .send()
        .await?;
    let mut receipt: Receipt = read(response).await?;
    receipt.seen.insert(0, Seen::here("server1"));
    Ok((StatusCode::CREATED, Json(receipt)))
}

/// The span's name is the route, `GET /orders/{id}`: as many orders as there are, it is one name.
async fn steps(
    State(server): State<Server1>,
    Path(id): Path<u64>,
) -> Result<Json<Vec<String>>, Refusal> {
    Ok(Json(server.steps_of(id).await?))
}

/// Several orders at once: the calls are siblings in the trace, and their bars overlap.
async fn overview(
    State(server): State<Server1>,
    Query(Wanted { ids }): Query<Wanted>,
) -> Result<Json<Vec<Vec<String>>>, Refusal> {
    let ids = ids.split(',').map(|id| id.trim().parse());
    let Ok(ids) = ids.collect::<Result<Vec<u64>, _>>() else {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "ids are numbers with commas"));
    };
    Ok(Json(try_join_all(ids.into_iter().map(|id| server.steps_of(id))).await?))
}

/// Answered at once: the work goes on in a task of its own, which nobody waits for. It did not
/// happen for the sake of this request's answer but because of it, and so it follows from it.
async fn remind(State(server): State<Server1>, Path(id): Path<u64>) -> StatusCode {
    let reminder = span("reminder").follows_from(&current()).start();
    let work = async move {
        if let Err(refusal) = server.steps_of(id).await {
            current().log(format!("no reminder: {}", refusal.error));
        }
    };
    tokio::spawn(work.in_span(reminder));
    StatusCode::ACCEPTED
}

impl Server1 {
    async fn steps_of(&self, id: u64) -> Result<Vec<String>, Refusal> {
        let url = format!("http://{}/orders/{id}", self.server2);
        read(self.client.get(url).send().await?).await
    }
}

/// The callback at the end of the chain. The request came from server2, so that this span is a
/// child of server2's, far below the one that the customer's request has in this same service.
async fn confirmed(Json(news): Json<News>) -> Json<Vec<Seen>> {
    current().log(format!("order {} confirmed", news.order));
    Json(vec![Seen::here("server1 (callback)")])
}
