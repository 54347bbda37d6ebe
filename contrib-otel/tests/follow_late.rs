//! Contexts that were made, and attached, before the kit followed. A test binary of its own.
#![cfg(feature = "follow")]

mod support;

use contrib_otel::follow_contexts;
use opentelemetry::Context;
use opentelemetry::trace::{TraceContextExt, Tracer as _};
use support::{Both, off};
use tracer_core::{ENABLED, current};

#[test]
fn what_was_there_before() {
    let both = Both::new();
    let early = Context::current_with_span(both.otel.start("early"));
    let attached = early.clone().attach();
    assert_eq!(follow_contexts(), ENABLED);
    if off() {
        return;
    }
    // Not seen: it was attached before. Opentelemetry's own spans know it all the same.
    assert!(current().is_noop());
    drop(both.otel.start("a"));
    both.otel.in_span("b", |_| drop(both.kit().span("c").start()));
    assert!(current().is_noop());
    drop(attached);
    // Made before and attached now, it is looked at.
    let again = early.clone().attach();
    drop(both.kit().span("d").start());
    let value = Context::current_with_value(7u8).attach();
    drop(both.kit().span("e").start());
    drop((value, again));
    assert!(current().is_noop());
    drop(early);
    assert_eq!(both.tree(), "early\n  a\n  b\n    c\n  d\n  e\n");
}
