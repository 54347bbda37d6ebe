//! A published message joins the trace of who has published it.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use contrib_redis::{TraceExt, envelope};
use redis::Commands;
use testing::{Recorded, named};
use tracer_core::{ENABLED, SpanKind, current};

#[test]
fn a_message_joins_the_trace() {
    let recorded = Recorded::new();
    let channel = support::unique("orders");
    let mut connection = support::client().get_connection().unwrap();
    let mut subscriber = connection.as_pubsub();
    subscriber.subscribe(&channel).unwrap();
    {
        let mut connection =
            support::client().get_connection().unwrap().traced(support::tracing(&recorded.tracer));
        let span = recorded.tracer.span("order").start();
        let _entered = span.enter();
        let message = envelope::seal(&recorded.tracer, &current(), "order 7");
        let receivers: u64 = connection.publish(&channel, message).unwrap();
        assert_eq!(receivers, 1);
    }
    let message = subscriber.get_message().unwrap();
    let (sender, payload) = envelope::open(&recorded.tracer, message.get_payload_bytes());
    assert_eq!(payload, b"order 7");
    drop(recorded.tracer.span("process").kind(SpanKind::Consumer).child_of(&sender).start());
    if !ENABLED {
        return;
    }
    let spans = recorded.spans();
    let (order, process) = (named(&spans, "order"), named(&spans, "process"));
    assert_eq!((process.trace_id, process.parent_id), (order.trace_id, order.span_id));
    assert_eq!(named(&spans, &support::named("PUBLISH")).parent_id, order.span_id);
}
