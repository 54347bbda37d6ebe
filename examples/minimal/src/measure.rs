//! What tracing costs: the same service and client, with the kit and without.
//!
//! `minimal --measure N` does N requests, one after the other, and prints how many spans were
//! recorded and how long a request took. `--bare` leaves the kit out.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use axum::{Router, extract::Path, routing::get};
use reqwest::Client;
use tokio::net::TcpListener;
use tower_layer::Identity;
use tracer::axum::TraceLayer;
use tracer::reqwest::RequestBuilderExt;
use tracer::{Tracer, set_global};

/// A measurement.
pub(crate) struct Measure {
    requests: u32,
    bare: bool,
}

/// What the command line asks for.
pub(crate) fn asked_for() -> Result<Option<Measure>, Box<dyn Error>> {
    let (mut requests, mut bare) = (None, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bare" => bare = true,
            "--measure" => requests = arguments.next().and_then(|count| count.parse().ok()),
            _ => requests = None,
        }
        if argument != "--bare" && requests.is_none() {
            return Err("usage: minimal [[--bare] --measure REQUESTS]".into());
        }
    }
    match requests {
        None if bare => Err("--bare is for --measure".into()),
        requests => Ok(requests.map(|requests| Measure { requests, bare })),
    }
}

/// Serves on any port that is free, in the background.
pub(crate) async fn serve(app: Router) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(axum::serve(listener, app).into_future());
    Ok(address)
}

impl Measure {
    /// Measures, and prints the result for `cargo xtask demo toggle` to read.
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let app = Router::new().route("/hello/{name}", get(hello));
        // No reporter: what spans cost to record, not what a collector costs.
        let tracer = (!self.bare).then(|| Tracer::builder("minimal").build());
        if let Some(tracer) = &tracer {
            set_global(tracer.clone());
        }
        // axum boxes a route for any layer: one that does nothing makes up for that.
        let app = if self.bare { app.layer(Identity::new()) } else { app.layer(TraceLayer::new()) };
        let url = format!("http://{}/hello/you", serve(app).await?);
        let client = Client::new();

        self.requests(&client, &url, self.requests / 10 + 1).await?;
        let before = tracer.as_ref().map_or(0, recorded);
        let time = self.requests(&client, &url, self.requests).await?;
        let spans = tracer.as_ref().map_or(0, recorded) - before;

        println!("spans={spans}");
        println!("ns_per_request={:.1}", time.as_nanos() as f64 / f64::from(self.requests.max(1)));
        Ok(())
    }

    async fn requests(&self, client: &Client, url: &str, count: u32) -> reqwest::Result<Duration> {
        let start = Instant::now();
        for _ in 0..count {
            let request = client.get(url);
            let response =
                if self.bare { request.send().await? } else { request.send_traced().await? };
            response.bytes().await?;
        }
        Ok(start.elapsed())
    }
}

async fn hello(Path(name): Path<String>) -> String {
    format!("hello {name}\n")
}

fn recorded(tracer: &Tracer) -> u64 {
    tracer.books().finished
}
