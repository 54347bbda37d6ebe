//! server3: keeps the book of orders. gRPC, with `/health` and `/tracing` over HTTP beside it.

use std::net::SocketAddr;

use axum::Router;
use contrib_tonic::ServerLayer;
use example_parts::faults::{FaultLayer, Part};
use example_parts::http::{Refusal, client, read};
use example_parts::switch;
use futures_util::stream::{self, BoxStream, StreamExt};
use reqwest_middleware::ClientWithMiddleware;
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use tracer_core::{InSpanExt, Status as SpanStatus, Tracer, current, span};

use crate::Options;
use crate::orders::orders_server::{Orders, OrdersServer};
use crate::orders::{PlaceReply, PlaceRequest, Seen, Step, WatchRequest};
use crate::store::{NewOrder, Refused, Store};
use crate::wire::{self, News, customer};

/// What the handlers need.
#[derive(Debug)]
struct Server3 {
    client: ClientWithMiddleware,
    server2: SocketAddr,
    store: Store,
}

/// The service, on its own tracer.
///
/// # Errors
/// When there can be no client of server2.
pub fn router(
    tracer: &Tracer,
    server2: SocketAddr,
    store: Store,
    options: &Options,
) -> anyhow::Result<Router> {
    let faults = &options.faults;
    let client = client(tracer, faults.hook("server3.server2", Part::HttpCall))?;
    let orders = OrdersServer::new(Server3 { client, server2, store });
    Ok(Routes::new(orders)
        .into_axum_router()
        .layer(FaultLayer::new(faults.hook("server3.grpc", Part::Grpc)))
        // Before the HTTP routes are merged in: those are not traced at all.
        .layer(
            ServerLayer::new()
                .with_tracer(tracer.clone())
                .on_request(|span, _| wire::tag_customer(span)),
        )
        .merge(switch::routes(tracer, faults)))
}

#[tonic::async_trait]
impl Orders for Server3 {
    /// gRPC answers with HTTP's 200 whatever happens: what became of the call is in its trailers,
    /// and that is what the span's status comes from.
    async fn place(&self, request: Request<PlaceRequest>) -> Result<Response<PlaceReply>, Status> {
        let PlaceRequest { item, quantity, price } = request.into_inner();
        let customer = customer();
        let order = NewOrder { item: &item, quantity, price, customer: &customer };
        let store = span("store order").tag("shop.item", item.clone()).start();
        let order_id = told(self.store.place(order)).in_span(store).await?;

        let mut seen = vec![Seen::from(wire::Seen::here("server3"))];
        match self.tell_server2(order_id).await {
            Ok(callback) => {
                seen.extend(callback);
                told(self.store.confirm(order_id)).in_span(span("confirm order").start()).await?;
            }
            // The order is stored all the same. What failed is on the call's own span; this one has
            // done what it was asked for, and is no error.
            Err(refusal) => {
                current().log(format!("order {order_id} not confirmed: {}", refusal.error));
            }
        }
        Ok(Response::new(PlaceReply { order_id, seen }))
    }

    type WatchStream = BoxStream<'static, Result<Step, Status>>;

    async fn watch(
        &self,
        request: Request<WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let order = request.into_inner().order_id;
        let steps = told(self.store.steps(order)).in_span(span("read order").start()).await?;
        if steps.is_empty() {
            return Err(Status::not_found("no such order"));
        }
        let steps = stream::iter(steps).map(|state| Ok(Step { state }));
        Ok(Response::new(steps.boxed()))
    }
}

impl Server3 {
    /// Out over HTTP again: the call is a child of the gRPC request's span, and everything that
    /// server2 and server1 do about it is below that.
    async fn tell_server2(&self, order: u64) -> Result<Vec<Seen>, Refusal> {
        let response = self
            .client
            .post(format!("http://{}/stored", self.server2))
            .json(&News { order })
            .send()
            .await?;
        let seen: Vec<wire::Seen> = read(response).await?;
        Ok(seen.into_iter().map(Seen::from).collect())
    }
}

/// What the caller is told of work on the book: not what went wrong inside, that is for the trace.
///
/// It is one future with the work, so that a span around it (`in_span`, which carries the span from
/// poll to poll) is still the current one when the error is written down.
async fn told<T>(work: impl Future<Output = Result<T, impl Into<Refused>>>) -> Result<T, Status> {
    work.await.map_err(|refused| match refused.into() {
        Refused::UnknownItem => Status::not_found("no such item"),
        Refused::OutOfStock => Status::failed_precondition("out of stock"),
        Refused::Database(_) => {
            // The statement's span says what failed. Not so the error's own words (`log_error`):
            // a database quotes values in them, which have no place in a trace.
            current().set_status(SpanStatus::ERROR);
            Status::internal("the book of orders is out of reach")
        }
    })
}
