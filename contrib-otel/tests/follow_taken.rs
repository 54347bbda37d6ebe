//! Somebody else follows opentelemetry's contexts already. A test binary of its own.
#![cfg(feature = "follow")]

mod support;

use std::sync::Arc;

use contrib_otel::{OtelContext, follow_contexts};
use opentelemetry::Context;
use opentelemetry::context::{ContextObserver, GlobalContextObserver};
use opentelemetry::trace::Tracer as _;
use support::{Both, off};
use tracer_core::current;

struct SomebodyElse;

impl ContextObserver for SomebodyElse {
    fn on_context_enter(&self, _: &Context, _: &Context) {}

    fn on_context_exit(&self, _: &Context, _: &Context) {}
}

#[test]
fn it_is_said_and_all_goes_on_as_without() {
    GlobalContextObserver::set(Arc::new(SomebodyElse));
    assert!(!follow_contexts());
    if off() {
        return;
    }
    let both = Both::new();
    both.otel.in_span("a", |_| {
        assert!(current().is_noop());
        drop(both.otel.start("b"));
        drop(both.kit().span("c").child_of(&OtelContext::current()).start());
    });
    assert_eq!(both.tree(), "a\n  b\n  c\n");
}
