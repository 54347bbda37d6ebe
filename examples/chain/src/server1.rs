//! server1: where customers order.

use std::net::SocketAddr;

use anyhow::Result;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use contrib_axum::TraceLayer;
use example_parts::http::{Refusal, client, read};
use example_parts::switch::{self, UNTRACED};
use reqwest_middleware::ClientWithMiddleware;
use tracer_core::{Tracer, current};

use crate::wire::{CUSTOMER, News, Order, Receipt, Request, Seen};

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
pub fn router(tracer: &Tracer, server2: SocketAddr) -> Result<Router> {
    let state = Server1 { client: client(tracer)?, server2 };
    Ok(Router::new()
        .route("/orders", post(order))
        .route("/orders/{id}", get(steps))
        .route("/confirmed", post(confirmed))
        .with_state(state)
        .merge(switch::routes(tracer))
        // The last layer is the first that a request meets, so that nothing is missed; and on the
        // outermost router, so that it knows which route was taken.
        .layer(TraceLayer::new().with_tracer(tracer.clone()).skip_paths(UNTRACED)))
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
    let url = format!("http://{}/orders/{id}", server.server2);
    let response = server.client.get(url).send().await?;
    Ok(Json(read(response).await?))
}

/// The callback at the end of the chain. The request came from server2, so that this span is a
/// child of server2's, far below the one that the customer's request has in this same service.
async fn confirmed(Json(news): Json<News>) -> Json<Vec<Seen>> {
    current().log(format!("order {} confirmed", news.order));
    Json(vec![Seen::here("server1 (callback)")])
}
