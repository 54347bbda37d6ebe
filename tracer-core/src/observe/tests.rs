//! Each row of the table.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::*;
use crate::{FinishedSpan, MemoryReporter, Status, Tracer, current};

fn tracer() -> (Tracer, MemoryReporter) {
    let reporter = MemoryReporter::new();
    let tracer = Tracer::builder("test").reporter(reporter.clone()).build();
    (tracer, reporter)
}

/// The one span of what `work` does with an observed span of this kind.
fn observe(kind: Kind, work: impl FnOnce(Observed<u8>)) -> FinishedSpan {
    let (tracer, reporter) = tracer();
    work(Observed::new(kind, tracer.span("op").start(), 7));
    assert!(tracer.flush(Duration::from_secs(5)).is_ok());
    let mut spans = reporter.take();
    assert_eq!(spans.len(), 1, "one span, once: {spans:?}");
    spans.remove(0)
}

fn tag(span: &FinishedSpan, key: &str) -> String {
    span.tag(key).map(ToString::to_string).unwrap_or_default()
}

#[test]
fn dropped_before_the_head() {
    for (kind, failed, error, code) in [
        (Kind::HttpServer, true, "cancelled", ""),
        (Kind::HttpClient, false, "", ""),
        (Kind::GrpcServer, true, "CANCELLED", "CANCELLED"),
        (Kind::GrpcClient, true, "CANCELLED", "CANCELLED"),
        (Kind::Store, false, "", ""),
        (Kind::Upgraded, true, "cancelled", ""),
    ] {
        let span = observe(kind, drop);
        assert_eq!(span.status.is_error(), failed, "{kind:?}");
        assert_eq!(tag(&span, "error.type"), error, "{kind:?}");
        assert_eq!(tag(&span, "rpc.response.status_code"), code, "{kind:?}");
        assert_eq!(span.events(), ["cancelled"], "{kind:?}");
    }
}

#[test]
fn dropped_after_the_head() {
    for (kind, failed, event, size, rows) in [
        (Kind::HttpServer, true, "cancelled", "12", ""),
        (Kind::HttpClient, false, "incomplete", "12", ""),
        (Kind::GrpcServer, true, "cancelled", "", ""),
        (Kind::GrpcClient, true, "cancelled", "", ""),
        (Kind::Store, false, "incomplete", "", "12"),
        (Kind::Upgraded, true, "cancelled", "", ""),
    ] {
        let span = observe(kind, |mut observed| {
            observed.head();
            observed.progress(5);
            observed.progress(7);
            std::thread::sleep(Duration::from_millis(30));
            drop(observed);
        });
        assert_eq!(span.status.is_error(), failed, "{kind:?}");
        assert_eq!(span.events(), [event], "{kind:?}");
        assert_eq!(tag(&span, "http.response.body.size"), size, "{kind:?}");
        assert_eq!(tag(&span, "db.response.returned_rows"), rows, "{kind:?}");
        let time = span.end.duration_since(span.start).unwrap_or_default();
        let at_drop = matches!(kind, Kind::HttpServer | Kind::GrpcServer | Kind::Upgraded);
        assert_eq!(time >= Duration::from_millis(30), at_drop, "{kind:?} {time:?}");
    }
}

#[test]
fn local_work_ends_where_it_was_left_and_says_nothing() {
    let never_left = observe(Kind::Local, drop);
    let left = observe(Kind::Local, |mut observed| {
        observed.run(|| ());
        observed.progress(0);
        std::thread::sleep(Duration::from_millis(300));
        drop(observed);
    });
    for span in [&never_left, &left] {
        assert_eq!((&span.status, span.logs.len()), (&Status::Unset, 0));
        let own = span.tags.iter().filter(|tag| !tag.key.starts_with("sampler."));
        assert_eq!(own.count(), 0);
    }
    let time = left.end.duration_since(left.start).unwrap_or_default();
    assert!(time < Duration::from_millis(300), "{time:?}");
}

#[test]
fn what_the_head_said_stays() {
    for (kind, event) in [
        (Kind::HttpServer, "cancelled"),
        (Kind::HttpClient, "incomplete"),
        (Kind::GrpcServer, "cancelled"),
    ] {
        for panics in [false, true] {
            let span = observe(kind, |mut observed| {
                observed.span().set_tag("error.type", "503").set_status(Status::ERROR);
                observed.head();
                observed.fail();
                if panics {
                    let work = AssertUnwindSafe(|| observed.run(|| panic!("on purpose")));
                    assert!(catch_unwind(work).is_err());
                }
            });
            assert_eq!(tag(&span, "error.type"), "503", "{kind:?}");
            assert!(span.status.is_error());
            assert_eq!(span.events(), [if panics { "error" } else { event }], "{kind:?}");
        }
    }
}

#[test]
fn done() {
    let span = observe(Kind::HttpServer, |mut observed| {
        assert!(observed.is_recording());
        assert_eq!(observed.recording().map(|(_, data)| *data), Some(7));
        observed.head();
        let mut moved = observed.take();
        assert!(observed.is_none());
        moved.end();
        moved.end();
    });
    assert_eq!((span.status, span.logs.len()), (Status::Unset, 0));
}

#[test]
fn a_panic_ends_the_span_and_goes_on() {
    for kind in [Kind::HttpServer, Kind::GrpcClient, Kind::Store] {
        let span = observe(kind, |mut observed| {
            let gone = catch_unwind(AssertUnwindSafe(|| observed.run(|| panic!("on purpose"))));
            assert!(gone.is_err());
            assert!(observed.is_none());
            assert!(!current().is_recording(), "left");
        });
        assert!(span.status.is_error());
        assert_eq!(tag(&span, "error.type"), "panic");
        assert_eq!(span.events(), ["error"]);
    }
}

#[test]
fn current_in_every_step_and_in_the_drop() {
    #[expect(dead_code, reason = "dropped, in this order")]
    struct Owner(Looks, Observed);
    struct Looks(SpanRef);
    impl Drop for Owner {
        fn drop(&mut self) {
            self.1.enter_for_drop();
        }
    }
    impl Drop for Looks {
        fn drop(&mut self) {
            assert_eq!(current().context(), self.0.context());
        }
    }
    let (tracer, _) = tracer();
    let mut observed = Observed::new(Kind::Store, tracer.span("op").start(), ());
    let inside = observed.run(current);
    assert_eq!(inside.context(), observed.span().context());
    drop(Owner(Looks(inside), observed));
    assert!(!current().context().is_valid(), "left");
}

#[test]
fn of_nothing() {
    let mut observed = Observed::new(Kind::Store, Span::noop(), ());
    assert!(observed.is_none());
    assert_eq!(observed.run(|| 3), 3);
    observed.head();
    observed.enter_for_drop();
    observed.end();
}
