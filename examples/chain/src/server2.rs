//! server2: prices orders, has them stored by server3, and hands the news back to server1.

use std::net::SocketAddr;

use anyhow::Result;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use contrib_axum::TraceLayer;
use contrib_tonic::{ClientLayer, GrpcClient, TraceService};
use example_parts::http::{Refusal, client, read};
use example_parts::switch::{self, UNTRACED};
use reqwest_middleware::ClientWithMiddleware;
use tonic::transport::{Channel, Endpoint};
use tower::ServiceBuilder;
use tracer_core::{Tracer, current, span};

use crate::orders::orders_client::OrdersClient;
use crate::orders::{PlaceRequest, WatchRequest};
use crate::wire::{News, Receipt, Request, Seen, refused};

/// Everything costs the same in this shop, in cents.
const EACH: u64 = 1900;

/// What the handlers need.
#[derive(Clone, Debug)]
struct Server2 {
    client: ClientWithMiddleware,
    server1: SocketAddr,
    orders: OrdersClient<TraceService<Channel, GrpcClient>>,
}

/// The service, on its own tracer.
///
/// # Errors
/// When there can be no client of server1, or no channel to server3.
pub fn router(tracer: &Tracer, server1: SocketAddr, server3: SocketAddr) -> Result<Router> {
    let channel = Endpoint::from_shared(format!("http://{server3}"))?.connect_lazy();
    // Around the channel: each call is a span of its own, over a connection that they share.
    let layer = ClientLayer::new().with_tracer(tracer.clone()).with_server(server3.to_string());
    let channel = ServiceBuilder::new().layer(layer).service(channel);
    let state = Server2 { client: client(tracer)?, server1, orders: OrdersClient::new(channel) };
    Ok(Router::new()
        .route("/orders", post(order))
        .route("/orders/{id}", get(steps))
        .route("/stored", post(stored))
        .with_state(state)
        .merge(switch::routes(tracer))
        .layer(TraceLayer::new().with_tracer(tracer.clone()).skip_paths(UNTRACED)))
}

/// One request in, one gRPC call out: in the trace the call is a child of the request.
async fn order(
    State(mut server): State<Server2>,
    Json(Request { item, quantity }): Json<Request>,
) -> Result<Json<Receipt>, Refusal> {
    let price = price(quantity);
    let request = PlaceRequest { item, quantity, price };
    // Refused with NOT_FOUND or FAILED_PRECONDITION, the client's span is an error and tells the
    // code; the status that this service makes of it is on its own span.
    let reply = server.orders.place(request).await.map_err(refused)?.into_inner();
    let mut seen = vec![Seen::here("server2")];
    seen.extend(reply.seen.into_iter().map(Seen::from));
    Ok(Json(Receipt { order: reply.order_id, price, seen }))
}

/// A span of our own, for work that no library reports: a child of the current one. Nobody hands
/// it the tracer, it takes its parent's.
fn price(quantity: u32) -> u64 {
    let span = span("price").start();
    span.set_tag("shop.quantity", i64::from(quantity));
    u64::from(quantity) * EACH
}

/// A stream is one span, from the call to its last message.
async fn steps(
    State(mut server): State<Server2>,
    Path(order_id): Path<u64>,
) -> Result<Json<Vec<String>>, Refusal> {
    let reply = server.orders.watch(WatchRequest { order_id }).await.map_err(refused)?;
    let (mut stream, mut steps) = (reply.into_inner(), Vec::new());
    while let Some(step) = stream.message().await.map_err(refused)? {
        steps.push(step.state);
    }
    Ok(Json(steps))
}

/// The callback from server3, passed on to server1: a server's span and a client's below it.
async fn stored(
    State(server): State<Server2>,
    Json(news): Json<News>,
) -> Result<Json<Vec<Seen>>, Refusal> {
    current().log(format!("order {} stored", news.order));
    let response = server
        .client
        .post(format!("http://{}/confirmed", server.server1))
        .json(&news)
        .send()
        .await?;
    let mut seen = vec![Seen::here("server2 (callback)")];
    seen.extend(read::<Vec<Seen>>(response).await?);
    Ok(Json(seen))
}
