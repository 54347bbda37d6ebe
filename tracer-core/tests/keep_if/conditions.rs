//! Which traces are kept, and that they are whole.

use std::sync::mpsc::channel;
use std::time::{Duration, SystemTime};

use tracer_core::{DropReason, KeepIf, Span};

use crate::common::{LONG, assert_child, context, named, settled, take, wait_for};
use crate::{HOUR, REQUEST, gone, holding, names, request, rules, why};

#[test]
fn what_is_kept_is_kept_whole() {
    type End = fn(&Span, &Span);
    let cases: [(&str, End, Option<&str>); 7] = [
        ("nothing special", |_, _| {}, None),
        ("a tag that is no failure", |bottom, _| _ = bottom.set_tag("error", false), None),
        ("a child fails", |bottom, _| _ = bottom.set_tag("error", true), Some("error")),
        ("the root fails", |_, root| _ = root.set_tag("error", true), Some("error")),
        ("asked for below", |b, _| _ = b.set_tag("sampling.priority", 1), Some("priority")),
        ("asked for at the root", |_, r| _ = r.set_tag("sampling.priority", 1), Some("priority")),
        ("taken back", |_, root| _ = root.set_tag("sampling.priority", 0), None),
    ];
    for (case, end, expected) in cases {
        let (tracer, memory) = holding(rules());
        request(&tracer, tracer.span("root").start(), end);
        let books = tracer.books();
        assert!(books.balance() && books.queued == 6 && books.held == 0, "{case}: {books:?}");
        let spans = take(&tracer, &memory);
        let books = settled(&tracer);
        assert_eq!((books.held, books.held_bytes, books.bytes > 0), (0, 0, true), "{case}");
        if expected.is_some() {
            assert_eq!(names(&spans), REQUEST, "{case}");
            assert_eq!(why(named(&spans, "root")).as_deref(), expected, "{case}");
            assert_eq!(spans.iter().filter_map(why).count(), 1, "{case}: on the root alone");
            let above = [
                ("scope", "root"),
                ("lean", "scope"),
                ("explicit", "root"),
                ("future", "scope"),
                ("bottom", "explicit"),
            ];
            above.iter().for_each(|(child, parent)| assert_child(&spans, child, parent));
            assert_eq!(named(&spans, "future").events(), ["here"], "{case}");
            assert!(named(&spans, "scope").tag("made").is_some(), "{case}");
            assert_eq!((books.reported, books.dropped()), (6, 0), "{case}");
        } else {
            let unsampled = u64::from(case == "taken back");
            assert_eq!(spans, [], "{case}");
            assert_eq!(books.dropped_for(DropReason::Unsampled), unsampled, "{case}");
            assert_eq!(gone(&books), [6 - unsampled, 0], "{case}");
        }
    }
}

#[test]
fn slow_by_whose_measure() {
    let second = Duration::from_secs(1);
    let began = SystemTime::UNIX_EPOCH + HOUR;
    for (keep, root_took, child_took, kept) in [
        (KeepIf::new().slower_than(second), 1001, 10, true),
        (KeepIf::new().slower_than(second), 1000, 10, false),
        (KeepIf::new().slower_than(second), 10, 1001, false),
        (KeepIf::new().any_slower_than(second), 10, 1001, true),
        (KeepIf::new().any_slower_than(second), 1001, 10, true),
        (KeepIf::new().any_slower_than(second), 1000, 1000, false),
        (KeepIf::new().any_slower_than(HOUR).slower_than(second), 1001, 10, true),
        (KeepIf::new().failed(), 1001, 1001, false),
    ] {
        let (tracer, memory) = holding(keep.clone());
        let root = tracer.span("root").start_time(began).start();
        let child = tracer.span("child").child_of(&root).start_time(began).start();
        child.finish_at(began + Duration::from_millis(child_took));
        root.finish_at(began + Duration::from_millis(root_took));
        let spans = take(&tracer, &memory);
        let expected: &[&str] = if kept { &["child", "root"] } else { &[] };
        assert_eq!(names(&spans), expected, "{keep:?} {root_took} {child_took}");
        assert!(spans.iter().filter_map(why).all(|why| why == "slow"));
        let books = settled(&tracer);
        assert_eq!(gone(&books), [if kept { 0 } else { 2 }, 0]);
    }
    // The clock's own time.
    let (tracer, memory) = holding(KeepIf::new().slower_than(Duration::from_millis(20)));
    let root = tracer.scope("root");
    tracer.scope("lean").finish();
    std::thread::sleep(Duration::from_millis(30));
    drop(root);
    assert_eq!(names(&take(&tracer, &memory)), ["lean", "root"]);
}

