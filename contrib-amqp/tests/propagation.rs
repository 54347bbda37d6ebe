//! What messages carry.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use std::collections::BTreeMap;

use contrib_amqp::process_batch;
use lapin::BasicProperties;
use lapin::options::BasicAckOptions;
use lapin::types::{AMQPValue, DecimalValue, FieldArray, FieldTable, ShortString};
use support::Bench;
use testing::named;
use tracer_core::{ENABLED, InSpanExt};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

fn table(entries: &[(&str, AMQPValue)]) -> FieldTable {
    let entries = entries.iter().map(|(name, value)| (ShortString::from(*name), value.clone()));
    FieldTable::from(entries.collect::<BTreeMap<_, _>>())
}

fn text(text: &str) -> AMQPValue {
    AMQPValue::LongString(text.into())
}

/// All kinds of values that there are.
fn everything() -> FieldTable {
    let nested = table(&[("deep", text("down")), ("list", AMQPValue::FieldArray(list()))]);
    table(&[
        ("bool", AMQPValue::Boolean(true)),
        ("i8", AMQPValue::ShortShortInt(-8)),
        ("i16", AMQPValue::ShortInt(-16)),
        ("i32", AMQPValue::LongInt(-32)),
        ("i64", AMQPValue::LongLongInt(-64)),
        ("f32", AMQPValue::Float(0.5)),
        ("f64", AMQPValue::Double(0.25)),
        ("decimal", AMQPValue::DecimalValue(DecimalValue { scale: 2, value: 314 })),
        ("time", AMQPValue::Timestamp(1_700_000_000)),
        ("text", text("ünï\r\n")),
        ("bytes", AMQPValue::ByteArray(vec![0, 255].into())),
        ("none", AMQPValue::Void),
        ("list", AMQPValue::FieldArray(list())),
        ("table", AMQPValue::FieldTable(nested)),
    ])
}

fn list() -> FieldArray {
    vec![AMQPValue::LongInt(1), text("two"), AMQPValue::Void].into()
}

fn without_context(table: &FieldTable) -> FieldTable {
    let own =
        |name: &ShortString| ["traceparent", "tracestate", "baggage"].contains(&name.as_str());
    let rest = table.inner().iter().filter(|(name, _)| !own(name));
    FieldTable::from(
        rest.map(|(name, value)| (name.clone(), value.clone())).collect::<BTreeMap<_, _>>(),
    )
}

/// H4: a table is as it was, with the context beside what it had.
#[tokio::test]
async fn h4_what_a_message_has_stays() {
    let bench = Bench::new("table").await;
    bench.send(b"", BasicProperties::default().with_headers(everything())).await;
    let mut consumer = bench.consume().await;
    let message = Bench::next(&mut consumer).await;
    let headers = message.properties.headers().clone().unwrap();
    assert_eq!(without_context(&headers), everything());
    assert_eq!(headers.contains_key("traceparent"), ENABLED);
    message.ack(BasicAckOptions::default()).await.unwrap();
}

/// H4: where there is no room for it the message goes without.
#[tokio::test]
async fn h4_a_context_that_does_not_fit_is_left_out() {
    let bench = Bench::new("full").await.confirmed().await;
    let frame_max = usize::try_from(bench.connection.configuration().frame_max()).unwrap();
    for (size, fits) in
        [(frame_max - 3_000, true), (frame_max - 1_000, false), (frame_max - 64, false)]
    {
        let large = table(&[("large", text(&"x".repeat(size)))]);
        bench.send(b"body", BasicProperties::default().with_headers(large.clone())).await;
        let mut consumer = bench.consume().await;
        let message = Bench::next(&mut consumer).await;
        let headers = message.properties.headers().clone().unwrap();
        assert_eq!(without_context(&headers), large);
        assert_eq!(headers.contains_key("traceparent"), fits && ENABLED, "{size}");
        message.ack(BasicAckOptions::default()).await.unwrap();
        drop(message);
        bench.channel.raw().basic_cancel(consumer.tag(), Default::default()).await.unwrap();
    }
    assert!(bench.recorded.spans().iter().all(|span| span.status == tracer_core::Status::Unset));
}

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
