//! Spans of futures: when they end, who writes to them, and what a panic leaves. (Who is whose
//! parent is in `r6_parents.rs`.)
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use common::{assert_child, runtimes, settled, take, traced};
use tokio::task::yield_now;
use tracer_core::{InSpanExt, SpanContext, current};

#[test]
fn two_tasks_tag_one_span() {
    for runtime in runtimes() {
        let (tracer, memory) = traced();
        let span = tracer.span("shared").start();
        runtime.block_on(async {
            let tag = |key: &'static str| {
                let handle = span.handle();
                tokio::spawn(async move {
                    yield_now().await;
                    handle.set_tag(key, true).log(key);
                })
            };
            let (one, two) = tokio::join!(tag("one"), tag("two"));
            one.and(two).unwrap();
        });
        span.finish();
        let span = take(&tracer, &memory).remove(0);
        assert!(span.tag("one").is_some() && span.tag("two").is_some());
        assert_eq!(span.logs.len(), 2);
    }
}

/// Notes in its drop which span is current, and whether it is still open.
struct Noting(Arc<Mutex<Vec<(SpanContext, bool)>>>);

impl Drop for Noting {
    fn drop(&mut self) {
        let span = current();
        span.log("dropped inside");
        self.0.lock().unwrap().push((span.context(), span.is_recording()));
    }
}

#[test]
fn a_dropped_future_ends_its_span_after_what_is_inside() {
    let (tracer, memory) = traced();
    let seen = Arc::default();
    let mut contexts = Vec::new();
    for polled in [false, true] {
        let span = tracer.span(if polled { "polled" } else { "unpolled" }).start();
        contexts.push((span.context(), true));
        let inside = Noting(Arc::clone(&seen));
        let mut future = Box::pin(
            async move {
                let _inside = inside;
                std::future::pending::<()>().await;
            }
            .in_span(span),
        );
        if polled {
            assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        assert!(current().context().is_empty());
        assert_eq!(settled(&tracer).open, 1);
        drop(future);
        assert_eq!(settled(&tracer).open, 0);
    }
    assert_eq!(*seen.lock().unwrap(), contexts);
    let spans = take(&tracer, &memory);
    assert!(spans.iter().all(|span| span.events() == ["dropped inside"]));
}

#[test]
fn a_span_ends_with_its_future_not_with_the_drop() {
    let (tracer, memory) = traced();
    let mut done = pin!(async { 7 }.in_span(tracer.span("done").start()));
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(done.as_mut().poll(&mut context), Poll::Ready(7));
    assert_eq!(take(&tracer, &memory).len(), 1);
    let span = tracer.span("not owned").start();
    let mut attached = pin!(async { 7 }.attach(span.handle()));
    assert_eq!(attached.as_mut().poll(&mut context), Poll::Ready(7));
    assert!(span.is_recording() && take(&tracer, &memory).is_empty());
}

#[test]
fn a_panic_inside_leaves_the_stack_clean() {
    for runtime in runtimes() {
        let (tracer, memory) = traced();
        let span = tracer.span("panics").start();
        let work = async {
            yield_now().await;
            let _scope_of_sync_code = tracer_core::span("inner").start_active();
            panic!("on purpose");
        };
        let joined = runtime.block_on(async {
            let joined = tokio::spawn(work.in_span(span)).await;
            assert!(tokio::spawn(async { current().context() }).await.unwrap().is_empty());
            joined
        });
        assert!(joined.is_err_and(|error| error.is_panic()));
        assert_child(&take(&tracer, &memory), "inner", "panics");
    }
}
