//! Tracing inside of tracing: in what users bring, a value, a format, a future, a panic hook.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use common::{LONG, everything, named, settled, take, traced};
use tracer_core::propagation::{Extract, ExtractError, Field, Inject, Propagator, W3c};
use tracer_core::{
    InSpanExt, MemoryReporter, Span, SpanContext, Tag, ToContext, Tracer, Value, current,
};

/// A value of the user's own: it traces when it is shown, when it is made a tag's value or a
/// parent, and when it is dropped.
struct Own<'a>(&'a Tracer, &'a Span);

impl Own<'_> {
    fn trace(&self, what: &'static str) {
        everything(self.0);
        self.1.set_tag(what, true).log(what);
        self.1.set_baggage_item(what, "1");
        let _entered = self.1.enter();
        current().set_tag("current", true).rename("renamed");
        self.0.scope("below").finish();
    }
}

impl fmt::Debug for Own<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.trace("debug");
        f.write_str("shown")
    }
}

impl From<Own<'_>> for Value {
    fn from(own: Own<'_>) -> Self {
        own.trace("from");
        Self::from("made")
    }
}

impl ToContext for Own<'_> {
    fn to_context(&self) -> SpanContext {
        self.trace("to_context");
        self.1.context()
    }
}

impl Drop for Own<'_> {
    fn drop(&mut self) {
        self.trace("drop");
    }
}

#[test]
fn r2_in_the_debug_and_the_drop_of_a_tags_value() {
    let (tracer, memory) = traced();
    let span = tracer.span("outer").start();
    let own = || Own(&tracer, &span);
    span.set_tag("shown", format!("{:?}", own())).set_tag("made", own());
    span.log_fields([Tag::new("shown", format!("{:?}", own())), Tag::new("made", own())]);
    let builder = tracer.span("child").tag("shown", format!("{:?}", own())).tag("made", own());
    builder.child_of(&own()).link(&own()).start().finish();
    let mut carrier = Vec::new();
    tracer.inject(&own(), &mut carrier);
    drop(own());
    span.finish();
    let spans = take(&tracer, &memory);
    let outer = named(&spans, "renamed");
    assert_eq!(outer.tag("shown"), Some(&Value::from("shown")));
    assert_eq!(outer.tag("made"), Some(&Value::from("made")));
    let count = |event: &str| outer.events().iter().filter(|other| *other == event).count();
    assert_eq!((count("debug"), count("from"), count("to_context"), count("drop")), (3, 3, 3, 10));
    assert_eq!(spans.iter().filter(|span| span.name == "below").count(), 3 + 3 + 3 + 10);
    assert_eq!(named(&spans, "child").parent_id, outer.span_id);
    assert_eq!(settled(&tracer).open, 0);
}

#[test]
fn r2_in_the_drop_of_what_a_future_holds() {
    let (tracer, memory) = traced();
    let outer = tracer.span("outer").start();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let held = |polled: bool| {
        let own = Own(&tracer, &outer);
        let work = async move {
            let _own = own;
            std::future::pending::<()>().await;
        };
        let mut work = Box::pin(work.in_span(tracer.span("work").start()));
        runtime.block_on(async {
            if polled {
                assert!(futures_util::poll!(&mut work).is_pending());
            }
        });
        drop(work);
    };
    held(false);
    held(true);
    outer.finish();
    let spans = take(&tracer, &memory);
    assert_eq!(named(&spans, "renamed").events(), ["drop", "drop"]);
    assert_eq!(spans.iter().filter(|span| span.name == "work").count(), 2);
    assert_eq!(settled(&tracer).open, 0);
}

thread_local! {
    /// Whether this thread is in a propagator, or wants its panics traced.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Traces while it reads and writes.
#[derive(Debug, Default)]
struct TracingFormat(Arc<OnceLock<Tracer>>);

impl TracingFormat {
    fn trace(&self) {
        if let Some(tracer) = self.0.get()
            && !INSIDE.replace(true)
        {
            everything(tracer);
            INSIDE.set(false);
        }
    }
}

impl Propagator for TracingFormat {
    fn extract(&self, carrier: &dyn Extract) -> Result<SpanContext, ExtractError> {
        self.trace();
        W3c.extract(carrier)
    }

    fn inject(&self, context: &SpanContext, carrier: &mut dyn Inject) {
        self.trace();
        W3c.inject(context, carrier);
    }

    fn fields(&self) -> &[&'static Field] {
        W3c.fields()
    }
}

#[test]
fn r2_in_a_propagator() {
    let (memory, slot) = (MemoryReporter::new(), Arc::default());
    let builder = Tracer::builder("test").reporter(memory.clone());
    let tracer = builder.propagator(TracingFormat(Arc::clone(&slot))).build();
    assert!(slot.set(tracer.clone()).is_ok());
    let span = tracer.span("call").start();
    let mut carrier = Vec::new();
    tracer.inject(&span, &mut carrier);
    assert_eq!(tracer.extract(&carrier), span.context());
    assert_eq!(tracer.try_extract(&carrier), Ok(span.context()));
    // Parsed when it is asked for.
    tracer.set_enabled(false);
    let raw = tracer.extract(&carrier);
    tracer.set_enabled(true);
    let child = tracer.span("serve").child_of(&raw).start();
    assert_eq!(child.context().trace_id(), span.context().trace_id());
    drop((child, span));
    assert_eq!(take(&tracer, &memory).len(), 2 + 4 * 3);
    assert_eq!(settled(&tracer).open, 0);
    assert_eq!(tracer.shutdown(LONG), Ok(()));
}

/// The only test of this file that panics; the hook is the process's.
#[test]
fn r2_in_a_panic_hook() {
    let (tracer, memory) = traced();
    let before = std::panic::take_hook();
    let own = tracer.clone();
    std::panic::set_hook(Box::new(move |info| {
        if INSIDE.get() {
            everything(&own);
            current().set_tag("panicked", true).log(info.to_string());
        } else {
            before(info);
        }
    }));
    INSIDE.set(true);
    let panics = |work: &dyn Fn()| assert!(catch_unwind(AssertUnwindSafe(work)).is_err());
    panics(&|| {
        let _scope = tracer.scope("panicking scope");
        panic!("in a scope")
    });
    panics(&|| {
        let span = tracer.span("panicking span").start();
        let _entered = span.enter();
        span.log_fields(std::iter::from_fn(|| -> Option<Tag> { panic!("in a field") }));
    });
    INSIDE.set(false);
    drop(std::panic::take_hook());
    let spans = take(&tracer, &memory);
    assert_eq!(spans.len(), 2 + 2 * 3);
    for name in ["panicking scope", "panicking span"] {
        let span = named(&spans, name);
        assert!(span.tag("panicked").is_some() && span.events()[0].contains("panicked at"));
    }
    assert!(current().context().is_empty(), "no guard is lost");
    assert_eq!(settled(&tracer).open, 0);
}
