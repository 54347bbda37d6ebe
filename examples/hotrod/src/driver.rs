//! driver: knows who is near. gRPC, with `/health` and `/tracing` over HTTP beside it.
//!
//! What is wrong with it: it asks Redis for one driver after another.

use axum::Router;
use contrib_tonic::ServerLayer;
use example_parts::faults::Faults;
use example_parts::switch;
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use tracer_core::Tracer;
use tracing::{error, info};

use crate::Fixes;
use crate::drivers::drivers_server::{Drivers, DriversServer};
use crate::drivers::{FindNearestReply, FindNearestRequest};
use crate::fleet::Fleet;
use crate::wire::{distance, show_baggage};

/// What the handlers need.
#[derive(Debug)]
struct Service {
    fleet: Fleet,
    at_once: bool,
}

/// The service, on its own tracer.
pub fn router(tracer: &Tracer, fleet: Fleet, fixes: Fixes) -> Router {
    let drivers = DriversServer::new(Service { fleet, at_once: fixes.fix_redis });
    let tracing =
        ServerLayer::new().with_tracer(tracer.clone()).on_request(|span, _| show_baggage(span));
    Routes::new(drivers)
        .into_axum_router()
        // Before the HTTP routes are merged in: those are not traced at all.
        .layer(tracing)
        .merge(switch::routes(tracer, &Faults::none()))
}

#[tonic::async_trait]
impl Drivers for Service {
    async fn find_nearest(
        &self,
        request: Request<FindNearestRequest>,
    ) -> Result<Response<FindNearestReply>, Status> {
        let location = request.into_inner().location;
        let drivers = match self.at_once {
            true => self.fleet.at_once().await,
            false => self.fleet.one_by_one().await,
        };
        let mut drivers = drivers.map_err(|error| {
            error!(error = &error as &dyn std::error::Error, "Redis");
            Status::unavailable("the drivers are out of reach")
        })?;
        drivers.sort_by_key(|driver| distance(&driver.location, &location));
        info!(drivers = drivers.len(), "found");
        Ok(Response::new(FindNearestReply { drivers }))
    }
}
