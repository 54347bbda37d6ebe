//! What opentracing-go checks of itself beside its harness.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use common::named;
use tracer_core::mock::MockTracer;
use tracer_core::{
    FinishedSpan, InSpanExt, Span, SpanContext, SpanRef, Status, Tag, Tracer, clear_global,
    current, global, set_global,
};

#[test]
fn child_of_none_adds_no_reference() {
    let tracer = MockTracer::new();
    let none = (None::<SpanContext>, None::<SpanRef>, Span::noop(), SpanContext::default());
    let builder = tracer.span("alone").child_of(&none.0).child_of(&none.1).child_of(&none.2);
    builder.follows_from(&none.3).link(&none.0).start().finish();
    let span = tracer.span_named("alone").unwrap();
    assert_eq!((span.parent_id, span.links.len()), (None, 0));
    // Nor does it hide the current one.
    let outer = tracer.span("outer").start();
    let _entered = outer.enter();
    tracer.span("below").child_of(&none.0).start().finish();
    assert_eq!(tracer.span_named("below").unwrap().parent_id, outer.context().span_id());
}

#[test]
fn a_context_with_no_span_clears_the_current_one() {
    let tracer = MockTracer::new();
    let outer = tracer.span("outer").start();
    let _entered = outer.enter();
    {
        let nobody = SpanRef::detached();
        let _cleared = nobody.enter();
        assert!(current().context().is_empty() && !current().is_recording());
        tracer.span("root").start().finish();
        {
            let _scope = tracer.scope("scope");
            tracer.scope("inner").finish();
        }
        current().set_tag("lost", 1).log("lost").set_status(Status::ERROR);
        let mut carrier = Vec::new();
        tracer.inject(&current(), &mut carrier);
        assert!(carrier.is_empty(), "nothing to hand on");
    }
    assert_eq!(current().context(), outer.context(), "and the one before is back");
    tracer.span("child").start().finish();
    let spans = tracer.finished_spans();
    assert_eq!(named(&spans, "root").parent_id, None);
    assert_eq!(named(&spans, "scope").parent_id, None);
    common::assert_child(&spans, "inner", "scope");
    assert_eq!(named(&spans, "child").parent_id, outer.context().span_id());
    assert_eq!(tracer.books().written_after_finish, 0);
}

#[tokio::test]
async fn futures_and_closures_can_be_cleared_too() {
    let tracer = MockTracer::new();
    let outer = tracer.span("outer").start();
    let work = async {
        let cleared = async {
            tokio::task::yield_now().await;
            assert!(current().context().is_empty());
            tracer.span("root").start().finish();
        };
        cleared.attach(SpanRef::detached()).await;
        SpanRef::detached().bind(|| tracer.scope("bound").finish())();
        tracer.span("child").start().finish();
    };
    let id = outer.context().span_id();
    work.in_span(outer).await;
    let spans = tracer.finished_spans();
    let parent = |name: &str| named(&spans, name).parent_id;
    assert_eq!((parent("root"), parent("bound"), parent("child")), (None, None, id));
}

#[test]
fn below_a_filter_nobody_starts_a_span_either() {
    let tracer = MockTracer::new();
    let filtered = Span::passive(SpanContext::default().suppressed());
    let _entered = filtered.enter();
    let _nobody = SpanRef::detached().enter();
    assert!(current().is_suppressed());
    tracer.span("none").root().start().finish();
    tracer.scope("none").finish();
    assert!(tracer.finished_spans().is_empty());
}

/// The only test of this file that looks at the global tracer.
#[test]
fn the_global_tracer_is_none_until_it_is_set_and_says_so() {
    assert!(global().is_none());
    let span = tracer_core::span("nobody's").start();
    assert!(!span.is_recording() && span.context().is_empty());
    let tracer = MockTracer::new();
    assert!(set_global(Tracer::clone(&tracer)).is_none());
    assert!(global().is_some());
    tracer_core::span("somebody's").start().finish();
    assert!(clear_global().is_some() && global().is_none());
    tracer_core::span("nobody's").start().finish();
    let names: Vec<_> = tracer.finished_spans().into_iter().map(|span| span.name).collect();
    assert_eq!(names, ["somebody's"]);
}

#[test]
fn log_error_sets_the_error_and_logs_it() {
    let tracer = MockTracer::new();
    let span = tracer.span("failed").start();
    span.log_error(&std::io::Error::other("disk on fire"));
    span.finish();
    let span: FinishedSpan = tracer.span_named("failed").unwrap();
    assert!(span.status.is_error());
    assert_eq!(span.events(), ["error"]);
    let fields = &span.logs[0].1;
    assert!(fields.contains(&Tag::new("error.kind", "std::io::error::Error")));
    assert!(fields.contains(&Tag::new("message", "disk on fire")));
}

#[test]
fn a_span_is_a_child_of_the_current_one_if_there_is_one_else_a_root() {
    let tracer = MockTracer::new();
    tracer.span("alone").start().finish();
    {
        let outer = tracer.span("outer").start();
        let _entered = outer.enter();
        tracer.span("child").start().finish();
        tracer.span("other trace").root().start().finish();
    }
    tracer.span("alone again").start().finish();
    let spans = tracer.finished_spans();
    common::assert_child(&spans, "child", "outer");
    for name in ["alone", "other trace", "alone again"] {
        assert_eq!(named(&spans, name).parent_id, None, "{name}");
    }
}
