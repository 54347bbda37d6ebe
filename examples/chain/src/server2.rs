//! server2: prices orders, has them stored by server3, and hands the news back to server1.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use contrib_axum::TraceLayer;
use contrib_tonic::{ClientLayer, GrpcClient, TraceService};
use example_parts::faults::{Arrow, FaultLayer, NOWHERE, Part};
use example_parts::http::{Refusal, read, retrying_client};
use example_parts::switch::{self, UNTRACED};
use reqwest_middleware::ClientWithMiddleware;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status, Streaming};
use tower::ServiceBuilder;
use tracer_core::{Tracer, current, span};

use crate::Options;
use crate::orders::orders_client::OrdersClient;
use crate::orders::{PlaceRequest, Step, WatchRequest};
use crate::wire::{self, News, Receipt, Seen, refused, tag_customer};

/// Everything costs the same in this shop, in cents.
const EACH: u64 = 1900;

/// What the handlers need.
#[derive(Clone, Debug)]
struct Server2 {
    client: ClientWithMiddleware,
    server1: SocketAddr,
    orders: OrdersClient<TraceService<Arrow<Channel>, GrpcClient>>,
    patience: Duration,
    retries: u32,
}

/// The service, on its own tracer.
///
/// # Errors
/// When there can be no client of server1, or no channel to server3.
pub fn router(
    tracer: &Tracer,
    server1: SocketAddr,
    server3: SocketAddr,
    options: &Options,
) -> Result<Router> {
    let faults = &options.faults;
    let channel = Endpoint::from_shared(format!("http://{server3}"))?.connect_lazy();
    let nowhere = Endpoint::from_static(NOWHERE).connect_lazy();
    let channel = Arrow::new(faults.hook("server2.server3", Part::GrpcCall), channel, nowhere);
    // Around the channel: each call is a span of its own, over a connection that they share.
    let layer = ClientLayer::new().with_tracer(tracer.clone()).with_server(server3.to_string());
    let channel = ServiceBuilder::new().layer(layer).service(channel);
    let calls = faults.hook("server2.server1", Part::HttpCall);
    let state = Server2 {
        client: retrying_client(tracer, calls, options.retries)?,
        server1,
        orders: OrdersClient::new(channel),
        patience: options.patience,
        retries: options.retries,
    };
    Ok(Router::new()
        .route("/orders", post(order))
        .route("/orders/{id}", get(steps))
        .route("/stored", post(stored))
        .with_state(state)
        .layer(FaultLayer::new(faults.hook("server2.http", Part::Http)))
        .merge(switch::routes(tracer, faults))
        .layer(
            TraceLayer::new()
                .with_tracer(tracer.clone())
                .skip_paths(UNTRACED)
                .on_request(|span, _| tag_customer(span)),
        ))
}

/// One request in, one gRPC call out: in the trace the call is a child of the request.
async fn order(
    State(mut server): State<Server2>,
    Json(wire::Request { item, quantity }): Json<wire::Request>,
) -> Result<Json<Receipt>, Refusal> {
    let price = price(quantity);
    let mut request = Request::new(PlaceRequest { item, quantity, price });
    // When it has passed the call is taken back, so that server3 does not work for nobody.
    request.set_timeout(server.patience);
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
    let reply = server.watch(order_id).await.map_err(refused)?;
    let (mut stream, mut steps) = (reply.into_inner(), Vec::new());
    while let Some(step) = stream.message().await.map_err(refused)? {
        steps.push(step.state);
    }
    Ok(Json(steps))
}

impl Server2 {
    /// Asks again where server3 is out of reach: each attempt is a call, and a span.
    async fn watch(&mut self, order_id: u64) -> Result<Response<Streaming<Step>>, Status> {
        let mut left = self.retries;
        loop {
            match self.orders.watch(WatchRequest { order_id }).await {
                Err(status) if status.code() == Code::Unavailable && left > 0 => left -= 1,
                answer => return answer,
            }
        }
    }
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
