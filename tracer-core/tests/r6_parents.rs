//! R6: the parent is right wherever work goes on: after an await and a yield, in tasks and blocking
//! ones, in `select!` and `join!`, in streams; on this thread, on one worker, on several.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use common::{named, runtimes, settled, take, traced};
use futures_util::stream::FuturesUnordered;
use futures_util::{Stream, StreamExt, stream};
use tokio::runtime::Runtime;
use tokio::task::{LocalSet, spawn_blocking, yield_now};
use tracer_core::{FinishedSpan, InSpanExt, SpanContext, Tracer, bind_current, current};

/// Requests at once, each of which goes everywhere.
const REQUESTS: usize = 16;

fn now() -> SpanContext {
    current().context()
}

/// Runs this as several requests at once on each kind of runtime, each below a span of its own; so
/// many spans have to be below each, and be children of it.
fn everywhere<F>(below: usize, work: fn(Tracer, SpanContext) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    for runtime in runtimes() {
        let (tracer, memory) = traced();
        runtime.block_on(requests(&tracer, work));
        assert!(now().is_empty(), "nothing is left behind");
        assert_children(&take(&tracer, &memory), below);
        assert_eq!(settled(&tracer).open, 0);
    }
}

async fn requests<F>(tracer: &Tracer, work: fn(Tracer, SpanContext) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let tasks: Vec<_> = (0..REQUESTS)
        .map(|_| {
            let span = tracer.span("request").root().start();
            let own = span.context();
            tokio::spawn(work(tracer.clone(), own).in_span(span))
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

fn assert_children(spans: &[FinishedSpan], below: usize) {
    let requests: Vec<_> = spans.iter().filter(|span| span.name == "request").collect();
    assert_eq!(requests.len(), REQUESTS);
    for request in requests {
        let of_it = spans.iter().filter(|span| span.trace_id == request.trace_id);
        let children: Vec<_> = of_it.filter(|span| span.name != "request").collect();
        assert_eq!(children.len(), below);
        assert!(children.iter().all(|span| span.parent_id == request.span_id));
    }
}

/// Whatever span is started by code that names neither tracer nor parent.
fn child() -> SpanContext {
    let span = tracer_core::span("child").start();
    span.context()
}

#[test]
fn r6_await_and_yield() {
    everywhere(20, |tracer, own| async move {
        for _ in 0..20 {
            assert_eq!(now(), own);
            yield_now().await;
            let child = tracer.span("child").start();
            let inner = child.context();
            async {
                assert_eq!(now(), inner);
                yield_now().await;
                assert_eq!(now(), inner);
            }
            .in_span(child)
            .await;
            tokio::time::sleep(Duration::from_micros(10)).await;
        }
        assert_eq!(now(), own);
    });
}

/// A task has no parent unless it is told.
#[test]
fn r6_spawn() {
    everywhere(3, |_, own| async move {
        let told = tokio::spawn(
            async {
                yield_now().await;
                child();
                let again = tokio::spawn(async { (now(), child()).0 }.in_current_span());
                (now(), again.await.unwrap())
            }
            .in_current_span(),
        );
        let alone = tokio::spawn(async { now() });
        assert_eq!(told.await.unwrap(), (own.clone(), own.clone()));
        assert!(alone.await.unwrap().is_empty());
        // One that is ended from outside leaves nothing behind.
        let forever = tokio::spawn(std::future::pending::<()>().in_current_span());
        yield_now().await;
        forever.abort();
        assert!(forever.await.unwrap_err().is_cancelled());
        assert_eq!(now(), own);
        child();
    });
}

#[test]
fn r6_spawn_blocking() {
    everywhere(2, |_, own| async move {
        let told = spawn_blocking(bind_current(|| (now(), child()).0));
        let alone = spawn_blocking(now);
        assert_eq!(told.await.unwrap(), own);
        assert!(alone.await.unwrap().is_empty());
        assert_eq!(now(), own);
        child();
    });
}

#[test]
fn r6_select() {
    everywhere(5, |tracer, own| async move {
        let slow = async {
            yield_now().await;
            (now(), std::future::pending::<()>().await).0
        };
        let quick = async {
            yield_now().await;
            (now(), child()).0
        };
        tokio::select! {
            _ = slow.in_span(tracer.span("loser").start()) => unreachable!(),
            seen = quick => assert_eq!(seen, own),
        }
        // Each of the two is polled once before one is done, and the other one is dropped.
        let (one, two) = (tracer.span("one").start(), tracer.span("two").start());
        tokio::select! {
            biased;
            () = std::future::pending().in_span(one) => unreachable!(),
            () = yield_now().in_span(two) => {}
        }
        assert_eq!(now(), own);
        child();
    });
}

#[test]
fn r6_join() {
    everywhere(5, |tracer, own| async move {
        let look = || async {
            let before = now();
            yield_now().await;
            (before, now())
        };
        let (left, right) = (tracer.span("left").start(), tracer.span("right").start());
        let expected = [left.context(), right.context(), own.clone()];
        let (left, right, plain) =
            tokio::join!(look().in_span(left), look().in_span(right), look());
        for (seen, expected) in [left, right, plain].into_iter().zip(expected) {
            assert_eq!(seen, (expected.clone(), expected));
        }
        let children = (0..3).map(|_| tracer.span("of many").start());
        let many: FuturesUnordered<_> = children
            .map(|span| (span.context(), span))
            .map(|(own, span)| async { (look().in_span(span).await, own) })
            .collect();
        let seen: Vec<_> = many.collect().await;
        assert!(seen.iter().all(|((before, after), own)| before == own && after == own));
        assert_eq!(now(), own);
    });
}

/// Yields the current context, and is pending once before each item.
struct Looking {
    left: usize,
    ready: bool,
}

fn looking() -> Looking {
    Looking { left: 3, ready: true }
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
        Poll::Ready(Some(now()))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

#[test]
fn r6_streams() {
    everywhere(6, |tracer, own| async move {
        let span = tracer.span("stream").start();
        let inner = span.context();
        let mut items = looking().in_span(span);
        let mut plain = looking();
        for _ in 0..3 {
            assert_eq!(items.next().await, Some(inner.clone()));
            assert_eq!(now(), own);
            assert_eq!(plain.next().await, Some(own.clone()));
        }
        assert_eq!((items.next().await, plain.next().await), (None, None));
        let left = tracer.span("left early").start();
        assert!(looking().in_span(left).next().await.is_some());
        assert_eq!(now(), own);
        // What a stream of futures makes of its items, several at once.
        let each = |nth: u64| async move {
            tokio::time::sleep(Duration::from_micros(40 - 10 * nth)).await;
            (now(), child()).0
        };
        let seen: Vec<_> = stream::iter(0..4).map(each).buffer_unordered(2).collect().await;
        assert!(seen.iter().all(|seen| *seen == own));
    });
}

/// The stream's span ends at its end, and not with its drop; shared, it does not end it.
#[test]
fn r6_streams_end_their_span_at_their_end() {
    for runtime in runtimes() {
        let (tracer, memory) = traced();
        runtime.block_on(async {
            let mut items = looking().in_span(tracer.span("stream").start());
            assert_eq!(items.size_hint(), (3, Some(3)));
            while items.next().await.is_some() {
                assert!(now().is_empty());
                assert_eq!(tracer.books().open, 1);
            }
            assert_eq!(tracer.books().open, 0, "at its end, before its drop");
            drop(items);
            drop(looking().in_span(tracer.span("dropped unread").start()));
            let shared = tracer.span("shared").start();
            let seen: Vec<_> = looking().attach(shared.handle()).collect().await;
            assert_eq!(seen, vec![shared.context(); 3]);
            assert!(shared.is_recording());
        });
        let spans = take(&tracer, &memory);
        for name in ["stream", "dropped unread", "shared"] {
            assert_eq!(named(&spans, name).parent_id, None);
        }
    }
}

/// Tasks that stay on their thread, and the thread that waits for them.
#[test]
fn r6_tasks_of_one_thread() {
    let (tracer, memory) = traced();
    let runtime: Runtime = runtimes().into_iter().next().unwrap();
    let span = tracer.span("request").root().start();
    let own = span.context();
    {
        let _entered = span.enter();
        let tasks = LocalSet::new();
        let told =
            tasks.spawn_local(async { (yield_now().await, now(), child()).1 }.in_current_span());
        let (waiting, told) = tasks.block_on(&runtime, async { (now(), told.await.unwrap()) });
        assert_eq!((&waiting, &told, &now()), (&own, &own, &own));
    }
    drop(span);
    let spans = take(&tracer, &memory);
    assert_eq!(named(&spans, "child").parent_id, named(&spans, "request").span_id);
}
