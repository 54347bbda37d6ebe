//! Spans that are leaked, closed late, cloned.

mod support;

use std::time::{Duration, Instant};

use support::{dispatch, layer, record};
use testing::Recorded;
use tracer_core::{ENABLED, current};
use tracing::dispatcher::with_default;
use tracing::{Dispatch, info, info_span};
use tracing_subscriber::layer::SubscriberExt;

#[test]
fn a_guard_that_is_forgotten_hurts_nobody_else() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let dispatch = dispatch(&recorded);
    let work = || {
        with_default(&dispatch, || {
            let span = info_span!("forgotten");
            let guard = span.enter();
            #[allow(clippy::mem_forget, reason = "that is the question")]
            std::mem::forget(guard);
            drop(span);
            // Still current, although it has ended.
            assert!(current().context().is_valid());
            drop(info_span!("after"));
        });
    };
    std::thread::scope(|scope| scope.spawn(work).join().unwrap());
    let books = recorded.tracer.books();
    assert_eq!((books.open, books.finished), (0, 2), "{books:?}");
    assert_eq!(testing::tree(&recorded.spans()), "forgotten\n  after\n");
}

#[test]
fn a_leaked_span_ends_with_its_layer() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let dispatch = dispatch(&recorded);
    with_default(&dispatch, || {
        let id = info_span!("leaked").id().unwrap();
        // One more reference, which nobody gives back: the first was given back with the span.
        let span = info_span!("kept open");
        let more = Dispatch::clone_span(&dispatch, &span.id().unwrap());
        assert_ne!(id, more);
    });
    assert_eq!(recorded.tracer.books().open, 1);
    drop(dispatch);
    // Another test's first event makes tracing look through all dispatchers, and hold each of them
    // for a moment: then that one is the last to drop it.
    let give_up = Instant::now() + Duration::from_secs(5);
    while recorded.tracer.books().open > 0 && Instant::now() < give_up {
        std::thread::yield_now();
    }
    assert_eq!(recorded.tracer.books().open, 0);
    assert_eq!(recorded.spans().len(), 2);
}

#[test]
fn closed_on_another_thread_without_a_subscriber() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let span = with_default(&dispatch(&recorded), || info_span!("span"));
    std::thread::spawn(move || drop(span)).join().unwrap();
    assert_eq!(testing::tree(&recorded.spans()), "span\n");
}

#[test]
fn written_on_after_the_kits_span_has_ended() {
    if !ENABLED {
        return;
    }
    let spans = record(|| {
        let span = info_span!("span", later = tracing::field::Empty);
        let handle = span.in_scope(current);
        drop(span);
        let _late = handle.enter();
        info!("too late");
        drop(info_span!("child"));
    });
    assert_eq!(testing::tree(&spans), "span\n  child\n");
    assert!(spans.iter().all(|span| span.logs.is_empty()));
}

/// A registry gives ids out again.
#[test]
fn ids_that_come_again_are_other_spans() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    with_default(&dispatch(&recorded), || {
        for n in 0..2_000 {
            let span = info_span!("span", n);
            span.in_scope(|| assert!(current().is_recording()));
            drop(span);
            assert!(current().is_noop());
        }
    });
    let spans = recorded.spans();
    assert_eq!(spans.len(), 2_000);
    assert!(spans.iter().enumerate().all(|(n, span)| testing::tag(span, "n") == n.to_string()));
    assert!(spans.iter().all(|span| span.parent_id.is_none()));
}

#[test]
fn a_layer_can_be_an_option_and_in_a_box() {
    use tracing_subscriber::Layer;

    if !ENABLED {
        return;
    }
    let recorded = Recorded::new();
    let subscriber = tracing_subscriber::registry().with(Some(layer(&recorded).boxed()));
    tracing::subscriber::with_default(subscriber, || {
        info_span!("a").in_scope(|| drop(info_span!("b")));
    });
    assert_eq!(testing::tree(&recorded.spans()), "a\n  b\n");
}
