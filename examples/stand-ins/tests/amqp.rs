//! The stand-in for RabbitMQ, as lapin sees it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt;
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicGetOptions, BasicNackOptions, BasicPublishOptions, BasicRejectOptions,
    ConfirmSelectOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions,
    QueueDeleteOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, Consumer, ExchangeKind};
use stand_ins::AmqpStandIn;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(10);

async fn connect(broker: &AmqpStandIn) -> Connection {
    let url = format!("amqp://{}/%2f", broker.address);
    let connection = Connection::connect(&url, ConnectionProperties::default());
    tokio::time::timeout(PATIENCE, connection).await.expect("it answers").unwrap()
}

async fn declare(channel: &Channel, queue: &str, arguments: &[(&str, AMQPValue)]) {
    let arguments = arguments.iter().map(|(name, value)| ((*name).into(), value.clone()));
    let arguments = FieldTable::from(arguments.collect::<BTreeMap<_, _>>());
    channel.queue_declare(queue.into(), QueueDeclareOptions::default(), arguments).await.unwrap();
}

async fn send(channel: &Channel, exchange: &str, key: &str, body: &[u8]) {
    let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
    let sent = channel.basic_publish(exchange.into(), key.into(), options, body, properties).await;
    sent.unwrap().await.unwrap();
}

async fn consume(channel: &Channel, queue: &str) -> Consumer {
    let consumer =
        channel.basic_consume(queue.into(), "".into(), Default::default(), FieldTable::default());
    consumer.await.unwrap()
}

async fn next(consumer: &mut Consumer) -> Delivery {
    let next = tokio::time::timeout(PATIENCE, consumer.next()).await;
    next.expect("a message comes").unwrap().unwrap()
}

/// Whether nothing comes for a while.
async fn is_quiet(consumer: &mut Consumer) -> bool {
    tokio::time::timeout(Duration::from_millis(50), consumer.next()).await.is_err()
}

async fn get(channel: &Channel, queue: &str) -> Option<Delivery> {
    let got = channel.basic_get(queue.into(), BasicGetOptions::default()).await.unwrap();
    got.map(|message| message.delivery)
}

fn text(text: &str) -> AMQPValue {
    AMQPValue::LongString(text.into())
}

#[tokio::test]
async fn messages_of_every_size_in_their_order() {
    let broker = AmqpStandIn::start().await.unwrap();
    let channel = connect(&broker).await.create_channel().await.unwrap();
    declare(&channel, "q", &[]).await;
    let sizes = [0, 1, 1_000, 131_064, 131_065, 1 << 20];
    for size in sizes {
        send(&channel, "", "q", &vec![7; size]).await;
    }
    let mut consumer = consume(&channel, "q").await;
    for size in sizes {
        let message = next(&mut consumer).await;
        assert_eq!((message.data.len(), message.redelivered), (size, false));
        assert!(message.ack(BasicAckOptions::default()).await.unwrap());
    }
    assert!(is_quiet(&mut consumer).await);
}

#[tokio::test]
async fn exchanges_and_bindings() {
    let broker = AmqpStandIn::start().await.unwrap();
    let channel = connect(&broker).await.create_channel().await.unwrap();
    for (exchange, kind) in
        [("d", ExchangeKind::Direct), ("f", ExchangeKind::Fanout), ("t", ExchangeKind::Topic)]
    {
        let options = ExchangeDeclareOptions::default();
        channel
            .exchange_declare(exchange.into(), kind, options, FieldTable::default())
            .await
            .unwrap();
    }
    for queue in ["one", "two"] {
        declare(&channel, queue, &[]).await;
    }
    for (queue, exchange, key) in
        [("one", "d", "k"), ("one", "f", ""), ("two", "f", ""), ("two", "t", "sms.#")]
    {
        let options = QueueBindOptions::default();
        channel
            .queue_bind(queue.into(), exchange.into(), key.into(), options, FieldTable::default())
            .await
            .unwrap();
    }
    for (exchange, key, expected) in [
        ("d", "k", [true, false]),
        ("d", "other", [false, false]),
        ("f", "any", [true, true]),
        ("t", "sms.sent", [false, true]),
        ("t", "mail.sent", [false, false]),
        ("", "one", [true, false]),
    ] {
        send(&channel, exchange, key, b"").await;
        let got = [get(&channel, "one").await.is_some(), get(&channel, "two").await.is_some()];
        assert_eq!(got, expected, "{exchange} {key}");
    }
}

#[tokio::test]
async fn confirmed_returned_and_refused() {
    let broker = AmqpStandIn::start().await.unwrap();
    let connection = connect(&broker).await;
    let channel = connection.create_channel().await.unwrap();
    channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
    declare(&channel, "q", &[]).await;
    let publish = async |exchange: &str, key: &str| {
        let options = BasicPublishOptions { mandatory: true, ..Default::default() };
        let properties = BasicProperties::default();
        channel
            .basic_publish(exchange.into(), key.into(), options, b"body", properties)
            .await
            .unwrap()
            .await
    };
    let confirmed = publish("", "q").await.unwrap();
    assert!(confirmed.is_ack() && confirmed.take_message().is_none());
    let returned = publish("", "nowhere").await.unwrap();
    assert!(returned.is_ack());
    let returned = returned.take_message().expect("nobody wants it");
    assert_eq!((returned.reply_code, returned.data.as_slice()), (312, &b"body"[..]));
    assert!(publish("no such exchange", "q").await.is_err());
    assert!(!channel.status().connected(), "the channel is gone");
    assert!(connection.create_channel().await.is_ok(), "the connection is not");
}

