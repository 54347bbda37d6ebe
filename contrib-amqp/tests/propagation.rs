//! What messages carry.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use contrib_amqp::process_batch;
use lapin::BasicProperties;
use lapin::options::BasicAckOptions;
use support::{Bench, SPAN, TRACE, table, text};
use testing::named;
use tracer_core::{ENABLED, InSpanExt};

#[tokio::test]
async fn a_context_of_the_programs_own_is_left_alone() {
    let bench = Bench::new("own").await;
    let own = format!("00-{TRACE}-{SPAN}-01");
    for headers in [table(&[("traceparent", text(&own))]), table(&[("TraceParent", text(&own))])] {
        let order = bench.recorded.tracer.span("order").start();
        let properties = BasicProperties::default().with_headers(headers.clone());
        bench.send(b"", properties).attach(order.handle()).await;
        order.finish();
        let mut consumer = bench.consume().await;
        let message = Bench::next(&mut consumer).await;
        assert_eq!(message.properties.headers(), &Some(headers));
        message.ack(BasicAckOptions::default()).await.unwrap();
        drop(message);
        bench.channel.raw().basic_cancel(consumer.tag(), Default::default()).await.unwrap();
        if !ENABLED {
            continue;
        }
        let spans = bench.recorded.spans();
        let (publish, process) =
            (named(&spans, &bench.named("publish")), named(&spans, &bench.named("process")));
        assert_eq!(publish.kind, tracer_core::SpanKind::Client);
        assert_eq!(publish.links[0].context.span_id().unwrap().to_string(), SPAN);
        assert_eq!(process.trace_id.unwrap().to_string(), TRACE);
        assert_eq!(process.parent_id.unwrap().to_string(), SPAN);
    }
}

#[tokio::test]
async fn what_is_current_is_the_parent_and_the_sender_a_link() {
    let bench = Bench::new("ambient").await;
    bench.send(b"", BasicProperties::default()).await;
    let mut consumer = bench.consume().await;
    let worker = bench.recorded.tracer.span("worker").root().start();
    let message = Bench::next(&mut consumer).attach(worker.handle()).await;
    message.ack(BasicAckOptions::default()).await.unwrap();
    drop(message);
    worker.finish();
    if !ENABLED {
        return;
    }
    let spans = bench.recorded.spans();
    let (publish, process) =
        (named(&spans, &bench.named("publish")), named(&spans, &bench.named("process")));
    assert_eq!(process.parent_id, named(&spans, "worker").span_id);
    assert_eq!(process.links.len(), 1);
    assert_eq!(process.links[0].context.span_id(), publish.span_id);
}

#[tokio::test]
async fn always_linked_and_two_consumers() {
    let bench = Bench::with("linked", |tracing| tracing.always_linked()).await;
    bench.send(b"", BasicProperties::default()).await;
    bench.send(b"", BasicProperties::default()).await;
    bench.channel.raw().basic_qos(1, Default::default()).await.unwrap();
    let (mut one, mut two) = (bench.consume().await, bench.consume().await);
    let both = [Bench::next(&mut one).await, Bench::next(&mut two).await];
    for message in both {
        message.ack(BasicAckOptions::default()).await.unwrap();
    }
    if !ENABLED {
        return;
    }
    let spans = bench.recorded.spans();
    let process: Vec<_> = spans.iter().filter(|span| span.kind == support::CONSUMER).collect();
    assert_eq!(process.len(), 2);
    for span in process {
        assert_eq!((span.parent_id, span.links.len()), (None, 1));
        assert_ne!(span.links[0].context.trace_id(), span.trace_id);
    }
}

#[tokio::test]
async fn a_batch_links_to_all() {
    let bench = Bench::new("batch").await;
    for _ in 0..3 {
        bench.send(b"", BasicProperties::default()).await;
    }
    let mut consumer = bench.consume().await;
    let mut messages = Vec::new();
    for _ in 0..3 {
        messages.push(Bench::next(&mut consumer).await);
    }
    process_batch(messages, async |messages| {
        for message in &messages {
            message.ack(BasicAckOptions::default()).await.unwrap();
        }
    })
    .await;
    if !ENABLED {
        return;
    }
    let spans = bench.recorded.spans();
    let batch = spans.iter().find(|span| span.tag("messaging.batch.message_count").is_some());
    let batch = batch.unwrap();
    assert_eq!(testing::tag(batch, "messaging.batch.message_count"), "3");
    let mut linked: Vec<_> = batch.links.iter().map(|link| link.context.span_id()).collect();
    let publish = spans.iter().filter(|span| span.name == bench.named("publish"));
    let mut sent: Vec<_> = publish.map(|span| span.span_id).collect();
    linked.sort();
    sent.sort();
    assert_eq!(linked, sent);
}

/// Off, what came is handed on unread; filtered, the same.
#[tokio::test]
async fn off_and_filtered_contexts_go_on() {
    for is_off in [true, false] {
        let bench =
            Bench::with(
                "quiet",
                move |tracing| {
                    if is_off { tracing } else { tracing.with_filter(|_| false) }
                },
            )
            .await;
        bench.recorded.tracer.set_enabled(!is_off);
        let odd = format!("00-{TRACE}-{SPAN}-01");
        let headers = table(&[("traceparent", text(&odd)), ("baggage", text("user = 7"))]);
        bench.send(b"", BasicProperties::default().with_headers(headers.clone())).await;
        let mut consumer = bench.consume().await;
        let message = Bench::next(&mut consumer).await;
        // Onward, from within the work on it.
        message
            .process(async |message| {
                bench.send(b"onward", BasicProperties::default()).await;
                message.ack(BasicAckOptions::default()).await.unwrap();
            })
            .await;
        let onward = Bench::next(&mut consumer).await;
        assert_eq!(onward.data, b"onward");
        let expected = ENABLED.then_some(headers);
        assert_eq!(onward.properties.headers(), &expected, "{is_off}");
        onward.ack(BasicAckOptions::default()).await.unwrap();
        drop(onward);
        assert!(bench.recorded.spans().is_empty());
    }
}

#[tokio::test]
async fn a_broker_that_is_somebody_elses_is_told_nothing() {
    let bench = Bench::with("foreign", |tracing| tracing.without_propagation()).await;
    bench.send(b"", BasicProperties::default()).await;
    let mut consumer = bench.consume().await;
    let message = Bench::next(&mut consumer).await;
    assert_eq!(message.properties.headers(), &None);
    message.ack(BasicAckOptions::default()).await.unwrap();
}
