//! fastrace.

use std::borrow::Cow;
use std::hint::black_box;
use std::time::Duration;

use fastrace::collector::{Config, Reporter, SpanContext, SpanId, SpanRecord, TraceId};
use fastrace::future::FutureExt;
use fastrace::{Event, Span, local::LocalSpan};
use fastrace_opentelemetry::OpenTelemetryReporter;
use http::{HeaderMap, HeaderValue};
use opentelemetry::InstrumentationScope;
use opentelemetry_sdk::Resource;

use super::opentelemetry::otlp_exporter;
use super::{Contestant, Counter, Mode, Sink, Ticks, drive};
use crate::model;

impl Reporter for Counter {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        let spans = black_box(spans);
        if !spans.is_empty() {
            self.take(spans.len() as u64);
        }
    }
}

pub struct Fastrace {
    sampled: bool,
    counter: Counter,
}

impl Fastrace {
    fn begin(&self) -> Span {
        let context = SpanContext::new(TraceId::random(), SpanId::default()).sampled(self.sampled);
        Span::root(model::ROOT, context)
    }
}

impl Contestant for Fastrace {
    /// It has no switch: without a reporter is as far off as it gets.
    fn start(mode: Mode, sink: Sink) -> Self {
        let counter = Counter::new(sink.clone());
        match (mode, sink) {
            (Mode::Off, _) => {}
            (_, Sink::Otlp(url)) => {
                let reporter = OpenTelemetryReporter::new(
                    otlp_exporter(&url),
                    Cow::Owned(Resource::builder().with_service_name("bench").build()),
                    InstrumentationScope::builder("bench").build(),
                );
                fastrace::set_reporter(reporter, Config::default());
            }
            _ => fastrace::set_reporter(counter.clone(), Config::default()),
        }
        Self { sampled: mode != Mode::Unsampled, counter }
    }

    #[inline]
    fn root(&self) {
        drop(black_box(self.begin()));
    }

    #[inline]
    fn root_with_tags(&self, order: u64) {
        let span = self.begin();
        span.add_property(|| model::METHOD);
        span.add_property(|| model::ROUTE);
        span.add_property(|| (model::STATUS.0, "200"));
        span.add_property(|| (model::ORDER, order.to_string()));
        span.add_event(Event::new(model::LOG));
    }

    #[inline]
    fn trace(&self, children: u32) {
        let root = self.begin();
        let _entered = root.set_local_parent();
        for _ in 0..children {
            let child = LocalSpan::enter_with_local_parent(model::CHILD);
            black_box(&child);
        }
    }

    #[inline]
    fn alone(&self) {
        let span = LocalSpan::enter_with_local_parent(model::ROOT);
        black_box(&span);
    }

    #[inline]
    fn extract(&self, headers: &HeaderMap) {
        let header = headers.get("traceparent").and_then(|value| value.to_str().ok());
        black_box(header.and_then(SpanContext::decode_w3c_traceparent));
    }

    fn in_root(&self, work: impl FnOnce()) {
        let root = self.begin();
        let _entered = root.set_local_parent();
        work();
    }

    #[inline]
    fn inject(&self, headers: &mut HeaderMap) {
        let context = SpanContext::current_local_parent();
        let value = context.map(|context| context.encode_w3c_traceparent());
        if let Some(Ok(value)) = value.map(HeaderValue::try_from) {
            headers.insert("traceparent", value);
        }
    }

    #[inline]
    fn poll(&self, future: Ticks) {
        drive(future.in_span(self.begin()));
    }

    fn flush(&self) {
        fastrace::flush();
    }

    fn seen(&self) -> u64 {
        self.counter.seen()
    }

    /// It takes no deadline.
    fn shutdown(&self, _: Duration) {
        fastrace::flush();
    }
}