#[tokio::test]
async fn settled_in_every_way() {
    let broker = AmqpStandIn::start().await.unwrap();
    let connection = connect(&broker).await;
    let channel = connection.create_channel().await.unwrap();
    declare(&channel, "dead", &[]).await;
    let dead_letters =
        [("x-dead-letter-exchange", text("")), ("x-dead-letter-routing-key", text("dead"))];
    declare(&channel, "q", &dead_letters).await;
    send(&channel, "", "q", b"one").await;
    send(&channel, "", "q", b"two").await;
    let mut consumer = consume(&channel, "q").await;
    let (one, _two) = (next(&mut consumer).await, next(&mut consumer).await);
    one.nack(BasicNackOptions { requeue: true, ..Default::default() }).await.unwrap();
    let again = next(&mut consumer).await;
    assert_eq!((again.data.as_slice(), again.redelivered), (&b"one"[..], true));
    again.reject(BasicRejectOptions { requeue: false }).await.unwrap();
    let dead = get(&channel, "dead").await.expect("it has died");
    let headers = dead.properties.headers().clone().unwrap();
    let AMQPValue::FieldArray(deaths) = &headers.inner()["x-death"] else { panic!("{headers:?}") };
    let AMQPValue::FieldTable(death) = &deaths.as_slice()[0] else { panic!("{deaths:?}") };
    assert_eq!(death.inner()["reason"], text("rejected"));
    assert_eq!(death.inner()["count"], AMQPValue::LongLongInt(1));
    // Without a word, the other one comes again once its channel is gone.
    channel.close(200, "".into()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    let two = get(&channel, "q").await.expect("it is back");
    assert_eq!((two.data.as_slice(), two.redelivered), (&b"two"[..], true));
}

#[tokio::test]
async fn tried_again_after_a_while() {
    let broker = AmqpStandIn::start().await.unwrap();
    let channel = connect(&broker).await.create_channel().await.unwrap();
    let to = |queue: &str| {
        [("x-dead-letter-exchange", text("")), ("x-dead-letter-routing-key", text(queue))]
    };
    declare(&channel, "work", &to("later")).await;
    let ttl = ("x-message-ttl", AMQPValue::LongInt(20));
    declare(&channel, "later", &[to("work").as_slice(), &[ttl]].concat()).await;
    send(&channel, "", "work", b"").await;
    let mut consumer = consume(&channel, "work").await;
    for tries in 0..4 {
        let message = next(&mut consumer).await;
        let headers = message.properties.headers().clone().unwrap_or_default();
        let deaths = match headers.inner().get("x-death") {
            Some(AMQPValue::FieldArray(deaths)) => deaths.as_slice().len(),
            _ => 0,
        };
        assert_eq!(deaths, if tries == 0 { 0 } else { 2 }, "rejected here, expired there");
        message.reject(BasicRejectOptions { requeue: false }).await.unwrap();
    }
}

#[tokio::test]
async fn no_more_at_once_than_asked_for_and_each_in_turn() {
    let broker = AmqpStandIn::start().await.unwrap();
    let channel = connect(&broker).await.create_channel().await.unwrap();
    declare(&channel, "q", &[]).await;
    channel.basic_qos(1, Default::default()).await.unwrap();
    let (mut one, mut two) = (consume(&channel, "q").await, consume(&channel, "q").await);
    for _ in 0..3 {
        send(&channel, "", "q", b"").await;
    }
    let (first, _second) = (next(&mut one).await, next(&mut two).await);
    assert!(is_quiet(&mut one).await && is_quiet(&mut two).await);
    first.ack(BasicAckOptions::default()).await.unwrap();
    next(&mut one).await;
}

#[tokio::test]
async fn cancelled_by_either_side() {
    let broker = AmqpStandIn::start().await.unwrap();
    let channel = connect(&broker).await.create_channel().await.unwrap();
    declare(&channel, "q", &[]).await;
    let mut own = consume(&channel, "q").await;
    channel.basic_cancel(own.tag(), Default::default()).await.unwrap();
    assert!(tokio::time::timeout(PATIENCE, own.next()).await.unwrap().is_none());
    let mut brokers = consume(&channel, "q").await;
    send(&channel, "", "q", b"last").await;
    next(&mut brokers).await;
    channel.queue_delete("q".into(), QueueDeleteOptions::default()).await.unwrap();
    assert!(tokio::time::timeout(PATIENCE, brokers.next()).await.unwrap().is_none());
    assert!(channel.basic_get("q".into(), BasicGetOptions::default()).await.is_err());
}

#[tokio::test]
async fn what_is_no_amqp_is_hung_up_on() {
    let broker = AmqpStandIn::start().await.unwrap();
    let huge = [b"AMQP\0\0\x09\x01".as_slice(), &[1, 0, 0, 0xff, 0xff, 0xff, 0xff]].concat();
    let odd = [b"AMQP\0\0\x09\x01".as_slice(), &[1, 0, 0, 0, 0, 0, 1, 9, 9]].concat();
    for garbage in [b"GET / HTTP/1.1\r\n\r\n".to_vec(), vec![0; 64], huge, odd] {
        let mut stream = TcpStream::connect(broker.address).await.unwrap();
        stream.write_all(&garbage).await.unwrap();
        let mut said = Vec::new();
        let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut said)).await;
        assert!(read.is_ok(), "it hangs up: {said:?}");
    }
    // Others are served.
    connect(&broker).await;
}
