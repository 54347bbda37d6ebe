//! One message to several, and an answer: each is one trace.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use lapin::options::{
    BasicAckOptions, BasicPublishOptions, ExchangeDeclareOptions, QueueBindOptions,
};
use lapin::types::{FieldTable, ShortString};
use lapin::{BasicProperties, ExchangeKind};
use support::{Bench, unique};
use testing::{named, tag};
use tracer_core::{ENABLED, InSpanExt};

/// A queue beside the bench's own, and its consumer.
async fn other(bench: &Bench, name: &str) -> (ShortString, contrib_amqp::TracedConsumer) {
    let queue = unique(name);
    support::declare(&bench.channel, &queue, FieldTable::default()).await;
    let (tag, options) = (ShortString::default(), Default::default());
    let consumer = bench.channel.basic_consume(queue.clone(), tag, options, Default::default());
    (queue, consumer.await.unwrap())
}

#[tokio::test]
async fn two_consumers_of_a_message_share_its_trace() {
    let bench = Bench::new("left").await;
    let (queue, mut right) = other(&bench, "right").await;
    let (exchange, raw) = (unique("both"), bench.channel.raw());
    let declared = ExchangeDeclareOptions { auto_delete: true, ..Default::default() };
    let exchange_declare =
        raw.exchange_declare(exchange.clone(), ExchangeKind::Fanout, declared, Default::default());
    exchange_declare.await.unwrap();
    for queue in [&bench.queue, &queue] {
        let bind = QueueBindOptions::default();
        let key = ShortString::default();
        let bound = raw.queue_bind(queue.clone(), exchange.clone(), key, bind, Default::default());
        bound.await.unwrap();
    }
    let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
    let key = ShortString::default();
    let sent = bench.channel.basic_publish(exchange.clone(), key, options, b"", properties).await;
    sent.unwrap().await.unwrap();
    let mut left = bench.consume().await;
    for message in [Bench::next(&mut left).await, Bench::next(&mut right).await] {
        message.ack(BasicAckOptions::default()).await.unwrap();
    }
    if !ENABLED {
        return;
    }
    let spans = bench.recorded.spans();
    let publish = named(&spans, &format!("publish {exchange}"));
    let process = spans.iter().filter(|span| span.kind == support::CONSUMER);
    assert!(process.clone().all(|span| span.parent_id == publish.span_id));
    assert!(process.clone().all(|span| span.trace_id == publish.trace_id));
    assert_eq!(process.count(), 2);
}

/// RPC as AMQP has it: `reply_to` says where the answer goes, `correlation_id` to what it belongs.
#[tokio::test]
async fn a_question_and_its_answer() {
    let bench = Bench::new("answers").await;
    let (work, mut server) = other(&bench, "questions").await;
    let asking = bench.recorded.tracer.span("asking").start();
    let properties = BasicProperties::default()
        .with_reply_to(bench.queue.clone())
        .with_correlation_id("question 7".into());
    let options = BasicPublishOptions::default();
    let sent = bench.channel.basic_publish("".into(), work.clone(), options, b"7?", properties);
    sent.attach(asking.handle()).await.unwrap().await.unwrap();
    asking.finish();
    Bench::next(&mut server)
        .await
        .process(async |question| {
            let to = question.properties.reply_to().clone().unwrap();
            let id = question.properties.correlation_id().clone().unwrap();
            let properties = BasicProperties::default().with_correlation_id(id);
            let sent = bench.channel.basic_publish("".into(), to, options, b"7!", properties);
            sent.await.unwrap().await.unwrap();
            question.ack(BasicAckOptions::default()).await.unwrap();
        })
        .await;
    let mut answers = bench.consume().await;
    let answer = Bench::next(&mut answers).await;
    assert_eq!(answer.data, b"7!");
    answer.ack(BasicAckOptions::default()).await.unwrap();
    drop(answer);
    if !ENABLED {
        return;
    }
    let (spans, queue) = (bench.recorded.spans(), &bench.queue);
    let tree = format!(
        "\
asking
  producer publish {work}
    consumer process {work}
      producer publish {queue}
        consumer process {queue}
          client ack {queue}
      client ack {work}
"
    );
    assert_eq!(testing::tree(&spans), tree);
    let said = spans.iter().filter(|span| span.name.starts_with('p'));
    let id = "messaging.message.conversation_id";
    assert!(said.clone().all(|span| tag(span, id) == "question 7"));
    assert_eq!(said.count(), 4);
}
