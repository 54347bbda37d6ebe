//! What fails, and what is settled how.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use std::collections::BTreeMap;

use lapin::BasicProperties;
use lapin::options::{
    BasicAckOptions, BasicGetOptions, BasicNackOptions, BasicPublishOptions, BasicRejectOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use support::{Bench, unique};
use testing::named;
use tracer_core::{ENABLED, FinishedSpan, Status};

fn error_type(span: &FinishedSpan) -> String {
    testing::tag(span, "error.type")
}

#[tokio::test]
async fn what_nobody_gets_is_an_error() {
    let bench = Bench::with("returned", |tracing| tracing.with_error_messages()).await;
    let bench = bench.confirmed().await;
    let nowhere = unique("nowhere");
    let options = BasicPublishOptions { mandatory: true, ..Default::default() };
    let (key, properties) = (nowhere.clone(), BasicProperties::default());
    let sent = bench.channel.basic_publish("".into(), key, options, b"", properties).await;
    let confirmation = sent.unwrap().await.unwrap();
    assert!(confirmation.take_message().is_some(), "the program gets what lapin says");
    let missing = bench.channel.basic_get(unique("missing"), BasicGetOptions::default()).await;
    assert!(missing.is_err());
    let sent = bench
        .channel
        .basic_publish("".into(), nowhere.clone(), options, b"", BasicProperties::default())
        .await;
    assert!(sent.is_err(), "the channel is closed by now");
    if !ENABLED {
        return;
    }
    let spans = bench.recorded.spans();
    let publish: Vec<_> =
        spans.iter().filter(|span| span.name == format!("publish {nowhere}")).collect();
    assert_eq!(error_type(publish[0]), "no_route");
    assert_eq!(publish[0].status, Status::Error("NO_ROUTE".into()));
    assert_eq!(error_type(publish[1]), "channel_closed");
    let get = spans.iter().find(|span| span.name.starts_with("get ")).unwrap();
    assert_eq!(error_type(get), "not_found");
    assert!(matches!(&get.status, Status::Error(text) if text.contains("no queue")));
}

#[tokio::test]
async fn nacked_rejected_and_dead() {
    let bench = Bench::new("dead").await;
    let work = unique("work");
    let dead_letters = BTreeMap::from([
        ("x-dead-letter-exchange".into(), AMQPValue::LongString("".into())),
        ("x-dead-letter-routing-key".into(), AMQPValue::LongString(bench.queue.as_str().into())),
    ]);
    support::declare(&bench.channel, &work, FieldTable::from(dead_letters)).await;
    let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
    let sent = bench.channel.basic_publish("".into(), work.clone(), options, b"", properties).await;
    sent.unwrap().await.unwrap();
    let consume = bench.channel.basic_consume(
        work.clone(),
        "".into(),
        Default::default(),
        FieldTable::default(),
    );
    let mut worker = consume.await.unwrap();
    let message = Bench::next(&mut worker).await;
    assert!(!message.redelivered);
    let again = BasicNackOptions { requeue: true, ..Default::default() };
    message.nack(again).await.unwrap();
    drop(message);
    let message = Bench::next(&mut worker).await;
    assert!(message.redelivered);
    message.reject(BasicRejectOptions { requeue: false }).await.unwrap();
    drop(message);
    let mut morgue = bench.consume().await;
    let message = Bench::next(&mut morgue).await;
    message.ack(BasicAckOptions::default()).await.unwrap();
    // Lapin takes the first word only.
    assert!(!message.nack(again).await.unwrap());
    drop(message);
    if !ENABLED {
        return;
    }
    let spans = bench.recorded.spans();
    let publish = named(&spans, &format!("publish {work}"));
    let of_work = format!("process {work}");
    let process: Vec<_> = spans.iter().filter(|span| span.name == of_work).collect();
    assert_eq!(process.len(), 2);
    for (span, event, redelivered) in [(process[0], "nack", ""), (process[1], "reject", "true")] {
        assert_eq!(span.parent_id, publish.span_id);
        assert_eq!((span.events(), error_type(span)), (vec![event.to_owned()], event.to_owned()));
        assert_eq!(testing::tag(span, "messaging.message.redelivered"), redelivered);
    }
    let dead = named(&spans, &bench.named("process"));
    assert_eq!(testing::tag(dead, "messaging.message.deaths"), "1");
    assert_eq!((dead.events(), &dead.status), (vec!["ack".to_owned()], &Status::Unset));
    assert_eq!(dead.trace_id, publish.trace_id, "one trace to the end");
}

#[tokio::test]
async fn a_channel_that_settles_by_number() {
    let bench = Bench::new("numbered").await;
    bench.send(b"", BasicProperties::default()).await;
    let mut consumer = bench.consume().await;
    let message = Bench::next(&mut consumer).await;
    let tag = message.delivery_tag;
    bench.channel.basic_ack(tag, BasicAckOptions::default()).await.unwrap();
    if !ENABLED {
        return;
    }
    drop(message);
    let spans = bench.recorded.spans();
    let ack = spans.iter().find(|span| span.name.starts_with("ack ")).unwrap();
    assert_eq!(testing::tag(ack, "messaging.operation.type"), "settle");
}
