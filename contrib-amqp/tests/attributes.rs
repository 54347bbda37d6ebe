//! What spans say.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use lapin::options::{BasicAckOptions, BasicGetOptions, BasicPublishOptions};
use lapin::{BasicProperties, ExchangeKind};
use support::{Bench, uri};
use testing::named;
use tracer_core::{ENABLED, SpanKind, Status};

#[tokio::test]
async fn a_message_from_its_sending_to_its_ack() {
    let bench = Bench::with("shop", |tracing| tracing.with_body_sizes()).await.confirmed().await;
    let properties = BasicProperties::default()
        .with_message_id("m-1".into())
        .with_correlation_id("c-1".into())
        .with_timestamp(0);
    let order = bench.recorded.tracer.span("order").start();
    {
        use tracer_core::InSpanExt;
        bench.send(b"four", properties).attach(order.handle()).await;
    }
    order.finish();
    let mut consumer = bench.consume().await;
    let message = Bench::next(&mut consumer).await;
    let tag = message.delivery_tag;
    message
        .process(async |message| {
            assert_eq!(message.data, b"four");
            assert!(tracer_core::current().is_recording() == ENABLED);
            message.ack(BasicAckOptions::default()).await.unwrap();
        })
        .await;
    let spans = bench.recorded.spans();
    if !ENABLED {
        return assert!(spans.is_empty());
    }
    let queue = bench.queue.as_str();
    let tree = format!(
        "order\n  producer publish {queue}\n    consumer process {queue}\n      client ack {queue}\n"
    );
    assert_eq!(testing::tree(&spans), tree);
    let uri = uri();
    let server = format!("server.address={}", uri.authority.host);
    let port = format!("server.port={}", uri.authority.port);
    let said = |operation: &str, kind: &str, rest: &[&str]| {
        let mut tags = vec![
            "messaging.system=rabbitmq".to_owned(),
            format!("messaging.operation.name={operation}"),
            format!("messaging.operation.type={kind}"),
            format!("messaging.destination.name={queue}"),
            server.clone(),
            port.clone(),
        ];
        tags.extend(rest.iter().map(|tag| (*tag).to_owned()));
        tags.sort();
        tags
    };
    let told = |name: &str| {
        let mut tags = testing::tags(named(&spans, &bench.named(name)));
        tags.retain(|tag| !tag.starts_with("messaging.message.queue_time="));
        tags.sort();
        tags
    };
    let key = format!("messaging.rabbitmq.destination.routing_key={queue}");
    let delivery = format!("messaging.rabbitmq.message.delivery_tag={tag}");
    let of_message = [
        "messaging.message.id=m-1",
        "messaging.message.conversation_id=c-1",
        "messaging.message.body.size=4",
    ];
    assert_eq!(told("publish"), said("publish", "send", &[&of_message[..], &[&key]].concat()));
    let of_delivery = [&of_message[..], &[&key, &delivery]].concat();
    assert_eq!(told("process"), said("process", "process", &of_delivery));
    assert_eq!(told("ack"), said("ack", "settle", &[&delivery]));
    let process = named(&spans, &bench.named("process"));
    let waited: u64 = testing::tag(process, "messaging.message.queue_time").parse().unwrap();
    assert!(waited > 1_000_000_000, "since 1970");
    assert_eq!(process.events(), ["ack"]);
    assert!(spans.iter().all(|span| span.status == Status::Unset));
}

