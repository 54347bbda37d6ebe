//! Tracing inside of tracing: samplers, reporters, users' values, thread-locals at their end.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::cell::RefCell;
use std::sync::{Arc, Mutex, OnceLock};

use common::{
    Calls, LONG, assert_child, everything, lazy, named, settled, take, traced, tracer_with,
};
use tracer_core::{
    ActiveSpan, Batch, Decision, Entered, MemoryReporter, Outcome, Sampler, SamplingInput, Span,
    Tag, Tracer, current,
};

#[derive(Debug, Default)]
struct Tracing(Arc<OnceLock<Tracer>>);

impl Sampler for Tracing {
    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        if input.name == "outer"
            && let Some(tracer) = self.0.get()
        {
            current().log("asked");
            everything(tracer);
        }
        Decision::yes()
    }
}

#[test]
fn r2_in_a_sampler() {
    let memory = MemoryReporter::new();
    let slot = Arc::default();
    let sampler = Tracing(Arc::clone(&slot));
    let tracer = Tracer::builder("test").reporter(memory.clone()).sampler(sampler).build();
    assert!(slot.set(tracer.clone()).is_ok());
    let around = tracer.span("around").start();
    let entered = around.enter();
    tracer.span("outer").root().start().finish();
    tracer.span("outer").root().start_active().finish();
    drop((entered, around));
    let spans = take(&tracer, &memory);
    assert_eq!(spans.len(), 1 + 2 + 2 * 3);
    assert_eq!(named(&spans, "around").events(), ["asked", "asked"]);
    assert_eq!(settled(&tracer).open, 0);
    assert_eq!(tracer.shutdown(LONG), Ok(()));
}

#[test]
fn r2_in_a_reporter_nothing_is_recorded() {
    let (slot, batches) = (Arc::new(OnceLock::<Tracer>::new()), Arc::new(Mutex::new(Vec::new())));
    let (own, log) = (Arc::clone(&slot), Arc::clone(&batches));
    let reporter = Calls(move |batch: &Batch<'_>| {
        log.lock().unwrap().push(batch.len());
        let tracer = own.get().unwrap();
        everything(tracer);
        let far = common::context(1, 1, true);
        for span in [
            tracer.span("of current").start(),
            tracer.span("root").root().start(),
            tracer.span("child").child_of(&far).start(),
            tracer_core::span("of no tracer").start(),
        ] {
            assert!(!span.is_recording() && span.is_suppressed());
        }
        Outcome::Reported
    });
    let tracer = tracer_with(reporter, lazy());
    slot.set(tracer.clone()).unwrap();
    for _ in 0..3 {
        tracer.span("span").start().finish();
        let books = settled(&tracer);
        assert_eq!(books.dropped(), 0, "no assertion failed in there: {books:?}");
    }
    assert_eq!(*batches.lock().unwrap(), [1, 1, 1], "no telemetry about telemetry");
    assert_eq!(settled(&tracer).started, 3);
    assert_eq!(tracer.shutdown(LONG), Ok(()));
}

/// Traces when it is looked at and when it is dropped.
struct Fields<'a>(&'a Tracer, &'a Span, u32);

impl Iterator for Fields<'_> {
    type Item = Tag;

    fn next(&mut self) -> Option<Tag> {
        everything(self.0);
        self.1.set_tag("inside", true).rename("renamed");
        self.2 = self.2.checked_sub(1)?;
        Some(Tag::new("field", self.2))
    }
}

impl Drop for Fields<'_> {
    fn drop(&mut self) {
        everything(self.0);
        self.1.log("dropped");
    }
}

#[derive(Debug)]
struct Failure(Tracer);

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        everything(&self.0);
        f.write_str("failure")
    }
}

impl std::error::Error for Failure {}

#[test]
fn r2_in_users_values() {
    let (tracer, memory) = traced();
    let span = tracer.span("outer").start();
    span.log_fields(Fields(&tracer, &span, 2));
    span.log_at(std::time::UNIX_EPOCH, Fields(&tracer, &span, 1));
    span.log_error(&Failure(tracer.clone()));
    span.finish();
    let spans = take(&tracer, &memory);
    assert_eq!(spans.len(), 1 + 3 * (3 + 1 + 2 + 1 + 1));
    let outer = named(&spans, "renamed");
    assert!(outer.tag("inside").is_some());
    let fields: usize =
        outer.logs.iter().flat_map(|(_, fields)| fields).filter(|f| f.key == "field").count();
    assert_eq!((fields, outer.logs.len()), (3, 5));
}

/// Traces in the destructor of a thread-local.
struct AtTheEnd(Tracer);

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        everything(&self.0);
        // Scopes need the thread's stack, and where that is gone end at once; spans need nothing.
        self.0.scope("scope").log("maybe heard");
        self.0.span("span").start().log("last words");
    }
}

thread_local! {
    static FIRST: RefCell<Vec<AtTheEnd>> = const { RefCell::new(Vec::new()) };
    static LAST: RefCell<Vec<AtTheEnd>> = const { RefCell::new(Vec::new()) };
    static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
    static KEPT_LATER: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

/// What users may leave in a thread-local. The fields are not read: it is about their drop.
#[allow(dead_code, reason = "kept for the drop")]
enum Kept {
    Span(Span),
    Active(ActiveSpan),
    Entered(Entered),
}

#[test]
fn r3_in_thread_locals_that_are_being_destroyed() {
    let (tracer, memory) = traced();
    let threads = 50;
    for _ in 0..threads {
        let tracer = tracer.clone();
        std::thread::spawn(move || {
            FIRST.with_borrow_mut(|list| list.push(AtTheEnd(tracer.clone())));
            tracer.span("touch").start().finish();
            LAST.with_borrow_mut(|list| list.push(AtTheEnd(tracer.clone())));
        })
        .join()
        .expect("no panic in a destructor");
    }
    let books = settled(&tracer);
    assert_eq!((books.started, books.reported, books.open), (threads * 11, threads * 11, 0));
    let spans = take(&tracer, &memory);
    let words = spans.iter().filter(|span| span.events() == ["last words"]).count();
    assert_eq!(words as u64, 2 * threads);
}

#[test]
fn r3_stored_in_thread_locals_that_are_being_destroyed() {
    let (tracer, memory) = traced();
    let keep = |list: &'static std::thread::LocalKey<RefCell<Vec<Kept>>>, tracer: &Tracer| {
        list.with_borrow_mut(|list| {
            let span = tracer.span("stored").root().start();
            list.push(Kept::Entered(span.enter()));
            list.push(Kept::Active(tracer.scope("lean")));
            let active = tracer.span("active").start_active();
            active.set_tag("k", 1);
            list.push(Kept::Active(active));
            list.push(Kept::Span(span));
        });
    };
    for before in [true, false] {
        let own = tracer.clone();
        std::thread::spawn(move || {
            if before {
                KEPT.with_borrow_mut(Vec::clear);
            }
            own.span("touch").start().finish();
            keep(if before { &KEPT } else { &KEPT_LATER }, &own);
        })
        .join()
        .expect("no panic in a destructor");
        let books = settled(&tracer);
        assert_eq!((books.open, books.dropped()), (0, 0), "{before}: {books:?}");
        let spans = take(&tracer, &memory);
        assert_eq!(spans.len(), 4);
        assert_child(&spans, "lean", "stored");
        assert_child(&spans, "active", "lean");
    }
}
