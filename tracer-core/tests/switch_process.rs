//! The process-wide switch: alone in its process, for it is everybody's.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use common::{LONG, SPAN, TRACE, assert_child, settled, take, traced};
use tracer_core::observe::BorderSettings;
use tracer_core::{MemoryReporter, Tracer, current, set_global, switch};

#[test]
fn one_switch_for_all() {
    assert!(switch::is_on(), "unless the environment says otherwise");
    let (tracer, memory) = traced();
    no_tracer_is_a_noop();
    off_hands_on_unread(&tracer);
    off_and_on_in_mid_request(&tracer);
    assert_eq!(take(&tracer, &memory).len(), 3);
    flipped_under_load(&tracer);
    the_global_tracer_serves_spans_of_none();
    a_request_keeps_no_replaced_tracer_from_its_shutdown();
}

fn no_tracer_is_a_noop() {
    let span = tracer_core::span("nobody's").start();
    assert!(span.context().is_empty() && !span.is_recording());
    assert!(tracer_core::global().is_none());
}

fn off_hands_on_unread(tracer: &Tracer) {
    switch::set(false);
    assert!(!tracer.is_enabled());
    let request = vec![
        ("traceparent".to_owned(), "not even legal".to_owned()),
        ("baggage".to_owned(), " user = 7".to_owned()),
    ];
    let span = tracer.span("serve").child_of(&tracer.extract(&request)).start();
    {
        let _entered = span.enter();
        let _scope = tracer.scope("scope");
        assert_eq!(current().baggage_item("user").as_deref(), Some("7"));
        let mut out = Vec::<(String, String)>::new();
        tracer.inject(&tracer_core::span("of no tracer").start(), &mut out);
        assert_eq!(out, request);
        assert!(tracer.span("root").root().start().context().is_empty());
    }
    assert!(tracer.span("none").start().context().is_empty());
    assert!(tracer.scope("none").handle().context().is_empty());
    assert_eq!(settled(tracer).started, 0);
    switch::set(true);
}

fn off_and_on_in_mid_request(tracer: &Tracer) {
    let (outer, memory) = traced();
    let span = outer.span("open").start();
    let entered = span.enter();
    let scope = outer.scope("scope");
    switch::set(false);
    let request = vec![("traceparent".to_owned(), format!("00-{TRACE}-{SPAN}-01"))];
    let raw = tracer.span("raw").child_of(&tracer.extract(&request)).start();
    let off = outer.scope("off");
    assert_eq!(off.handle().context(), scope.handle().context());
    assert!(!off.handle().is_recording());
    drop((off, scope, entered, span));
    switch::set(true);
    let spans = take(&outer, &memory);
    assert_eq!(spans.len(), 2);
    assert_child(&spans, "scope", "open");
    // The caller's values, taken unread, are worth reading again.
    let entered = raw.enter();
    for span in [tracer.span("one").start(), tracer.span("two").child_of(&raw).start()] {
        assert_eq!(span.context().trace_id().map(|id| id.to_string()).as_deref(), Some(TRACE));
    }
    tracer.scope("three").finish();
    drop(entered);
}

fn flipped_under_load(tracer: &Tracer) {
    let (busy, rounds) = (AtomicBool::new(true), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while busy.load(Ordering::Relaxed) {
                    let span = tracer.span("span").start();
                    let entered = span.enter();
                    let scopes = (tracer.scope("a"), tracer.scope("b"));
                    current().set_tag("k", 1);
                    drop((scopes, entered, span));
                    assert!(current().context().is_empty(), "no guard is lost");
                    rounds.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for flip in 0..100_000 {
            switch::set(flip % 2 == 1);
            // In step with the load, so that both see much of each other.
            let seen = rounds.load(Ordering::Relaxed);
            while flip % 499 == 0 && rounds.load(Ordering::Relaxed) == seen {
                std::thread::yield_now();
            }
        }
        busy.store(false, Ordering::Relaxed);
    });
    assert!(switch::is_on());
    let books = settled(tracer);
    assert_eq!((books.open, books.in_flight, books.queued), (0, 0, 0), "{books:?}");
    assert!(books.started > 100, "{books:?}");
}

fn the_global_tracer_serves_spans_of_none() {
    let (tracer, memory) = traced();
    assert!(set_global(tracer.clone()).is_none());
    {
        let span = tracer_core::span("span").start();
        let _entered = span.enter();
        tracer_core::span("child").start_active().finish();
    }
    let spans = take(&tracer, &memory);
    assert_child(&spans, "child", "span");
    it_stands_in_for_no_other_one(&tracer, &memory);
    let replaced = set_global(traced().0);
    assert_eq!(replaced.as_ref().map(Tracer::resource), Some(tracer.resource()));
    assert!(tracer_core::clear_global().is_some());
    assert!(tracer_core::global().is_none());
    assert_eq!(tracer.shutdown(LONG), Ok(()));
}

/// Who replaces it waits for its last spans, and no request that has asked for it by chance.
fn a_request_keeps_no_replaced_tracer_from_its_shutdown() {
    let (tracer, memory) = traced();
    assert!(set_global(tracer).is_none());
    let settings = BorderSettings::default();
    let Some(in_request) = settings.tracer() else { panic!("there is a global one") };
    drop(tracer_core::span("before").start());
    assert!(tracer_core::clear_global().is_some(), "its last owner");
    assert_eq!(memory.take().len(), 1, "shut down by now");
    drop(in_request.span("after").start());
    let books = in_request.books();
    assert_eq!((books.reported, books.dropped()), (1, 1), "{books:?}");
    assert!(books.balance() && settings.tracer().is_none());
}

/// What is below a span is its tracer's, even if that has been switched off meanwhile.
fn it_stands_in_for_no_other_one(global: &Tracer, memory: &MemoryReporter) {
    let (own, _memory) = traced();
    let span = own.span("span").root().start();
    let _entered = span.enter();
    own.set_enabled(false);
    for child in [tracer_core::span("child"), tracer_core::span("child").tag("k", 1)] {
        let child = child.start();
        assert!(!child.is_recording());
        assert_eq!(child.context(), span.context(), "it is handed on");
    }
    assert!(!tracer_core::span("child").start_active().handle().is_recording());
    assert!(take(global, memory).is_empty());
}
