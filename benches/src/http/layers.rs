//! Each contestant's layer around the application.

use axum::Router;

use super::app;
use crate::contestants::{Mode, Who};

/// The application as this contestant traces it; the floor leaves it bare.
#[cfg_attr(not(feature = "peers"), expect(unused_variables, reason = "the kit measures spans"))]
pub fn app(who: Who, mode: Mode) -> Router {
    let router = app::router();
    match who {
        Who::Kit => router.layer(contrib_axum::TraceLayer::new()),
        #[cfg(feature = "peers")]
        Who::Fastrace => router.layer(fastrace_axum::FastraceLayer::default()),
        #[cfg(feature = "peers")]
        Who::OpenTelemetry => router.layer(opentelemetry_layer(mode == Mode::Measured)),
        #[cfg(feature = "peers")]
        Who::TracingOpenTelemetry => {
            use_w3c();
            router.layer(axum_tracing_opentelemetry::middleware::OtelAxumLayer::default())
        }
        _ => router,
    }
}

/// Traces only, but where the others measure too.
#[cfg(feature = "peers")]
fn opentelemetry_layer(measures: bool) -> opentelemetry_instrumentation_tower::http::server::Layer {
    use_w3c();
    let layer = opentelemetry_instrumentation_tower::http::server::LayerBuilder::builder();
    layer.with_metrics(measures).build().expect("it has no option that could be wrong")
}

#[cfg(feature = "peers")]
fn use_w3c() {
    let propagator = opentelemetry_sdk::propagation::TraceContextPropagator::new();
    opentelemetry::global::set_text_map_propagator(propagator);
}
