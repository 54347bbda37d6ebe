//! Finished spans as an exporter of the SDK's gets them.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contrib_otel::{KitTracerProvider, OtelReporter};
use opentelemetry::trace::{
    SpanKind as OtelSpanKind, Status as OtelStatus, Tracer as _, TracerProvider,
};
use opentelemetry::{Array, InstrumentationScope, Key, KeyValue, SpanId, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{
    InMemorySpanExporter, SdkTracerProvider, SimpleSpanProcessor, SpanData, SpanExporter,
};
use support::off;
use testing::reporting::{Everything, WAIT, books};
use tracer_core::{
    Limits, SpanContext, SpanKind, Status, Tag, TraceState, Tracer, TracerBuilder, Trust,
};

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// What an exporter gets of what `make` does.
fn exported_by(builder: TracerBuilder, make: impl FnOnce(&Tracer)) -> Vec<SpanData> {
    let exporter = InMemorySpanExporter::default();
    let reporter = OtelReporter::new(exporter.clone());
    let tracer = builder.sampler(Everything).reporter(reporter).build();
    make(&tracer);
    tracer.flush(WAIT).unwrap();
    books(&tracer);
    exporter.get_finished_spans().unwrap()
}

fn exported(make: impl FnOnce(&Tracer)) -> SpanData {
    let mut spans = exported_by(Tracer::builder("shop"), make);
    assert_eq!(spans.len(), 1, "{spans:?}");
    spans.remove(0)
}

fn attributes(list: &[KeyValue]) -> Vec<String> {
    list.iter().map(|item| format!("{}={}", item.key, item.value)).collect()
}

#[test]
fn ids_name_kind_and_times() {
    if off() {
        return;
    }
    let mut caller = None;
    let span = exported(|tracer| {
        let state = TraceState::parse([&b"a=1"[..]]).unwrap();
        let parent = tracer_core::SpanId::from_u64(8).unwrap();
        let trace = tracer_core::TraceId::from_u128(7).unwrap();
        let context = SpanContext::new(trace, parent, true).with_remote().with_tracestate(state);
        let span = tracer.span("GET /items").kind(SpanKind::Server).start_time(at(10));
        let span = span.child_of(&context).start();
        caller = Some(span.context());
        span.finish_at(at(12));
    });
    assert_eq!(span.span_context, contrib_otel::to_otel(&caller.unwrap()));
    assert!(!span.span_context.is_remote() && span.span_context.is_sampled());
    assert_eq!(span.span_context.trace_state().header(), "a=1");
    assert_eq!(span.parent_span_id, SpanId::from_bytes([0, 0, 0, 0, 0, 0, 0, 8]));
    assert!(span.parent_span_is_remote);
    assert_eq!((&*span.name, span.span_kind), ("GET /items", OtelSpanKind::Server));
    assert_eq!((span.start_time, span.end_time), (at(10), at(12)));
    assert_eq!(span.status, OtelStatus::Unset);
    assert_eq!(span.instrumentation_scope.name(), "tracer");
    assert!(span.instrumentation_scope.version().is_some());

    let root = exported(|tracer| drop(tracer.span("root").start()));
    assert_eq!((root.parent_span_id, root.parent_span_is_remote), (SpanId::INVALID, false));
    assert_eq!(root.span_kind, OtelSpanKind::Internal);
    assert!(root.end_time >= root.start_time && root.start_time > at(1_600_000_000));
}

#[test]
fn kinds_and_tags_of_opentracing() {
    if off() {
        return;
    }
    for (name, kind) in [
        ("server", OtelSpanKind::Server),
        ("client", OtelSpanKind::Client),
        ("producer", OtelSpanKind::Producer),
        ("consumer", OtelSpanKind::Consumer),
        ("internal", OtelSpanKind::Internal),
    ] {
        let span = exported(|tracer| drop(tracer.span("a").tag("span.kind", name).start()));
        assert_eq!((span.span_kind, span.attributes.len()), (kind, 0));
    }
    let failed = exported(|tracer| drop(tracer.span("a").tag("error", true).start()));
    assert_eq!((failed.status, failed.attributes.len()), (OtelStatus::error(""), 0));
}

#[test]
fn values_of_every_type() {
    if off() {
        return;
    }
    let span = exported(|tracer| {
        let span = tracer.span("a").start();
        span.set_tag("text", "a").set_tag("made", "b".to_owned()).set_tag("number", 7);
        span.set_tag("ratio", 0.5).set_tag("yes", true).set_tag("texts", vec!["a", "b"]);
        span.set_tag("numbers", vec![1i64, 2]).set_tag("ratios", vec![0.5]);
        span.set_tag("truths", vec![true]).set_tag("", "no key");
    });
    let text = |text: &'static str| Value::String(text.into());
    let expected = vec![
        KeyValue::new("text", text("a")),
        KeyValue::new("made", text("b")),
        KeyValue::new("number", 7),
        KeyValue::new("ratio", 0.5),
        KeyValue::new("yes", true),
        KeyValue::new("texts", Value::Array(Array::String(vec!["a".into(), "b".into()]))),
        KeyValue::new("numbers", Value::Array(Array::I64(vec![1, 2]))),
        KeyValue::new("ratios", Value::Array(Array::F64(vec![0.5]))),
        KeyValue::new("truths", Value::Array(Array::Bool(vec![true]))),
    ];
    assert_eq!(span.attributes, expected);
    assert_eq!(span.dropped_attributes_count, 1, "a tag without a key is none there");
}

#[test]
fn outcomes() {
    if off() {
        return;
    }
    let of = |status: Status| {
        exported(|tracer| {
            tracer.span("a").start().set_status(status);
        })
        .status
    };
    assert_eq!(of(Status::Unset), OtelStatus::Unset);
    assert_eq!(of(Status::Ok), OtelStatus::Ok);
    assert_eq!(of(Status::Error("no cart".into())), OtelStatus::error("no cart"));
}

#[test]
fn logs_are_events_and_errors_exceptions() {
    if off() {
        return;
    }
    let span = exported(|tracer| {
        let span = tracer.span("a").start();
        span.log("miss");
        span.log_at(at(5), [Tag::new("event", "hit"), Tag::new("key", 7), Tag::new("", "no key")]);
        span.log_fields([Tag::new("message", "nameless")]);
        span.log_error(&std::io::Error::other("no cart"));
    });
    let names: Vec<_> = span.events.iter().map(|event| event.name.to_string()).collect();
    assert_eq!(names, ["miss", "hit", "log", "exception"]);
    assert_eq!((span.events[1].timestamp, span.events[1].dropped_attributes_count), (at(5), 1));
    assert_eq!(attributes(&span.events[1].attributes), ["key=7"]);
    assert_eq!(attributes(&span.events[2].attributes), ["message=nameless"]);
    let exception = attributes(&span.events[3].attributes);
    assert_eq!(exception, ["exception.type=std::io::error::Error", "exception.message=no cart"]);
    assert_eq!(span.status, OtelStatus::error("no cart"));
    assert_eq!(span.events.dropped_count, 0);
}

#[test]
fn references_are_links() {
    if off() {
        return;
    }
    let mut links = Vec::new();
    let spans = exported_by(Tracer::builder("shop"), |tracer| {
        let [parent, second, third] =
            ["parent", "second", "third"].map(|name| tracer.span(name).root().start());
        links.extend([second.context(), third.context()].map(|own| contrib_otel::to_otel(&own)));
        let span =
            tracer.span("a").child_of(&parent).child_of(&second).follows_from(&third).start();
        // A caller who is not followed is still one to link to.
        let headers = vec![("traceparent".to_owned(), format!("00-{:032x}-{:016x}-01", 7, 8))];
        let caller = tracer.extract_with(Trust::Link, &headers);
        assert!(caller.is_linked());
        span.link(&caller);
        links.push(contrib_otel::to_otel(&tracer.extract(&headers)));
    });
    let span = spans.iter().find(|span| span.name == "a").unwrap();
    assert_eq!(span.links.iter().map(|link| link.span_context.clone()).collect::<Vec<_>>(), links);
    let kinds: Vec<_> = span.links.iter().map(|link| attributes(&link.attributes)).collect();
    let from = "opentracing.ref_type=follows_from";
    let expected = ["opentracing.ref_type=child_of", from, from];
    assert_eq!(kinds, expected.map(|kind| vec![kind.to_owned()]));
}

#[test]
fn what_was_cut_off_is_counted() {
    if off() {
        return;
    }
    let limits = Limits::default().with_tags(2).with_logs(3).with_links(1);
    let spans = exported_by(Tracer::builder("shop").limits(limits), |tracer| {
        let other = tracer.span("other").root().start();
        let span = tracer.span("a").root().link(&other).link(&other).start();
        for n in 0..5 {
            span.set_tag(format!("k{n}"), n).log(format!("e{n}"));
        }
    });
    let span = spans.iter().find(|span| span.name == "a").unwrap();
    assert_eq!((span.attributes.len(), span.dropped_attributes_count), (2, 3));
    assert_eq!((span.links.len(), span.links.dropped_count), (1, 1));
    let names: Vec<_> = span.events.iter().map(|event| event.name.to_string()).collect();
    assert_eq!((names[1].as_str(), span.events.dropped_count), ("dropped logs", 3));
}

#[test]
fn the_library_that_has_recorded_is_the_scope() {
    if off() {
        return;
    }
    let spans = exported_by(Tracer::builder("shop"), |tracer| {
        let provider = KitTracerProvider::new(tracer);
        let scope = InstrumentationScope::builder("cart").with_version("1.2").build();
        drop(provider.tracer_with_scope(scope).start("a"));
        drop(provider.tracer("bare").start("b"));
    });
    let scope = |n: usize| &spans[n].instrumentation_scope;
    assert_eq!((scope(0).name(), scope(0).version()), ("cart", Some("1.2")));
    assert_eq!((scope(1).name(), scope(1).version()), ("bare", None));
    assert!(spans.iter().all(|span| span.attributes.is_empty()));
}

/// The same code through the SDK and through the kit: what comes out is the same but for ids and
/// times.
#[test]
fn an_exporter_gets_what_the_sdk_would_give_it() {
    if off() {
        return;
    }
    fn work(
        provider: &impl TracerProvider<
            Tracer = impl opentelemetry::trace::Tracer<
                Span = impl opentelemetry::trace::Span + Send + Sync + 'static,
            >,
        >,
    ) {
        use opentelemetry::trace::TraceContextExt;
        let tracer = provider.tracer("cart");
        let outer = tracer.span_builder("outer").with_kind(OtelSpanKind::Server);
        let outer = outer.with_attributes([KeyValue::new("a", 1)]).with_start_time(at(10));
        tracer.in_span_with_builder(outer, |cx| {
            cx.span().set_attribute(KeyValue::new("b", "x"));
            cx.span().add_event_with_timestamp("event", at(11), vec![KeyValue::new("n", 1)]);
            let mut inner = tracer.span_builder("inner").with_start_time(at(12)).start(&tracer);
            inner.record_error(&std::io::Error::other("no cart"));
            inner.set_status(OtelStatus::error("no cart"));
            inner.end_with_timestamp(at(13));
            cx.span().end_with_timestamp(at(14));
        });
    }
    fn shown(mut spans: Vec<SpanData>) -> Vec<String> {
        spans.sort_by_key(|span| span.start_time);
        let root = spans[0].span_context.span_id();
        let show = |span: &SpanData| {
            let events =
                span.events.iter().map(|event| (&event.name, attributes(&event.attributes)));
            format!(
                "{} {:?} {:?} {:?} {:?} {:?} {:?} below root: {}, scope {}",
                span.name,
                span.span_kind,
                span.status,
                span.start_time,
                span.end_time,
                attributes(&span.attributes),
                events.collect::<Vec<_>>(),
                span.parent_span_id == root,
                span.instrumentation_scope.name(),
            )
        };
        spans.iter().map(show).collect()
    }
    let exporter = InMemorySpanExporter::default();
    let sdk = SdkTracerProvider::builder()
        .with_span_processor(SimpleSpanProcessor::new(exporter.clone()))
        .build();
    work(&sdk);
    let by_sdk = exporter.get_finished_spans().unwrap();
    let by_kit =
        exported_by(Tracer::builder("shop"), |tracer| work(&KitTracerProvider::new(tracer)));
    assert_eq!(shown(by_kit), shown(by_sdk));
}

/// Notes the resource that it is told.
#[derive(Debug, Default)]
struct ToldOnce(std::sync::Arc<std::sync::Mutex<Vec<Resource>>>);

impl SpanExporter for ToldOnce {
    async fn export(&self, _: Vec<SpanData>) -> opentelemetry_sdk::error::OTelSdkResult {
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.lock().unwrap().push(resource.clone());
    }
}

#[test]
fn the_resource_is_told_once_and_before_the_first_span() {
    if off() {
        return;
    }
    let exporter = ToldOnce::default();
    let told = exporter.0.clone();
    let tracer = Tracer::builder("shop").tag("deployment.environment.name", "test");
    let tracer = tracer.reporter(OtelReporter::new(exporter)).build();
    for _ in 0..3 {
        drop(tracer.span("a").start());
        tracer.flush(WAIT).unwrap();
    }
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 1);
    let get = |key: &'static str| told[0].get(&Key::from_static_str(key)).map(|v| v.to_string());
    assert_eq!(get("service.name").as_deref(), Some("shop"));
    assert_eq!(get("deployment.environment.name").as_deref(), Some("test"));
    assert_eq!(get("service.instance.id").map(|id| id.len()), Some(36));
    assert_eq!(told[0].len(), 3);
}