#[test]
fn held_until_its_root_ends_and_late_ones_follow() {
    let (tracer, memory) = holding(rules());
    let root = tracer.span("root").start();
    tracer.span("early").child_of(&root).start().finish();
    let late = tracer.span("late").child_of(&root).start();
    assert_eq!(take(&tracer, &memory), []);
    let books = settled(&tracer);
    assert_eq!((books.held, books.open, books.in_flight, books.queued), (1, 2, 0, 0));
    assert!(books.held_bytes > 0);
    // A failure is told while the request is still running.
    tracer.span("failed").child_of(&root).start().set_tag("error", true);
    let spans = take(&tracer, &memory);
    assert_eq!(names(&spans), ["early", "failed"]);
    assert_eq!(settled(&tracer).held, 0);
    root.finish();
    let spans = take(&tracer, &memory);
    assert_eq!(why(named(&spans, "root")).as_deref(), Some("error"));
    late.finish();
    assert_eq!(names(&take(&tracer, &memory)), ["late"]);
    assert_eq!(settled(&tracer).reported, 4);
}

#[test]
fn late_ones_of_a_trace_that_was_let_go() {
    let (tracer, memory) = holding(rules().with_max_wait(Duration::from_secs(2)));
    let root = tracer.span("root").start();
    let late = tracer.span("late").child_of(&root).start();
    let fails = tracer.span("fails").child_of(&root).start();
    root.finish();
    assert_eq!(take(&tracer, &memory), []);
    assert_eq!(gone(&settled(&tracer)), [1, 0]);
    late.finish();
    assert_eq!(take(&tracer, &memory), []);
    assert_eq!(settled(&tracer).held, 1, "there may be another request of the same trace");
    // It is no loss, and nothing slow: its root has ended.
    assert!(wait_for(LONG, || settled(&tracer).held == 0));
    assert_eq!(gone(&settled(&tracer)), [2, 0]);
    fails.set_tag("error", true);
    drop(fails);
    assert_eq!(names(&take(&tracer, &memory)), ["fails"], "by itself");
}

/// A caller that tries again: each request is judged by itself.
#[test]
fn requests_of_one_trace_one_after_another() {
    let (tracer, memory) = holding(rules());
    let serve = |name: &'static str, failed: bool| {
        let root = tracer.span(name).child_of(&context(7, 9, false).with_remote()).start();
        tracer.span("query").child_of(&root).start().finish();
        root.set_tag("error", failed);
        root.finish();
        names(&take(&tracer, &memory)).len()
    };
    assert_eq!([serve("first", false), serve("second", true), serve("third", false)], [0, 2, 2]);
    assert_eq!(gone(&settled(&tracer)), [2, 0], "once kept, it is kept");
}

/// Local roots and what is below them end on different threads, in any order of the rings.
#[test]
fn no_root_is_judged_before_what_ended_earlier() {
    let (tracer, memory) = holding(rules());
    let (sender, receiver) = channel::<Span>();
    std::thread::scope(|threads| {
        let tracer = &tracer;
        threads.spawn(move || {
            // This thread's ring is there first: the roots'.
            for root in receiver {
                root.finish();
            }
        });
        for round in 0..200 {
            let sender = sender.clone();
            threads.spawn(move || {
                let root = tracer.span("root").start();
                let child = tracer.span("child").child_of(&root).start();
                child.set_tag("error", round % 2 == 0);
                child.finish();
                let _ = sender.send(root);
            });
            if round % 20 == 0 {
                let _ = tracer.flush(LONG);
            }
        }
        drop(sender);
    });
    let _ = tracer.flush(LONG);
    let spans = take(&tracer, &memory);
    let books = settled(&tracer);
    assert_eq!((spans.len(), books.reported, gone(&books)), (200, 200, [200, 0]), "{books:?}");
    assert_eq!(spans.iter().filter_map(why).count(), 100);
}
