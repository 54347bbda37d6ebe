//! The current span in futures and streams, on one worker and on several.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use common::{LONG, assert_child, named, settled, take, traced};
use futures_util::{Stream, StreamExt, stream};
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tracer_core::{InSpanExt, SpanContext, Tracer, bind_current, current};

fn runtimes() -> [Runtime; 3] {
    let many = |workers| Builder::new_multi_thread().worker_threads(workers).enable_all().build();
    [Builder::new_current_thread().enable_all().build(), many(1), many(4)].map(Result::unwrap)
}

/// Work that goes to and fro between tasks and threads, and looks where it is at each step.
async fn steps(tracer: Tracer, own: SpanContext) {
    for _ in 0..20 {
        assert_eq!(current().context(), own);
        yield_now().await;
        let child = tracer.span("child").start();
        let inner = child.context();
        async {
            assert_eq!(current().context(), inner);
            yield_now().await;
            assert_eq!(current().context(), inner);
        }
        .in_span(child)
        .await;
        tokio::time::sleep(std::time::Duration::from_micros(10)).await;
    }
    assert_eq!(current().context(), own);
    let spawned = tokio::spawn(async { current().context() }.in_current_span());
    assert_eq!(spawned.await.unwrap(), own);
    let alone = tokio::spawn(async { current().context() });
    assert!(alone.await.unwrap().is_empty(), "a task of its own has no parent unless told");
    let blocking = tokio::task::spawn_blocking(bind_current(|| current().context()));
    assert_eq!(blocking.await.unwrap(), own);
    let (left, right) = tokio::join!(
        async {
            yield_now().await;
            current().context()
        }
        .in_span(tracer.span("left").start()),
        async { current().context() }.in_span(tracer.span("right").start()),
    );
    assert!(left != right && left != own && right != own);
    tokio::select! {
        () = std::future::pending::<()>().in_span(tracer.span("loser").start()) => unreachable!(),
        () = yield_now() => {}
    }
    assert_eq!(current().context(), own);
}

#[test]
fn r6_the_parent_is_right_every_time() {
    for runtime in runtimes() {
        let (tracer, memory) = traced();
        runtime.block_on(async {
            let tasks: Vec<_> = (0..16)
                .map(|_| {
                    let span = tracer.span("request").root().start();
                    let own = span.context();
                    tokio::spawn(steps(tracer.clone(), own).in_span(span))
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
        });
        assert!(current().context().is_empty());
        let spans = take(&tracer, &memory);
        let requests: Vec<_> = spans.iter().filter(|span| span.name == "request").collect();
        assert_eq!(requests.len(), 16);
        for request in requests {
            let below: Vec<_> = spans
                .iter()
                .filter(|span| span.trace_id == request.trace_id && span.name != "request")
                .collect();
            assert_eq!(below.len(), 23);
            assert!(below.iter().all(|span| span.parent_id == request.span_id));
        }
        assert_eq!(settled(&tracer).open, 0);
    }
}

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

/// Yields the current context, and is pending once before each item.
struct Looking {
    left: usize,
    ready: bool,
}

impl Stream for Looking {
    type Item = SpanContext;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<SpanContext>> {
        self.ready = !self.ready;
        if !self.ready {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.left = match self.left.checked_sub(1) {
            Some(left) => left,
            None => return Poll::Ready(None),
        };
        Poll::Ready(Some(current().context()))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

#[test]
fn streams_are_polled_in_their_span_and_end_it_at_their_end() {
    for runtime in runtimes() {
        let (tracer, memory) = traced();
        runtime.block_on(async {
            let span = tracer.span("stream").start();
            let own = span.context();
            let mut items = Looking { left: 3, ready: true }.in_span(span);
            assert_eq!(items.size_hint(), (3, Some(3)));
            for _ in 0..3 {
                assert_eq!(items.next().await, Some(own.clone()));
                assert!(current().context().is_empty());
            }
            assert_eq!(tracer.books().open, 1);
            assert_eq!(items.next().await, None);
            assert_eq!(tracer.books().open, 0, "at its end, before its drop");
            drop(stream::iter([1]).in_span(tracer.span("dropped early").start()));
            let shared = tracer.span("shared").start();
            let seen: Vec<_> =
                Looking { left: 2, ready: true }.attach(shared.handle()).collect().await;
            assert_eq!(seen, [shared.context(), shared.context()]);
        });
        let spans = take(&tracer, &memory);
        assert_eq!(named(&spans, "stream").parent_id, None);
        assert_eq!(named(&spans, "dropped early").parent_id, None);
        assert_eq!(tracer.shutdown(LONG), Ok(()));
    }
}
