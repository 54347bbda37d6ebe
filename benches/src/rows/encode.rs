//! How long a span of ten tags and a log takes to become OTLP bytes.

use std::hint::black_box;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use tracer_core::{Batch, Outcome, Reporter, Tag, Tracer};

use super::{Case, Effort, Row, in_child};
use crate::contestants::Who;
use crate::harness::measured::{Measured, Metric, median};

pub const ENCODE: Row = Row {
    name: "encode",
    title: "one span to OTLP bytes (10 tags, 1 log)",
    who: &[Who::Kit, Who::Fastrace, Who::OpenTelemetry],
    figures: &[Metric::Nanos],
    effort: Effort::Times,
    launch: in_child,
    run,
};

/// Spans of a batch.
const SPANS: u64 = 200;
const BLOCKS: usize = 200;

/// The ten tags; one more is made for each span.
const TAGS: [(&str, &str); 9] = [
    ("http.request.method", "GET"),
    ("http.route", "/items/{id}"),
    ("url.scheme", "http"),
    ("server.address", "shop.example"),
    ("server.port", "8080"),
    ("http.response.status_code", "200"),
    ("network.protocol.version", "1.1"),
    ("client.address", "10.1.2.3"),
    ("user_agent.original", "curl/8.5.0"),
];

fn run(case: Case) -> Measured {
    let nanos = match case.who {
        #[cfg(feature = "peers")]
        Who::Fastrace => peers::fastrace(),
        #[cfg(feature = "peers")]
        Who::OpenTelemetry => peers::opentelemetry(),
        _ => kit(),
    };
    Measured::default().with(Metric::Nanos, nanos)
}

/// Nanoseconds a span.
fn each(time: Duration) -> f64 {
    time.as_nanos() as f64 / SPANS as f64
}

struct Stopwatch(mpsc::Sender<f64>);

impl Reporter for Stopwatch {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        let mut body = Vec::new();
        let block = |_| {
            body.clear();
            let began = Instant::now();
            contrib_otlp::encode(batch, &mut body);
            black_box(&body);
            each(began.elapsed())
        };
        let mut blocks: Vec<f64> = (0..BLOCKS).map(block).collect();
        assert_eq!(batch.len() as u64, SPANS);
        let _ = self.0.send(median(&mut blocks));
        Outcome::Reported
    }
}

fn kit() -> f64 {
    let (sender, receiver) = mpsc::channel();
    let tracer = Tracer::builder("shop").reporter(Stopwatch(sender)).build();
    for n in 0..SPANS {
        let span = tracer.span("GET /items/{id}").root().start();
        for (key, value) in TAGS {
            span.set_tag(key, value);
        }
        span.set_tag("url.path", format!("/items/{n}"));
        span.log_fields([Tag::new("event", "cache miss"), Tag::new("key", n as i64)]);
    }
    tracer.flush(Duration::from_secs(60)).expect("one batch");
    receiver.recv().expect("one batch")
}

/// Both by way of the SDK's `SpanData` and opentelemetry-proto.
#[cfg(feature = "peers")]
mod peers {
    use std::borrow::Cow;
    use std::sync::{Arc, Mutex};

    use fastrace::collector::{Config, Reporter as _, SpanContext, SpanRecord};
    use fastrace_opentelemetry::OpenTelemetryReporter;
    use opentelemetry::trace::{Span, Tracer, TracerProvider};
    use opentelemetry::{InstrumentationScope, KeyValue};
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
    use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
    use opentelemetry_sdk::Resource;
    use opentelemetry_sdk::error::OTelSdkResult;
    use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
    use prost::Message;

    use super::{BLOCKS, Instant, SPANS, TAGS, black_box, each, median};

    fn encode(spans: Vec<SpanData>, resource: &ResourceAttributesWithSchema) {
        let resource_spans = group_spans_by_resource_and_scope(spans, resource);
        black_box(ExportTraceServiceRequest { resource_spans }.encode_to_vec());
    }

    fn resource() -> Resource {
        Resource::builder().with_service_name("shop").build()
    }

    fn timed<T: Clone>(spans: &T, mut work: impl FnMut(T)) -> f64 {
        let block = |_| {
            let spans = spans.clone();
            let began = Instant::now();
            work(spans);
            each(began.elapsed())
        };
        let mut blocks: Vec<f64> = (0..BLOCKS).map(block).collect();
        median(&mut blocks)
    }

    /// Keeps what is exported.
    #[derive(Clone, Debug, Default)]
    struct Keeper(Arc<Mutex<Vec<SpanData>>>);

    impl SpanExporter for Keeper {
        async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
            self.0.lock().expect("nobody panics").extend(batch);
            Ok(())
        }
    }

    pub fn opentelemetry() -> f64 {
        let keeper = Keeper::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(keeper.clone()).build();
        let tracer = provider.tracer("shop");
        for n in 0..SPANS {
            let mut span = tracer.start("GET /items/{id}");
            for (key, value) in TAGS {
                span.set_attribute(KeyValue::new(key, value));
            }
            span.set_attribute(KeyValue::new("url.path", format!("/items/{n}")));
            span.add_event("cache miss", vec![KeyValue::new("key", n as i64)]);
        }
        let spans = std::mem::take(&mut *keeper.0.lock().expect("nobody panics"));
        assert_eq!(spans.len() as u64, SPANS);
        let resource = ResourceAttributesWithSchema::from(&resource());
        timed(&spans, |spans| encode(spans, &resource))
    }

    /// Encodes what is exported.
    #[derive(Debug)]
    struct Encoder(ResourceAttributesWithSchema);

    impl SpanExporter for Encoder {
        async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
            encode(batch, &self.0);
            Ok(())
        }
    }

    #[derive(Clone, Default)]
    struct Records(Arc<Mutex<Vec<SpanRecord>>>);

    impl fastrace::collector::Reporter for Records {
        fn report(&mut self, spans: Vec<SpanRecord>) {
            self.0.lock().expect("nobody panics").extend(spans);
        }
    }

    pub fn fastrace() -> f64 {
        let records = Records::default();
        fastrace::set_reporter(records.clone(), Config::default());
        for n in 0..SPANS {
            let span = fastrace::Span::root("GET /items/{id}", SpanContext::random());
            span.add_properties(|| TAGS);
            span.add_property(|| ("url.path", format!("/items/{n}")));
            let event = fastrace::Event::new("cache miss");
            span.add_event(event.with_property(|| ("key", n.to_string())));
        }
        fastrace::flush();
        let spans = std::mem::take(&mut *records.0.lock().expect("nobody panics"));
        assert_eq!(spans.len() as u64, SPANS);
        let mut reporter = OpenTelemetryReporter::new(
            Encoder(ResourceAttributesWithSchema::from(&resource())),
            Cow::Owned(resource()),
            InstrumentationScope::builder("shop").build(),
        );
        timed(&spans, |spans| reporter.report(spans))
    }
}
