//! One service, one call to it, and the two spans that this makes.

mod measure;

use std::error::Error;
use std::time::Duration;

use axum::{Router, extract::Path, routing::get};
use tracer::axum::TraceLayer;
use tracer::reqwest::RequestBuilderExt;
use tracer::{ConsoleReporter, Tracer, set_global};

async fn hello(Path(name): Path<String>) -> String {
    tracer::current().log("greeting"); // the span of the request, started by the layer
    format!("hello {name}\n")
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    if let Some(measure) = measure::asked_for()? {
        return measure.run().await;
    }
    let tracer = Tracer::builder("minimal").reporter(ConsoleReporter::new()).build();
    set_global(tracer.clone());

    let app = Router::new().route("/hello/{name}", get(hello)).layer(TraceLayer::new());
    let url = format!("http://{}/hello/you", measure::serve(app).await?);
    let reply = reqwest::Client::new().get(url).send_traced().await?.text().await?;
    print!("{reply}");

    tracer.shutdown(Duration::from_secs(5))?;
    Ok(())
}
