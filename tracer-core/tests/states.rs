//! The table of states: off, filtered, unsampled, sampled. What each hands on, and what it records.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use common::{LONG, SPAN, TRACE, assert_child, named, settled, take, traced, tracer_with};
use tracer_core::propagation::{Extract, Field, Propagator, RawValue, W3c};
use tracer_core::{
    AlwaysOff, AlwaysOn, MemoryReporter, ParentBased, RecorderOptions, Span, SpanKind, Tracer,
    current,
};

type Pairs = Vec<(String, String)>;

/// What a caller sent: legal here and there, in ways a parser would not write again.
fn request() -> Pairs {
    let lines = [
        ("traceparent", format!("00-{TRACE}-{SPAN}-01")),
        ("tracestate", "a=1 , b=2".to_owned()),
        ("tracestate", ", c=3".to_owned()),
        ("baggage", "user = 7; p ,x=%7e".to_owned()),
    ];
    lines.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn out(tracer: &Tracer, span: &Span) -> Pairs {
    let mut carrier = vec![("baggage".to_owned(), "stale=1".to_owned())];
    tracer.inject(span, &mut carrier);
    carrier
}

/// Serves a request through and through: extract, a span, work below, a call.
fn serve(tracer: &Tracer, request: &Pairs) -> Pairs {
    let caller = tracer.extract(request);
    let span = tracer.span("serve").kind(SpanKind::Server).child_of(&caller).start();
    let _entered = span.enter();
    let scope = tracer.scope("scope");
    scope.set_tag("k", 1);
    current().log("reached");
    assert_eq!(current().baggage_item("user").as_deref(), Some("7"), "readable on demand");
    out(tracer, &tracer.span("call").kind(SpanKind::Client).start())
}

#[test]
fn off_hands_on_what_came_byte_for_byte() {
    let (tracer, memory) = traced();
    tracer.set_enabled(false);
    assert!(!tracer.is_enabled());
    assert_eq!(serve(&tracer, &request()), request());
    // Not legal, and not this side's business.
    for bad in ["nonsense", "00-xyz", "ünï"] {
        let mut request = request();
        bad.clone_into(&mut request[0].1);
        assert_eq!(serve(&tracer, &request), request);
    }
    assert_eq!(serve_without_caller(&tracer), [("baggage".to_owned(), "stale=1".to_owned())]);
    assert!(take(&tracer, &memory).is_empty());
    assert_eq!(settled(&tracer).started, 0);
    // Nothing was made of it either: a noop, where there is nothing to hand on.
    assert!(!tracer.span("none").start().is_recording());
}

fn serve_without_caller(tracer: &Tracer) -> Pairs {
    let caller = tracer.extract(&Pairs::new());
    assert!(caller.is_empty());
    out(tracer, &tracer.span("serve").child_of(&caller).start())
}

#[cfg(feature = "http")]
#[test]
fn off_keeps_header_values_that_are_no_text() {
    let (tracer, _memory) = traced();
    tracer.set_enabled(false);
    let mut headers = http::HeaderMap::new();
    let values = [&b"a=\xff\xfe"[..], b"\xe4=1", b"b=2,\tc=3"];
    for value in values {
        headers.append("baggage", http::HeaderValue::from_bytes(value).unwrap());
    }
    let span = tracer.span("serve").child_of(&tracer.extract(&headers)).start();
    let mut out = http::HeaderMap::new();
    tracer.inject(&span, &mut out);
    let kept: Vec<_> = out.get_all("baggage").iter().map(http::HeaderValue::as_bytes).collect();
    assert_eq!(kept, values);
}

#[test]
fn a_carrier_with_room_for_one_line_gets_them_joined() {
    let (tracer, _memory) = traced();
    tracer.set_enabled(false);
    let mut text = HashMap::<String, String>::new();
    let span = tracer.span("serve").child_of(&tracer.extract(&request())).start();
    tracer.inject(&span, &mut text);
    assert_eq!(text["tracestate"], "a=1 , b=2,, c=3");
    let context = W3c.extract(&text).unwrap();
    assert_eq!(context.tracestate().as_str(), "a=1,b=2,c=3", "what the two lines meant");
}

#[test]
fn off_is_bounded() {
    struct Endless(usize);
    impl Extract for Endless {
        fn values<'a>(&'a self, _: &Field, _: &mut dyn FnMut(&'a [u8])) {
            unreachable!("nothing is parsed");
        }

        fn raw_values(&self, field: &Field, each: &mut dyn FnMut(RawValue)) {
            if field.name() == "baggage" {
                (0..1_000).for_each(|_| each(RawValue::from_bytes(&vec![b'x'; self.0])));
            } else {
                each(RawValue::from_bytes(b"kept"));
            }
        }
    }
    let (tracer, _memory) = traced();
    tracer.set_enabled(false);
    for (size, lines) in [(10 << 20, 0), (8_000, 1), (1, 78), (0, 0)] {
        let span = tracer.span("serve").child_of(&tracer.extract(&Endless(size))).start();
        let out = out(&tracer, &span);
        assert_eq!(out.iter().filter(|(name, _)| name == "baggage").count(), lines, "{size}");
        assert_eq!(out.iter().filter(|(_, value)| value == "kept").count(), 2, "{size}");
    }
}

#[test]
fn baggage_written_while_off_goes_on() {
    let (tracer, _memory) = traced();
    tracer.set_enabled(false);
    let span = tracer.span("serve").child_of(&tracer.extract(&request())).start();
    assert!(span.set_baggage_item("own", "1"));
    let out: HashMap<_, _> = out(&tracer, &span).into_iter().collect();
    assert_eq!(out["baggage"], "user=7;p,x=~,own=1");
    assert_eq!(out["traceparent"], request()[0].1);
    assert_eq!(out["tracestate"], "a=1,b=2,c=3");
}

#[test]
fn r10_switched_off_in_mid_request_open_spans_finish() {
    let (tracer, memory) = traced();
    let span = tracer.span("serve").child_of(&tracer.extract(&request())).start();
    let entered = span.enter();
    let scope = tracer.scope("scope");
    let before = out(&tracer, &span);
    tracer.set_enabled(false);
    assert!(!tracer.scope("none").handle().is_recording());
    let below = tracer.span("none").start();
    assert!(!below.is_recording());
    assert_eq!(below.context(), scope.handle().context(), "handed on");
    assert_eq!(out(&tracer, &span), before);
    scope.log("still open");
    drop((below, scope, entered, span));
    let spans = take(&tracer, &memory);
    assert_eq!(spans.len(), 2);
    assert_child(&spans, "scope", "serve");
    assert_eq!(named(&spans, "scope").events(), ["still open"]);
    assert!(current().context().is_empty());
}

#[test]
fn switched_on_in_mid_request_the_trace_goes_on() {
    let (tracer, memory) = traced();
    tracer.set_enabled(false);
    let serve = tracer.span("serve").child_of(&tracer.extract(&request())).start();
    let _entered = serve.enter();
    tracer.set_enabled(true);
    tracer.span("call").start().finish();
    tracer.scope("scope").finish();
    let spans = take(&tracer, &memory);
    for span in &spans {
        assert_eq!(span.trace_id.unwrap().to_string(), TRACE);
        assert_eq!(span.parent_id.unwrap().to_string(), SPAN);
        assert!(span.has_remote_parent);
        assert_eq!(span.tracestate.as_str(), "a=1,b=2,c=3");
    }
    assert_eq!(spans.len(), 2);
}

#[test]
fn filtered_requests_start_no_span_and_are_handed_on() {
    let (tracer, memory) = traced();
    for request in [request(), Pairs::new()] {
        let filtered = Span::passive(tracer.capture(&request).suppressed());
        let _entered = filtered.enter();
        assert!(current().is_suppressed());
        let other = common::context(5, 5, true);
        let spans = [
            tracer.span("current").start(),
            tracer.span("root").root().start(),
            tracer.span("child").child_of(&other).start(),
            tracer_core::span("of no tracer").start(),
        ];
        for span in &spans {
            let _entered = span.enter();
            assert!(!span.is_recording() && span.is_suppressed(), "{span:?}");
            assert!(!tracer.scope("scope").handle().is_recording());
            assert!(!tracer.span("active").start_active().handle().is_recording());
        }
        assert_eq!(spans[2].context(), other, "the given context is what is handed on");
        let stale = vec![("baggage".to_owned(), "stale=1".to_owned())];
        let expected = if request.is_empty() { stale } else { request };
        assert_eq!(out(&tracer, &spans[0]), expected);
    }
    assert!(current().context().is_empty() && !current().is_suppressed());
    assert!(take(&tracer, &memory).is_empty());
    assert_eq!(settled(&tracer).started, 0);
}

#[test]
fn unsampled_traces_are_handed_on_with_their_decision() {
    let memory = MemoryReporter::new();
    let tracer = Tracer::builder("test").reporter(memory.clone()).sampler(AlwaysOff).build();
    let out: HashMap<_, _> = serve(&tracer, &request()).into_iter().collect();
    let parts: Vec<_> = out["traceparent"].split('-').collect();
    assert_eq!((parts[0], parts[1], parts[3]), ("00", TRACE, "00"));
    assert_ne!(parts[2], SPAN, "its own id");
    assert_eq!(out["tracestate"], "a=1,b=2,c=3");
    assert_eq!(out["baggage"], "user=7;p,x=~");
    // A trace that begins here is decided here, once.
    let root = tracer.span("root").root().start();
    let _entered = root.enter();
    for handle in [tracer.scope("scope").handle(), tracer.span("span").start().handle()] {
        assert_eq!(handle.context().trace_id(), root.context().trace_id());
        assert!(!handle.context().is_sampled() && handle.context().is_valid());
    }
    assert!(take(&tracer, &memory).is_empty());
    assert_eq!(settled(&tracer).started, 0);
}

#[test]
fn sampled_traces_are_recorded_and_go_on() {
    let memory = MemoryReporter::new();
    let sampler = ParentBased::new(AlwaysOff);
    let tracer = Tracer::builder("test").reporter(memory.clone()).sampler(sampler).build();
    let out: HashMap<_, _> = serve(&tracer, &request()).into_iter().collect();
    let spans = take(&tracer, &memory);
    assert_eq!(spans.len(), 3);
    let serve = named(&spans, "serve");
    assert_eq!(serve.parent_id.unwrap().to_string(), SPAN);
    assert!(serve.has_remote_parent && !named(&spans, "call").has_remote_parent);
    assert_child(&spans, "scope", "serve");
    assert_child(&spans, "call", "scope");
    let call = named(&spans, "call").span_id.unwrap();
    assert_eq!(out["traceparent"], format!("00-{TRACE}-{call}-01"));
    assert_eq!(
        (out["tracestate"].as_str(), out["baggage"].as_str()),
        ("a=1,b=2,c=3", "user=7;p,x=~")
    );
}

#[test]
fn r10_flipped_under_load_nothing_is_lost() {
    let (counting, busy) = (common::Counting::new(), AtomicBool::new(true));
    let rounds = AtomicU64::new(0);
    let options = RecorderOptions::default().with_max_bytes(64 << 20);
    let tracer = tracer_with(counting.clone(), options);
    let other = Tracer::builder("other").sampler(ParentBased::new(AlwaysOn)).build();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while busy.load(Ordering::Relaxed) {
                    let span = tracer.span("span").child_of(&tracer.extract(&request())).start();
                    let entered = span.enter();
                    let inner = (tracer.scope("a"), tracer.scope("b"));
                    other.span("other").start().set_tag("k", 1);
                    drop((inner.0, span));
                    tracer.span("late").start().finish();
                    drop((inner.1, entered));
                    assert!(current().context().is_empty(), "no guard is lost");
                    rounds.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for flip in 0..100_000 {
            tracer.set_enabled(flip % 2 == 1);
            // In step with the load, so that both see much of each other.
            let seen = rounds.load(Ordering::Relaxed);
            while flip % 499 == 0 && rounds.load(Ordering::Relaxed) == seen {
                std::thread::yield_now();
            }
        }
        busy.store(false, Ordering::Relaxed);
    });
    assert_eq!(tracer.shutdown(LONG), Ok(()));
    let books = settled(&tracer);
    assert_eq!((books.open, books.dropped(), books.reported), (0, 0, counting.seen()));
    assert!(books.started > 100, "{books:?}");
    assert!(settled(&other).open == 0);
}
