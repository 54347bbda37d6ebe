//! frontend: the page, and what happens when somebody clicks on it.
//!
//! What is wrong with it: few workers ask for the routes, and all rides share them.

use std::sync::Arc;

use anyhow::Result;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use contrib_axum::TraceLayer;
use contrib_tonic::{ClientLayer, GrpcClient, TraceService};
use example_parts::faults::{Faults, Hook};
use example_parts::http::{Refusal, client, direct_client, read};
use example_parts::switch::{self, UNTRACED};
use futures_util::future::try_join_all;
use reqwest_middleware::ClientWithMiddleware;
use tokio::sync::Semaphore;
use tonic::transport::{Channel, Endpoint};
use tower::ServiceBuilder;
use tracer_core::{Tracer, current};
use tracing::info;

use crate::drivers::drivers_client::DriversClient;
use crate::drivers::{Driver, FindNearestRequest};
use crate::wire::{CUSTOMER, Call, Customer, Dispatched, Eta, REQUEST, SESSION, Way, show_baggage};
use crate::{Addresses, Fixes};

/// What the handlers need.
#[derive(Clone, Debug)]
struct Frontend {
    client: ClientWithMiddleware,
    drivers: DriversClient<TraceService<Channel, GrpcClient>>,
    workers: Arc<Semaphore>,
    at: Addresses,
    viewer: Option<Arc<str>>,
}

/// The service, on its own tracer; with links to a viewer, if there is one.
///
/// # Errors
/// When there can be no client of the other services.
pub fn router(
    tracer: &Tracer,
    at: Addresses,
    fixes: Fixes,
    viewer: Option<&str>,
) -> Result<Router> {
    let channel = Endpoint::from_shared(format!("http://{}", at.driver))?.connect_lazy();
    let layer = ClientLayer::new().with_tracer(tracer.clone()).with_server(at.driver.to_string());
    let frontend = Frontend {
        client: client(tracer, Hook::none())?,
        drivers: DriversClient::new(ServiceBuilder::new().layer(layer).service(channel)),
        workers: Arc::new(Semaphore::new(fixes.workers.get())),
        at,
        viewer: viewer.map(|url| url.trim_end_matches('/').into()),
    };
    let untraced = UNTRACED.into_iter().chain(["/", "/costs"]);
    Ok(Router::new()
        .route("/", get(|| async { Html(include_str!("page.html")) }))
        .route("/customers", get(customers))
        .route("/dispatch", post(dispatch))
        .route("/costs", get(costs))
        .with_state(frontend)
        .merge(switch::routes(tracer, &Faults::none()))
        .layer(TraceLayer::new().with_tracer(tracer.clone()).skip_paths(untraced)))
}

/// The trace begins here.
async fn dispatch(
    State(frontend): State<Frontend>,
    Json(call): Json<Call>,
) -> Result<Json<Dispatched>, Refusal> {
    let span = current();
    // From here on they travel with the trace, to services that are told nothing of them.
    span.set_baggage_item(CUSTOMER, &call.customer.to_string());
    span.set_baggage_item(SESSION, &call.session);
    span.set_baggage_item(REQUEST, &call.request);
    show_baggage(&span);

    let customer = frontend.customer(call.customer).await?;
    let drivers = frontend.drivers(&customer).await?;
    let free = frontend.workers.available_permits();
    info!(routes = drivers.len(), free, "asking for routes");
    let routes = drivers.iter().map(|driver| frontend.minutes(driver, &customer));
    let minutes = try_join_all(routes).await?;
    let (eta, driver) = minutes
        .into_iter()
        .zip(drivers)
        .min_by_key(|(minutes, _)| *minutes)
        .ok_or_else(|| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "nobody is on duty"))?;
    info!(driver = driver.id, eta, "dispatched");

    let trace = span.context().trace_id().map(|id| id.to_string());
    let link = frontend.viewer.zip(trace.as_ref()).map(|(url, id)| format!("{url}/trace/{id}"));
    Ok(Json(Dispatched { driver: driver.id, eta, trace, link }))
}

impl Frontend {
    async fn customer(&self, id: i64) -> Result<Customer, Refusal> {
        let url = format!("http://{}/customers/{id}", self.at.customer);
        read(self.client.get(url).send().await?).await
    }

    async fn drivers(&self, customer: &Customer) -> Result<Vec<Driver>, Refusal> {
        let request = FindNearestRequest { location: customer.location.clone() };
        let reply = self.drivers.clone().find_nearest(request).await;
        let refused =
            |status: tonic::Status| Refusal::new(StatusCode::BAD_GATEWAY, status.message());
        Ok(reply.map_err(refused)?.into_inner().drivers)
    }

    /// As soon as there is a worker for it: what waits here is in no span, and is seen by where the
    /// spans begin.
    async fn minutes(&self, driver: &Driver, customer: &Customer) -> Result<u32, Refusal> {
        // An error means that the workers have gone home, which they never do.
        let _worker = self.workers.acquire().await;
        let way = Way { from: driver.location.clone(), to: customer.location.clone() };
        let url = format!("http://{}/route", self.at.route);
        let response = self.client.get(url).query(&way).send().await?;
        Ok(read::<Eta>(response).await?.minutes)
    }
}

async fn customers(State(frontend): State<Frontend>) -> Result<Json<Vec<Customer>>, Refusal> {
    let url = format!("http://{}/customers", frontend.at.customer);
    Ok(Json(read(frontend.client.get(url).send().await?).await?))
}

/// Of route's, for the page: nobody's ride, and not traced.
async fn costs(State(frontend): State<Frontend>) -> Result<String, Refusal> {
    let url = format!("http://{}/costs", frontend.at.route);
    Ok(direct_client()?.get(url).send().await?.text().await?)
}
