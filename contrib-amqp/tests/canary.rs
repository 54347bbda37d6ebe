//! Nothing secret is found anywhere: not in spans, not in what is exported or printed of them, not
//! in what the wrappers say of themselves.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use std::collections::BTreeMap;

use contrib_amqp::{AmqpTracing, process_batch};
use lapin::BasicProperties;
use lapin::options::{BasicGetOptions, BasicNackOptions, BasicPublishOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::uri::AMQPUri;
use support::{Bench, unique};
use testing::Recorded;
use testing::canary::{MARK, Out, expect_silent, is_told};

/// Never a part of a name that the test gives.
const SECRET: &str = MARK;

fn secretive() -> BasicProperties {
    let nested = BTreeMap::from([(SECRET.into(), AMQPValue::LongString(SECRET.into()))]);
    let headers = BTreeMap::from([
        ("authorization".into(), AMQPValue::LongString(SECRET.into())),
        (SECRET.into(), AMQPValue::LongString(SECRET.into())),
        ("nested".into(), AMQPValue::FieldTable(FieldTable::from(nested))),
        ("bytes".into(), AMQPValue::ByteArray(SECRET.as_bytes().to_vec().into())),
    ]);
    BasicProperties::default()
        .with_headers(FieldTable::from(headers))
        .with_content_type(SECRET.into())
        .with_content_encoding(SECRET.into())
        .with_type(SECRET.into())
        .with_app_id(SECRET.into())
        .with_expiration("60000".into())
}

#[tokio::test]
async fn bodies_headers_users_and_passwords() {
    let out = Out::new(contrib_otlp::encode);
    let tracer = out.tracer();
    let traced = tracer.clone();
    let everything = move |tracing: AmqpTracing| {
        tracing.with_tracer(traced).with_error_messages().with_body_sizes()
    };
    let bench = Bench::by("secrets", Recorded::new(), everything).await.confirmed().await;
    for _ in 0..3 {
        bench.send(SECRET.as_bytes(), secretive()).await;
    }
    let options = BasicPublishOptions { mandatory: true, ..Default::default() };
    let sent = bench.channel.basic_publish(
        "".into(),
        unique("nowhere"),
        options,
        SECRET.as_bytes(),
        secretive(),
    );
    let confirm = sent.await.unwrap();
    expect_silent(&confirm);
    assert!(confirm.await.unwrap().take_message().is_some());
    let got = bench.channel.basic_get(bench.queue.clone(), BasicGetOptions::default()).await;
    let got = got.unwrap().unwrap();
    assert_eq!(got.data, SECRET.as_bytes());
    expect_silent(&got);
    let mut consumer = bench.consume().await;
    expect_silent(&consumer);
    let message = Bench::next(&mut consumer).await;
    expect_silent(&message);
    message.nack(BasicNackOptions::default()).await.unwrap();
    let last = Bench::next(&mut consumer).await;
    process_batch(vec![message, last, got.delivery], async |messages| drop(messages)).await;
    expect_silent(&bench.channel);

    let kept = out.kept(&tracer);
    assert_eq!(kept.spans.len() > 8, tracer_core::ENABLED);
    kept.expect_untold(is_told);
}

#[test]
fn what_leads_to_a_broker() {
    let uri: AMQPUri = format!("amqp://{SECRET}:{SECRET}@mq.test:5672/{SECRET}").parse().unwrap();
    expect_silent(&AmqpTracing::of(&uri));
}
