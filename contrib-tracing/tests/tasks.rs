//! Futures: over awaits, on other threads, dropped early.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use std::future::{pending, poll_fn};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::{join, select};
use support::{dispatch, record};
use testing::{Recorded, named};
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tokio::time::sleep;
use tracer_core::{ENABLED, InSpanExt, current};
use tracing::dispatcher::with_default;
use tracing::instrument::WithSubscriber;
use tracing::{Instrument, info_span, instrument};

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(4).enable_time().build().unwrap()
}

/// Runs a future on the workers of a runtime, with a subscriber of its own.
fn tree_of(make: impl AsyncFnOnce(&Recorded) + Send + 'static) -> String {
    let recorded = Recorded::new();
    let dispatch = dispatch(&recorded);
    let runtime = runtime();
    runtime.block_on(make(&recorded).with_subscriber(dispatch));
    drop(runtime);
    testing::tree(&recorded.spans())
}

async fn hop() {
    for _ in 0..20 {
        yield_now().await;
    }
}

#[test]
fn over_awaits_on_many_workers() {
    if !ENABLED {
        return;
    }
    let tree = tree_of(async |_| {
        let tasks = (0..16).map(|_| {
            let task = async {
                hop().await;
                let inner = async {
                    hop().await;
                    drop(info_span!("innermost"));
                    sleep(Duration::from_millis(1)).await;
                };
                inner.instrument(info_span!("inner")).await;
                drop(info_span!("after"));
            };
            tokio::spawn(task.instrument(info_span!("task")).with_current_subscriber())
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert!(current().is_noop());
    });
    assert_eq!(tree, "task\n  inner\n    innermost\n  after\n".repeat(16));
}

#[test]
fn a_spawned_task_has_the_span_it_was_given() {
    if !ENABLED {
        return;
    }
    let tree = tree_of(async |recorded| {
        let request = recorded.tracer.span("request").start();
        async {
            let in_tracing = async {
                hop().await;
                drop(info_span!("a"));
                // What the kit traces by itself is below the span of `tracing`, on every thread.
                recorded_call().await;
            };
            let spawned = in_tracing.instrument(info_span!("spawned")).with_current_subscriber();
            tokio::spawn(spawned).await.unwrap();
            let in_kit = async { drop(info_span!("b")) };
            tokio::spawn(InSpanExt::in_current_span(in_kit).with_current_subscriber())
                .await
                .unwrap();
            let span = info_span!("blocking");
            let blocking = move || span.in_scope(|| assert!(current().is_recording()));
            tokio::task::spawn_blocking(blocking).await.unwrap();
            let without = async { drop(info_span!("of its own")) };
            tokio::spawn(without.with_current_subscriber()).await.unwrap();
        }
        .in_span(request)
        .await;
    });
    let expected = "request\n  spawned\n    a\n    call\n  b\n  blocking\nof its own\n";
    assert_eq!(tree, expected);
}

/// As an integration does it: a span of the kit's, below the current one.
async fn recorded_call() {
    hop().await;
    tracer_core::span("call").start().finish();
}

#[test]
fn the_loser_of_a_race_ends_with_its_drop() {
    if !ENABLED {
        return;
    }
    let tree = tree_of(async |_| {
        let slow = async {
            let _guard = info_span!("held");
            pending::<()>().await;
        };
        let quick = async {
            hop().await;
            drop(info_span!("won"));
        };
        let race = async {
            let slow = Box::pin(slow.instrument(info_span!("slow")));
            let quick = Box::pin(quick.instrument(info_span!("quick")));
            drop(select(slow, quick).await);
        };
        race.instrument(info_span!("race")).await;
    });
    assert_eq!(tree, "race\n  slow\n    held\n  quick\n    won\n");
}

#[test]
fn two_at_once_do_not_mix() {
    if !ENABLED {
        return;
    }
    let tree = tree_of(async |_| {
        async fn work(name: &'static str) {
            for _ in 0..3 {
                drop(info_span!("step", otel.name = name));
                yield_now().await;
            }
        }
        let both = async {
            let left = work("l").instrument(info_span!("left"));
            let right = work("r").instrument(info_span!("right"));
            join(left, right).await;
        };
        both.instrument(info_span!("both")).await;
    });
    let expected = "both\n  left\n    l\n    l\n    l\n  right\n    r\n    r\n    r\n";
    assert_eq!(tree, expected);
}

/// What a future traces in its drop is below its span.
#[test]
fn dropped_early_and_unpolled() {
    if !ENABLED {
        return;
    }
    struct Tidy;
    impl Drop for Tidy {
        fn drop(&mut self) {
            drop(info_span!("tidied"));
        }
    }
    let spans = record(|| {
        let tidy = Tidy;
        let unpolled = async move {
            let _tidy = tidy;
        };
        drop(unpolled.instrument(info_span!("unpolled")));
    });
    assert_eq!(testing::tree(&spans), "unpolled\n  tidied\n");
}

#[instrument(fields(cents))]
async fn charge(order: u32) -> u32 {
    yield_now().await;
    tracing::Span::current().record("cents", 990);
    discount(order).await
}

#[instrument(skip_all, name = "rebate")]
async fn discount(order: u32) -> u32 {
    hop().await;
    order
}

#[test]
fn functions_that_are_instrumented() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let dispatch = dispatch(&recorded);
    runtime().block_on(async { charge(7).await }.with_subscriber(dispatch));
    let spans = recorded.spans();
    assert_eq!(
        testing::tree_with(&spans, &["order", "cents"]),
        "charge order=7 cents=990\n  rebate\n"
    );
}

/// A span ends where it was left for the last time: its parent does not last as long as a task
/// that it has spawned, which keeps `tracing`'s own span open.
#[test]
fn a_parent_ends_before_what_it_has_spawned() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    with_default(&dispatch(&recorded), || {
        let child = info_span!("parent").in_scope(|| info_span!("child"));
        std::thread::sleep(Duration::from_millis(50));
        child.in_scope(|| ());
        drop(child);
    });
    let spans = recorded.spans();
    let [parent, child] = ["parent", "child"].map(|name| named(&spans, name).end);
    let later = child.duration_since(parent).unwrap();
    // The clocks of two batches differ a little.
    assert!(later >= Duration::from_millis(49), "{later:?}");
}

/// Polled on one thread, then on another, then dropped on a third.
#[test]
fn moved_between_threads_between_polls() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let dispatch = dispatch(&recorded);
    let make = || {
        let mut polls = 0;
        let future = poll_fn(move |_| {
            polls += 1;
            drop(info_span!("poll", n = polls));
            Poll::<()>::Pending
        });
        Box::pin(future.instrument(info_span!("task")))
    };
    let mut future = with_default(&dispatch, make);
    for _ in 0..3 {
        std::thread::scope(|scope| {
            let poll = || {
                let mut context = std::task::Context::from_waker(std::task::Waker::noop());
                with_default(&dispatch, || {
                    assert!(future.as_mut().poll(&mut context).is_pending())
                });
                assert!(current().is_noop());
            };
            scope.spawn(poll).join().unwrap();
        });
    }
    let closing = dispatch.clone();
    std::thread::spawn(move || with_default(&closing, || drop(future))).join().unwrap();
    let tree = testing::tree_with(&recorded.spans(), &["n"]);
    assert_eq!(tree, "task\n  poll n=1\n  poll n=2\n  poll n=3\n");
}