#[tokio::test]
async fn exchanges_keys_and_queues() {
    let bench = Bench::new("bound").await;
    let exchange = support::unique("events");
    let (raw, options) = (bench.channel.raw(), lapin::options::ExchangeDeclareOptions::default());
    let declared = lapin::options::ExchangeDeclareOptions { auto_delete: true, ..options };
    raw.exchange_declare(exchange.clone(), ExchangeKind::Topic, declared, Default::default())
        .await
        .unwrap();
    let bind = lapin::options::QueueBindOptions::default();
    raw.queue_bind(bench.queue.clone(), exchange.clone(), "sms.#".into(), bind, Default::default())
        .await
        .unwrap();
    let (options, key) = (BasicPublishOptions::default(), "sms.sent");
    let sent = bench
        .channel
        .basic_publish(exchange.clone(), key.into(), options, b"", BasicProperties::default())
        .await;
    sent.unwrap().await.unwrap();
    let mut consumer = bench.consume().await;
    let message = Bench::next(&mut consumer).await;
    message.ack(BasicAckOptions::default()).await.unwrap();
    drop(message);
    if !ENABLED {
        return;
    }
    let spans = bench.recorded.spans();
    let queue = bench.queue.as_str();
    let publish = named(&spans, &format!("publish {exchange}:{key}"));
    assert_eq!(publish.kind, SpanKind::Producer);
    let process = named(&spans, &format!("process {exchange}:{key}:{queue}"));
    assert_eq!(testing::tag(process, "messaging.rabbitmq.destination.routing_key"), key);
    assert_eq!(process.kind, SpanKind::Consumer);
    let ack = named(&spans, &format!("ack {exchange}:{key}:{queue}"));
    assert_eq!(ack.parent_id, process.span_id);
}

#[tokio::test]
async fn a_message_that_is_asked_for() {
    let bench = Bench::new("got").await;
    let get = async || {
        bench.channel.basic_get(bench.queue.clone(), BasicGetOptions::default()).await.unwrap()
    };
    assert!(get().await.is_none());
    bench.send(b"one", BasicProperties::default()).await;
    let message = get().await.expect("it was sent");
    assert_eq!((message.data.as_slice(), message.message_count), (&b"one"[..], 0));
    message.ack(BasicAckOptions::default()).await.unwrap();
    drop(message);
    if !ENABLED {
        return;
    }
    let spans = bench.recorded.spans();
    let (publish, process) =
        (named(&spans, &bench.named("publish")), named(&spans, &bench.named("process")));
    assert_eq!(process.parent_id, publish.span_id);
    let gets: Vec<_> = spans.iter().filter(|span| span.name == bench.named("get")).collect();
    assert_eq!(gets.len(), 2);
    assert!(gets.iter().all(|get| testing::tag(get, "messaging.operation.type") == "receive"));
    let links: Vec<_> = gets.iter().flat_map(|get| &get.links).collect();
    assert_eq!(links.len(), 1);
    assert_eq!(links[0].context.span_id(), publish.span_id);
}

#[tokio::test]
async fn names_of_the_brokers_making_and_names_of_ones_own() {
    let bench = Bench::with("user.17", |tracing| {
        tracing.with_template(|to| to.ends_with("user.17").then(|| "user.{id}".into()))
    })
    .await;
    bench.send(b"", BasicProperties::default()).await;
    let made_up =
        bench.channel.raw().queue_declare("".into(), Default::default(), Default::default());
    let made_up = made_up.await.unwrap().name().clone();
    let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
    let sent =
        bench.channel.basic_publish("".into(), made_up.clone(), options, b"", properties).await;
    sent.unwrap().await.unwrap();
    let got = bench.channel.basic_get(made_up, Default::default()).await.unwrap().unwrap();
    got.ack(Default::default()).await.unwrap();
    drop(got);
    if !ENABLED {
        return;
    }
    let spans = bench.recorded.spans();
    let templated = named(&spans, "publish user.{id}");
    assert_eq!(testing::tag(templated, "messaging.destination.template"), "user.{id}");
    assert_eq!(testing::tag(templated, "messaging.destination.name"), bench.queue.as_str());
    let authority = uri().authority;
    for operation in ["publish", "get", "process", "ack"] {
        let name = format!("{operation} {}:{}", authority.host, authority.port);
        let anonymous = named(&spans, &name);
        assert_eq!(testing::tag(anonymous, "messaging.destination.anonymous"), "true", "{name}");
    }
}
