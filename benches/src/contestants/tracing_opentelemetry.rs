//! The `tracing` facade on top of OpenTelemetry's SDK.

use std::hint::black_box;
use std::time::Duration;

use http::HeaderMap;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Instrument, info, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;

use super::opentelemetry::Provider;
use super::{Contestant, Mode, Sink, Ticks, drive};

pub struct TracingOpenTelemetry {
    provider: Provider,
    propagator: TraceContextPropagator,
}

// Names are literals here: the macros take nothing else.
impl Contestant for TracingOpenTelemetry {
    /// Off is without a subscriber.
    fn start(mode: Mode, sink: Sink) -> Self {
        let provider = Provider::new(mode, sink);
        if mode != Mode::Off {
            let layer = tracing_opentelemetry::layer().with_tracer(provider.sdk.tracer("bench"));
            let subscriber = tracing_subscriber::registry().with(layer);
            tracing::subscriber::set_global_default(subscriber).expect("a process has one");
        }
        Self { provider, propagator: TraceContextPropagator::new() }
    }

    #[inline]
    fn root(&self) {
        drop(black_box(info_span!(parent: None, "root")));
    }

    #[inline]
    fn root_with_tags(&self, order: u64) {
        let span = info_span!(
            parent: None,
            "root",
            "http.request.method" = "GET",
            "http.route" = "/orders/{id}",
            "http.response.status_code" = 200,
            order = order.to_string(),
        );
        span.in_scope(|| info!("cache miss"));
    }

    #[inline]
    fn trace(&self, children: u32) {
        let _root = info_span!(parent: None, "root").entered();
        for _ in 0..children {
            let child = info_span!("child").entered();
            black_box(&child);
        }
    }

    #[inline]
    fn alone(&self) {
        let span = info_span!("root").entered();
        black_box(&span);
    }

    #[inline]
    fn extract(&self, headers: &HeaderMap) {
        black_box(self.propagator.extract(&HeaderExtractor(headers)));
    }

    fn in_root(&self, work: impl FnOnce()) {
        let _root = info_span!(parent: None, "root").entered();
        work();
    }

    #[inline]
    fn inject(&self, headers: &mut HeaderMap) {
        let context = tracing::Span::current().context();
        self.propagator.inject_context(&context, &mut HeaderInjector(headers));
    }

    #[inline]
    fn poll(&self, future: Ticks) {
        drive(future.instrument(info_span!(parent: None, "root")));
    }

    fn flush(&self) {
        self.provider.flush();
    }

    fn seen(&self) -> u64 {
        self.provider.seen()
    }

    fn shutdown(&self, deadline: Duration) {
        self.provider.shutdown(deadline);
    }
}
