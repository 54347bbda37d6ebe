//! `chain server1`, `chain server2`, `chain server3`: a service in a process of its own.

use std::pin::pin;
use std::process::ExitCode;

use anyhow::Result;
use axum::Router;
use contrib_otlp::env::resource_from;
use example_parts::reporting::{otlp, shut_down};
use example_parts::runtime;
use example_parts::say::{note, say};
use example_parts::serving::{Serving, interrupted, listen};
use tracer_core::{ConsoleReporter, Tracer};

use crate::cli::ServerOptions;
use crate::store::{Store, Stores};
use crate::{Options, server1, server2, server3};

/// One of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Where customers order.
    Server1,
    /// Has orders stored.
    Server2,
    /// Keeps the book of orders.
    Server3,
}

impl Service {
    /// What it is called, unless `OTEL_SERVICE_NAME` says otherwise.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Server1 => "server1",
            Self::Server2 => "server2",
            Self::Server3 => "server3",
        }
    }
}

/// Serves until it is told to stop.
///
/// # Errors
/// When its address is taken, or a store can't be opened.
pub fn run(service: Service, options: &ServerOptions) -> Result<ExitCode> {
    let tracer = tracer(service, options)?;
    let served = runtime::run(serve(service, options, &tracer));
    // Last of all: what was cut off by the runtime's end has made its spans by now.
    shut_down(&[&tracer]);
    // What became of its spans; nobody may be left to read it.
    let _ = say(format_args!("{} books: {}", service.name(), tracer.books()));
    served.map(|()| ExitCode::SUCCESS)
}

async fn serve(service: Service, options: &ServerOptions, tracer: &Tracer) -> Result<()> {
    let mut interrupted = pin!(interrupted()?);
    let at = options.addresses;
    let address = match service {
        Service::Server1 => at.server1,
        Service::Server2 => at.server2,
        Service::Server3 => at.server3,
    };
    let listener = listen(address, service.name()).await?;
    let address = listener.local_addr()?;
    let (router, store) = tokio::select! {
        opened = router(service, options, tracer) => opened?,
        // A database that does not answer is no reason to stay.
        () = &mut interrupted => return Ok(()),
    };
    let mut serving = Serving::default();
    serving.add(listener, router);
    // Who started it may have stopped reading: it serves all the same.
    let _ = say(format_args!("{} listens on {address}", service.name()));

    interrupted.await;
    let _ = say(format_args!("{} stops", service.name()));
    // Requests first: they still write to the store.
    serving.stop().await;
    if let Some(store) = store {
        store.close().await;
    }
    Ok(())
}

async fn router(
    service: Service,
    options: &ServerOptions,
    tracer: &Tracer,
) -> Result<(Router, Option<Store>)> {
    let at = options.addresses;
    let faults = options.faults.faults();
    let manner = Options { faults: faults.clone(), ..Options::default() };
    let router = match service {
        Service::Server1 => (server1::router(tracer, at.server2, &manner)?, None),
        Service::Server2 => (server2::router(tracer, at.server1, at.server3, &manner)?, None),
        Service::Server3 => {
            let store = Stores::from_env().open(tracer, &faults).await?;
            let _ = say(format_args!("server3 uses {store}"));
            (server3::router(tracer, at.server2, store.clone(), &manner)?, Some(store))
        }
    };
    options.faults.apply(&faults)?;
    Ok(router)
}

/// One tracer for the process. Who it is may be said by the environment, as of any service.
fn tracer(service: Service, options: &ServerOptions) -> Result<Tracer> {
    let (name, tags) = resource_from(tracer_core::env_var);
    let builder = Tracer::builder(name.unwrap_or_else(|| service.name().to_owned()));
    let builder = tags.into_iter().fold(builder, |builder, tag| builder.tag(tag.key, tag.value));
    if let Some(otlp) = otlp(options.otlp_endpoint.as_deref(), None)? {
        return Ok(builder.reporter(otlp).build());
    }
    note(format_args!(
        "{}: spans are drawn here, and sent nowhere: set --otlp-endpoint or \
         OTEL_EXPORTER_OTLP_ENDPOINT, to http://127.0.0.1:4318 for a Jaeger on this host",
        service.name()
    ));
    Ok(builder.reporter(ConsoleReporter::new()).build())
}
