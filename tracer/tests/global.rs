//! The global tracer, set up and taken down: a process of its own.
#![allow(clippy::unwrap_used, reason = "tests")]

use tracer::{ENABLED, global};

#[test]
fn spans_are_recorded_for_as_long_as_the_guard_lives() {
    let none = |name: &str| (name == "OTEL_TRACES_EXPORTER").then(|| "none".to_owned());
    let tracing = tracer::env::init_from(none);
    let tracer = tracing.tracer().clone();
    assert!(global().is_some());

    tracer::span("during").start().finish();
    drop(tracing);
    tracer::span("after").start().finish();

    let books = tracer.books();
    let recorded = u64::from(ENABLED);
    assert_eq!((books.started, books.reported, books.dropped()), (recorded, recorded, 0));
}
