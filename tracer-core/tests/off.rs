//! Compiled out: everything is still there to be called, and nothing happens.
#![cfg(any(feature = "off", all(feature = "release-off", not(debug_assertions))))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use tracer_core::mock::MockTracer;
use tracer_core::{
    Batch, Decision, ENABLED, InSpanExt, MemoryReporter, Outcome, Reporter, Sampler, SamplingInput,
    Span, SpanContext, SpanKind, SpanRef, Status, Tag, Tracer, bind_current, current, switch,
};

#[test]
fn spans_take_no_room() {
    const { assert!(!ENABLED) };
    assert_eq!((size_of::<Span>(), size_of::<SpanRef>()), (0, 0));
    assert!(!std::mem::needs_drop::<SpanRef>());
    let future = async {};
    let size = size_of_val(&future);
    assert!(size_of_val(&future.in_span(Span::noop())) <= size + size_of::<usize>());
}

/// Nobody may ask.
#[derive(Debug)]
struct Never;

impl Sampler for Never {
    fn sample(&self, _: &SamplingInput<'_>) -> Decision {
        unreachable!("nothing is sampled")
    }
}

impl Reporter for Never {
    fn report(&mut self, _: &Batch<'_>) -> Outcome {
        unreachable!("nothing is reported")
    }
}

#[test]
fn nothing_is_recorded_extracted_or_injected() {
    let tracer = Tracer::builder("test").sampler(Never).reporter(Never).build();
    switch::set(true);
    tracer.set_enabled(true);
    assert!(!switch::is_on() && !tracer.is_enabled());
    let request = vec![
        (
            "traceparent".to_owned(),
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned(),
        ),
        ("tracestate".to_owned(), "a=1".to_owned()),
        ("baggage".to_owned(), "k=v".to_owned()),
    ];
    assert!(tracer.extract(&request).is_empty() && tracer.capture(&request).is_empty());
    let far = SpanContext::new(1.try_trace(), 1.try_span(), true);
    let span = tracer
        .span("span")
        .kind(SpanKind::Server)
        .tag("k", "v")
        .child_of(&far)
        .follows_from(&far)
        .link(&far)
        .start_time(SystemTime::now())
        .start();
    span.set_tag("k", 1).log("event").rename("other").set_status(Status::ERROR);
    span.log_fields([Tag::new("event", "x")]).log_error(&std::fmt::Error);
    span.set_tags([Tag::new("k", 1)]).link(&far);
    assert!(span.is_noop());
    assert!(tracer.span("lazy").start_with(|_| unreachable!("nobody sees them")).is_noop());
    assert!(!span.set_baggage_item("k", "v") && span.baggage().is_empty());
    let entered = span.enter();
    let scope = tracer.scope("scope");
    scope.set_tag("k", 1).log("event");
    let active = tracer.span("active").root().start_active();
    assert!(!tracer_core::has_current() && tracer_core::current_ids().is_none());
    assert!(current().context().is_empty() && scope.handle().context().is_empty());
    let mut carrier = request.clone();
    tracer.inject(&span, &mut carrier);
    tracer.inject(&far, &mut carrier);
    assert_eq!(carrier, request, "not even what is stale is touched");
    drop((active, scope, entered));
    assert!(Span::passive(far).context().is_empty());
    span.finish_at(SystemTime::now());
    assert_eq!(tracer.books(), tracer_core::Books::default());
    assert_eq!(tracer.flush(Duration::from_secs(5)), Ok(()));
    assert_eq!(tracer.shutdown(Duration::from_secs(5)), Ok(()));
}

#[test]
fn a_mock_tracer_has_nothing_to_show() {
    let tracer = MockTracer::with(Tracer::builder("test").sampler(Never));
    let _global = tracer.set_as_global();
    let span = tracer.span("span").tag("k", 1).start();
    tracer_core::span("of the global one").child_of(&span).start().finish();
    tracer.scope("scope").set_tag("sampling.priority", 1);
    assert_eq!(tracer.open_spans(), 0);
    span.finish();
    tracer.reset();
    assert!(tracer.finished_spans().is_empty() && tracer.roots().is_empty());
    assert_eq!(tracer.span_named("span"), None);
    let _nobody = SpanRef::detached().enter();
}

#[test]
fn bytes_say_nothing_either() {
    use tracer_core::propagation::{ExtractError, Jaeger, binary};

    let far = SpanContext::new(1.try_trace(), 1.try_span(), true);
    assert!(binary::inject(&far).is_empty() && binary::inject(&Span::noop()).is_empty());
    assert_eq!(binary::extract(&[1; 37]), Err(ExtractError::NotFound));
    let tracer = Tracer::builder("test").propagator(Jaeger::http()).build();
    let request = vec![
        ("uber-trace-id".to_owned(), "1:1:0:1".to_owned()),
        ("uberctx-k".to_owned(), "v".to_owned()),
    ];
    assert!(tracer.extract(&request).is_empty() && tracer.capture(&request).is_empty());
    let mut carrier = request.clone();
    tracer.inject(&far, &mut carrier);
    assert_eq!(carrier, request);
}

trait Ids {
    fn try_trace(self) -> tracer_core::TraceId;
    fn try_span(self) -> tracer_core::SpanId;
}

impl Ids for u32 {
    fn try_trace(self) -> tracer_core::TraceId {
        tracer_core::TraceId::from_u128(self.into()).unwrap()
    }

    fn try_span(self) -> tracer_core::SpanId {
        tracer_core::SpanId::from_u64(self.into()).unwrap()
    }
}

#[test]
fn what_is_wrapped_runs_as_ever() {
    let memory = MemoryReporter::new();
    let tracer = Tracer::builder("test").reporter(memory.clone()).build();
    tracer_core::set_global(tracer.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let dropped = Arc::new(AtomicU64::new(0));
    struct Counted(Arc<AtomicU64>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let inside = Counted(Arc::clone(&dropped));
    let seen = Mutex::new(Vec::new());
    runtime.block_on(async {
        let work = async {
            let _inside = inside;
            tokio::task::yield_now().await;
            seen.lock().unwrap().push(bind_current(|| 1)());
            2
        };
        let result = work.in_span(tracer_core::span("span").start()).in_current_span().await;
        seen.lock().unwrap().push(result);
        drop(std::future::pending::<()>().in_span(tracer.span("dropped").start()));
    });
    assert_eq!((seen.into_inner().unwrap(), dropped.load(Ordering::Relaxed)), (vec![1, 2], 1));
    drop(tracer_core::clear_global());
    drop(tracer);
    assert!(memory.spans().is_empty());
}

/// A thread for nothing would be something.
#[cfg(target_os = "linux")]
#[test]
fn no_thread_waits_for_spans() {
    let tracers: Vec<_> = (0..50).map(|_| Tracer::builder("test").build()).collect();
    let threads = std::fs::read_dir("/proc/self/task").unwrap().count();
    assert!(threads < 50, "{threads}");
    drop(tracers);
}
