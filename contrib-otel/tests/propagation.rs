//! The tracer's formats as a propagator of opentelemetry's.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::collections::HashMap;

use contrib_otel::{KitPropagator, OtelContext, context_of};
use opentelemetry::baggage::BaggageExt;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::{TraceContextExt, Tracer as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use support::{Both, off};
use tracer_core::propagation::{B3, Hosts, Jaeger};
use tracer_core::{AlwaysOff, ToContext, Trust};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

type Headers = HashMap<String, String>;

/// What a caller has sent, in a way that nobody would write it again.
fn request() -> Headers {
    let lines =
        [("traceparent", PARENT), ("tracestate", "a=1 , b=2"), ("baggage", "user = 7; p ,x=%7e")];
    lines.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn injected(propagator: &KitPropagator, cx: &Context) -> Headers {
    let mut headers = Headers::new();
    propagator.inject_context(cx, &mut headers);
    headers
}

#[test]
fn a_context_goes_through() {
    if off() {
        return;
    }
    let both = Both::new();
    let propagator = KitPropagator::new(both.kit());
    assert_eq!(propagator.fields().collect::<Vec<_>>(), ["traceparent", "tracestate", "baggage"]);
    let cx = propagator.extract(&request());
    let span = cx.span();
    assert!(span.span_context().is_remote() && span.span_context().is_sampled());
    assert_eq!(span.span_context().trace_state().header(), "a=1,b=2");
    let user = cx.baggage().get_with_metadata("user").unwrap();
    assert_eq!((user.0.as_str(), user.1.as_str()), ("7", "p"));
    both.otel.in_span_with_context("serve", &cx, |cx| {
        let onward = injected(&propagator, &cx);
        let own = cx.span().span_context().span_id().to_string();
        assert_eq!(onward["traceparent"], format!("{}{own}-01", &PARENT[..36]));
        assert_eq!(onward["tracestate"], "a=1,b=2");
        assert_eq!(onward["baggage"], "user=7;p,x=~");
    });
    assert_eq!(both.recorded.one().parent_id.unwrap().to_string(), "b7ad6b7169203331");
}

#[test]
fn it_says_what_opentelemetrys_own_says() {
    if off() {
        return;
    }
    let both = Both::new();
    let propagator = KitPropagator::new(both.kit());
    both.otel.in_span("a", |cx| {
        let mut theirs = Headers::new();
        TraceContextPropagator::new().inject_context(&cx, &mut theirs);
        theirs.retain(|_, value| !value.is_empty());
        // But that the id is random, which that one does not tell: of the flags it knows one.
        let mut ours = injected(&propagator, &cx);
        let parent = ours.get_mut("traceparent").unwrap();
        assert!(parent.ends_with("-03"));
        parent.replace_range(53.., "01");
        assert_eq!(ours, theirs);
    });
    let theirs = TraceContextPropagator::new().extract(&request());
    let ours = propagator.extract(&request());
    assert_eq!(theirs.span().span_context(), ours.span().span_context());
}

#[test]
fn what_is_current_for_the_kit_is_told() {
    if off() {
        return;
    }
    let both = Both::new();
    let propagator = KitPropagator::new(both.kit());
    let request = both.kit().span("request").start();
    let _entered = request.enter();
    let mut headers = Headers::new();
    propagator.inject(&mut headers);
    assert_eq!(&headers["traceparent"][36..52], request.context().span_id().unwrap().to_string());
    let cx = Context::current_with_baggage([KeyValue::new("a", "1")]);
    assert_eq!(injected(&propagator, &cx)["baggage"], "a=1");
    assert_eq!(injected(&propagator, &context_of(&request)), headers);
}

#[test]
fn nothing_is_told_where_there_is_nothing() {
    if off() {
        return;
    }
    let both = Both::new();
    let propagator = KitPropagator::new(both.kit());
    assert!(injected(&propagator, &Context::new()).is_empty());
    let cx = Context::new().with_value(7u8);
    let same = propagator.extract_with_context(&cx, &Headers::new());
    assert!(!same.has_active_span() && same.get::<u8>() == Some(&7));
    let malformed = Headers::from([("traceparent".to_owned(), "00-xyz".to_owned())]);
    assert!(!propagator.extract(&malformed).has_active_span());
    assert_eq!(both.kit().books().malformed_contexts, 1);
}

#[test]
fn a_message_of_baggage_alone_keeps_the_span_that_is_there() {
    if off() {
        return;
    }
    let both = Both::new();
    let propagator = KitPropagator::new(both.kit());
    let headers = Headers::from([("baggage".to_owned(), "user=7".to_owned())]);
    both.otel.in_span("a", |_| {
        let cx = propagator.extract(&headers);
        let child = both.otel.start_with_context("b", &cx);
        assert_eq!(child.handle().baggage_item("user").as_deref(), Some("7"));
    });
    assert_eq!(both.tree(), "a\n  b\n");
}

#[test]
fn other_formats() {
    if off() {
        return;
    }
    let b3 = Both::with(|builder| builder.propagator(B3::single()));
    let propagator = KitPropagator::new(b3.kit());
    let not_sampled = Headers::from([("b3".to_owned(), "0".to_owned())]);
    let cx = propagator.extract(&not_sampled);
    assert!(!cx.has_active_span());
    b3.otel.in_span_with_context("unseen", &cx, |cx| {
        assert!(injected(&propagator, &cx)["b3"].ends_with("-0"), "a decision without ids");
    });
    assert!(b3.spans().is_empty());

    let jaeger = Both::with(|builder| builder.propagator(Jaeger::http()));
    let propagator = KitPropagator::new(jaeger.kit());
    let lines = [
        ("uber-trace-id", "0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:1"),
        ("Uberctx-User", "7"),
    ];
    let headers = lines.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let cx = propagator.extract(&AsIs(headers.to_vec()));
    assert_eq!(cx.baggage().get("user").map(|value| value.as_str()), Some("7"));
    jaeger.otel.in_span_with_context("serve", &cx, |cx| {
        let onward = injected(&propagator, &cx);
        assert_eq!(onward["uberctx-user"], "7");
        assert!(onward["uber-trace-id"].starts_with("0af7651916cd43dd8448eb211c80319c:"));
    });
    let debug = Headers::from([("jaeger-debug-id".to_owned(), "look".to_owned())]);
    let cx = propagator.extract(&debug);
    drop(jaeger.otel.start_with_context("wanted", &cx));
    let spans = jaeger.spans();
    assert_eq!(testing::tag(testing::named(&spans, "wanted"), "jaeger-debug-id"), "look");
}

/// A message whose names are spelled as they were sent, each as often as it was.
struct AsIs(Vec<(String, String)>);

impl Extractor for AsIs {
    fn get(&self, key: &str) -> Option<&str> {
        self.get_all(key)?.first().copied()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn get_all(&self, key: &str) -> Option<Vec<&str>> {
        let values = self.0.iter().filter(|(name, _)| name.eq_ignore_ascii_case(key));
        Some(values.map(|(_, value)| value.as_str()).collect())
    }
}

impl Injector for AsIs {
    fn set(&mut self, key: &str, value: String) {
        self.0.push((key.to_owned(), value));
    }
}

#[test]
fn several_lines_of_a_header_are_heard() {
    if off() {
        return;
    }
    let both = Both::new();
    let propagator = KitPropagator::new(both.kit());
    let line = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let baggage = [line("Baggage", "a=1"), line("baggage", "b=2")];
    let cx = propagator.extract(&AsIs([&baggage[..], &[line("traceparent", PARENT)]].concat()));
    assert_eq!(cx.baggage().len(), 2);
    let twice = AsIs(vec![line("traceparent", PARENT), line("traceparent", PARENT)]);
    assert!(!propagator.extract(&twice).has_active_span(), "nobody can tell which one is meant");
    // Off, they are handed on as one, which is what they mean.
    both.kit().set_enabled(false);
    let cx = propagator.extract(&AsIs(baggage.to_vec()));
    let mut onward = AsIs(Vec::new());
    propagator.inject_context(&cx, &mut onward);
    assert_eq!(onward.0, [line("baggage", "a=1,b=2")]);
}

#[test]
fn callers_are_trusted_as_the_tracer_does() {
    if off() {
        return;
    }
    let linked = Both::with(|builder| builder.trust(Trust::Link));
    let propagator = KitPropagator::new(linked.kit());
    let cx = propagator.extract(&request());
    assert!(!cx.has_active_span() && cx.baggage().is_empty());
    assert!(injected(&propagator, &cx).is_empty(), "who is not believed is not quoted");
    linked.otel.in_span_with_context("otel", &cx, |cx| {
        drop(linked.kit().span("kit").child_of(&OtelContext::from(cx)).start());
    });
    let spans = linked.spans();
    assert_eq!(testing::tree(&spans), "otel\n  kit\n");
    let root = testing::named(&spans, "otel");
    assert_ne!(root.trace_id.unwrap().to_string(), PARENT[3..35]);
    assert_eq!(root.links[0].context.span_id().unwrap().to_string(), PARENT[36..52]);

    let ignored = Both::with(|builder| builder.trust(Trust::Ignore));
    let cx = KitPropagator::new(ignored.kit()).extract(&request());
    assert!(!cx.has_active_span() && cx.baggage().is_empty());
}

#[test]
fn a_host_that_is_not_known_is_on_no_list() {
    if off() {
        return;
    }
    let both = Both::with(|builder| builder.baggage_to(Hosts::only(["shop.internal"])));
    let propagator = KitPropagator::new(both.kit());
    let span = both.kit().span("call").start();
    span.set_baggage_item("user", "7");
    let headers = injected(&propagator, &context_of(&span));
    assert_eq!(headers.keys().collect::<Vec<_>>(), ["traceparent"]);
}

#[test]
fn off_hands_on_what_came_byte_for_byte() {
    if off() {
        return;
    }
    let both = Both::new();
    let propagator = KitPropagator::new(both.kit());
    both.kit().set_enabled(false);
    let cx = propagator.extract(&request());
    assert_eq!(injected(&propagator, &cx), request());
    assert_eq!(cx.baggage().get("user").unwrap().as_str(), "7", "read on demand");
    both.otel.in_span_with_context("unseen", &cx, |cx| {
        assert_eq!(injected(&propagator, &cx), request());
        // Who asks for ids is told the caller's.
        assert_eq!(cx.span().span_context().span_id().to_string(), &PARENT[36..52]);
        both.otel.in_span("unseen", |cx| assert_eq!(injected(&propagator, &cx), request()));
        // Without the Context that the caller came in there are still the ids.
        let bare = Context::new().with_span(both.otel.start_with_context("unseen", &cx));
        assert_eq!(injected(&propagator, &bare)["traceparent"], PARENT);
        // What opentelemetry changes is told.
        let changed = cx.with_baggage([KeyValue::new("user", "8")]);
        assert_eq!(injected(&propagator, &changed)["baggage"], "user=8");
        assert_eq!(injected(&propagator, &changed)["traceparent"], PARENT);
        // Switched on meanwhile, the next span goes on with the caller's trace.
        both.kit().set_enabled(true);
        drop(both.otel.start("on again"));
        drop(both.kit().span("kit").child_of(&OtelContext::current()).start());
    });
    let spans = both.spans();
    assert_eq!(spans.len(), 2);
    for span in spans {
        assert_eq!(span.parent_id.unwrap().to_string(), PARENT[36..52]);
        assert_eq!(span.trace_id.unwrap().to_string(), PARENT[3..35]);
    }
}

#[test]
fn not_sampled_is_told() {
    if off() {
        return;
    }
    let both = Both::with(|builder| builder.sampler(AlwaysOff));
    let propagator = KitPropagator::new(both.kit());
    both.otel.in_span("unseen", |cx| {
        let ids = cx.span().span_context().clone();
        assert!(ids.is_valid() && !ids.is_sampled() && !cx.span().is_recording());
        assert!(injected(&propagator, &cx)["traceparent"].ends_with("-02"), "random, not sampled");
        let child = OtelContext::from(cx).to_context();
        assert_eq!(child.trace_id().unwrap().to_bytes(), ids.trace_id().to_bytes());
    });
    assert!(both.spans().is_empty());
}

/// B1, B2: bounded work, whatever comes in.
#[test]
fn hostile_messages() {
    if off() {
        return;
    }
    let both = Both::new();
    let propagator = KitPropagator::new(both.kit());
    let line = |name: &str, value: String| (name.to_owned(), value);
    let mut lines = vec![line("traceparent", PARENT.to_owned())];
    lines.extend((0..1_000).map(|n| line("baggage", format!("k{n}={}", "v".repeat(8_000)))));
    lines.push(line("baggage", "x".repeat(10 << 20)));
    lines.push(line("tracestate", ",".repeat(64 << 10)));
    let cx = propagator.extract(&AsIs(lines));
    assert!(cx.has_active_span());
    assert!(cx.baggage().len() <= 64);
    let onward = injected(&propagator, &cx);
    assert!(onward["baggage"].len() <= 8_192);
    assert!(!onward.contains_key("tracestate"));
}
