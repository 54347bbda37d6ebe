//! OpenTelemetry's SDK with its batch processor.

use std::hint::black_box;
use std::time::Duration;

use http::HeaderMap;
use opentelemetry::global::BoxedTracer;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{FutureExt, Span, TraceContextExt, Tracer};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use opentelemetry_otlp::{SpanExporter as OtlpExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanData, SpanExporter};

use super::{Contestant, Counter, Mode, Sink, Ticks, drive};
use crate::model;

impl SpanExporter for Counter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.take(black_box(batch).len() as u64);
        Ok(())
    }
}

/// Metrics are read at the end, if ever.
const NEVER: Duration = Duration::from_secs(3_600);

/// Who reads the metrics.
struct Nobody;

impl PushMetricExporter for Nobody {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        black_box(metrics);
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}

/// The usual way over HTTP: reqwest's blocking client on the processor's own thread.
pub(super) fn otlp_exporter(url: &str) -> OtlpExporter {
    let exporter = OtlpExporter::builder().with_http().with_endpoint(format!("{url}/v1/traces"));
    exporter.build().expect("the receiver's address is one")
}

/// What it shares with `tracing-opentelemetry`.
pub(super) struct Provider {
    pub(super) sdk: SdkTracerProvider,
    counter: Counter,
}

impl Provider {
    pub(super) fn new(mode: Mode, sink: Sink) -> Self {
        let counter = Counter::new(sink.clone());
        let resource = Resource::builder().with_service_name("bench").build();
        let mut builder = SdkTracerProvider::builder().with_resource(resource);
        builder = match sink {
            Sink::Otlp(url) => builder.with_batch_exporter(otlp_exporter(&url)),
            _ => builder.with_batch_exporter(counter.clone()),
        };
        if mode == Mode::Unsampled {
            builder = builder.with_sampler(Sampler::AlwaysOff);
        }
        Self { sdk: builder.build(), counter }
    }

    pub(super) fn flush(&self) {
        // Fails where the worker is gone; the count tells.
        let _ = self.sdk.force_flush();
    }

    pub(super) fn seen(&self) -> u64 {
        self.counter.seen()
    }

    pub(super) fn shutdown(&self, deadline: Duration) {
        let _ = self.sdk.shutdown_with_timeout(deadline);
    }
}

pub struct OpenTelemetry {
    provider: Provider,
    tracer: BoxedTracer,
    propagator: TraceContextPropagator,
}

impl Contestant for OpenTelemetry {
    /// Off is without a provider, as its API means it.
    fn start(mode: Mode, sink: Sink) -> Self {
        let provider = Provider::new(mode, sink);
        if mode != Mode::Off {
            opentelemetry::global::set_tracer_provider(provider.sdk.clone());
        }
        if mode == Mode::Measured {
            // Read by nobody, as the kit's.
            let reader = PeriodicReader::builder(Nobody).with_interval(NEVER).build();
            let meters = SdkMeterProvider::builder().with_reader(reader).build();
            opentelemetry::global::set_meter_provider(meters);
        }
        let tracer = opentelemetry::global::tracer("bench");
        Self { provider, tracer, propagator: TraceContextPropagator::new() }
    }

    #[inline]
    fn root(&self) {
        drop(black_box(self.tracer.start_with_context(model::ROOT, &Context::new())));
    }

    #[inline]
    fn root_with_tags(&self, order: u64) {
        let mut span = self.tracer.start_with_context(model::ROOT, &Context::new());
        span.set_attribute(KeyValue::new(model::METHOD.0, model::METHOD.1));
        span.set_attribute(KeyValue::new(model::ROUTE.0, model::ROUTE.1));
        span.set_attribute(KeyValue::new(model::STATUS.0, model::STATUS.1));
        span.set_attribute(KeyValue::new(model::ORDER, order.to_string()));
        span.add_event(model::LOG, Vec::new());
    }

    #[inline]
    fn trace(&self, children: u32) {
        let root = self.tracer.start_with_context(model::ROOT, &Context::new());
        let _root = Context::current_with_span(root).attach();
        for _ in 0..children {
            let child = Context::current_with_span(self.tracer.start(model::CHILD)).attach();
            black_box(&child);
        }
    }

    #[inline]
    fn alone(&self) {
        let span = Context::current_with_span(self.tracer.start(model::ROOT)).attach();
        black_box(&span);
    }

    #[inline]
    fn extract(&self, headers: &HeaderMap) {
        black_box(self.propagator.extract(&HeaderExtractor(headers)));
    }

    fn in_root(&self, work: impl FnOnce()) {
        let root = self.tracer.start_with_context(model::ROOT, &Context::new());
        let _root = Context::current_with_span(root).attach();
        work();
    }

    #[inline]
    fn inject(&self, headers: &mut HeaderMap) {
        self.propagator.inject(&mut HeaderInjector(headers));
    }

    #[inline]
    fn poll(&self, future: Ticks) {
        let root = self.tracer.start_with_context(model::ROOT, &Context::new());
        drive(future.with_context(Context::current_with_span(root)));
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
