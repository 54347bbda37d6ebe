//! R3: spans and contexts in thread-locals that are being destroyed, before opentelemetry's own and
//! after it.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::Arc;

use contrib_otel::{
    BoundToOtel, KitPropagator, OtelContext, OtelExt, context_of, current_context, enter, span_of,
};
use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{Span as _, TraceContextExt, Tracer as _};
use support::{Both, off};
use tracer_core::ToContext;

type Bound = BoundToOtel<Pin<Box<dyn Future<Output = ()>>>>;

thread_local! {
    static FIRST: RefCell<Option<Last>> = const { RefCell::new(None) };
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
    static FUTURE: RefCell<Option<Bound>> = const { RefCell::new(None) };
    static CONTEXT: RefCell<Option<Context>> = const { RefCell::new(None) };
}

/// Does what it can in the destructor of a thread-local.
struct Last(Arc<Both>, Context);

impl Drop for Last {
    fn drop(&mut self) {
        let Self(both, cx) = self;
        let mut span = both.otel.start_with_context("below", cx);
        span.add_event("event", vec![]);
        span.end();
        drop(both.otel.start_with_context("root", &Context::new()));
        drop(both.kit().span("kit").child_of(&OtelContext::from(cx.clone())).start());
        let own = both.kit().span("kit").start();
        let _ = (context_of(&own), current_context(), OtelContext::current().to_context());
        span_of(cx).set_tag("a", 1);
        drop(enter(&own));
        let mut headers = std::collections::HashMap::new();
        KitPropagator::new(both.kit()).inject_context(&Context::new(), &mut headers);
    }
}

#[test]
fn r3_a_thread_ends_with_spans_in_its_thread_locals() {
    let both = Arc::new(Both::new());
    let cx = Context::new().with_span(both.otel.start("a"));
    let worker = {
        let both = both.clone();
        // Thread-locals go in the reverse of the order in which they were first touched.
        std::thread::spawn(move || {
            let last = || Some(Last(both.clone(), cx.clone()));
            FIRST.with(|place| *place.borrow_mut() = last());
            CONTEXT.with(|place| *place.borrow_mut() = Some(cx.clone()));
            let inside = last();
            let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(async move {
                let _inside = inside;
                std::future::pending::<()>().await;
            });
            let bound = future.bind_otel_context(cx.clone());
            FUTURE.with(|place| *place.borrow_mut() = Some(bound));
            drop(both.otel.start("opentelemetry's thread-local is there"));
            LAST.with(|place| *place.borrow_mut() = last());
        })
    };
    worker.join().unwrap();
    if off() {
        return;
    }
    let books = both.kit().books();
    assert!(books.balance() && books.open == 0, "{books:?}");
    let spans = both.spans();
    let below = spans.iter().filter(|span| span.name == "below").count() as u64;
    assert!(below + books.dropped() >= 3, "reported or counted: {books:?}");
}
