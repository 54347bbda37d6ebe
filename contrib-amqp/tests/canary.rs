//! Nothing secret is found anywhere: not in spans, not in what is exported or printed of them, not
//! in what the wrappers say of themselves.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use contrib_amqp::{AmqpTracing, process_batch};
use lapin::BasicProperties;
use lapin::options::{BasicGetOptions, BasicNackOptions, BasicPublishOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::uri::AMQPUri;
use support::{Bench, unique};
use testing::Recorded;
use tracer_core::{Batch, Outcome, Reporter, Tracer};

/// Never a part of a name that the test gives.
const SECRET: &str = "hush-7f3a";

#[derive(Clone, Default)]
struct Out {
    bytes: Arc<Mutex<Vec<u8>>>,
    spans: Arc<Mutex<usize>>,
}

impl Reporter for Out {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        contrib_otlp::encode(batch, &mut self.bytes.lock().unwrap());
        *self.spans.lock().unwrap() += batch.spans().count();
        Outcome::Reported
    }
}

#[track_caller]
fn expect_untold(text: impl AsRef<[u8]>) {
    let told = text.as_ref().windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
    assert!(!told, "{}", String::from_utf8_lossy(text.as_ref()));
}

#[track_caller]
fn expect_quiet(what: &impl Debug) {
    expect_untold(format!("{what:?} {what:#?}"));
}

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
    let out = Out::default();
    let tracer = Tracer::builder("test").reporter(out.clone()).build();
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
    expect_quiet(&confirm);
    assert!(confirm.await.unwrap().take_message().is_some());
    let got = bench.channel.basic_get(bench.queue.clone(), BasicGetOptions::default()).await;
    let got = got.unwrap().unwrap();
    assert_eq!(got.data, SECRET.as_bytes());
    expect_quiet(&got);
    let mut consumer = bench.consume().await;
    expect_quiet(&consumer);
    let message = Bench::next(&mut consumer).await;
    expect_quiet(&message);
    message.nack(BasicNackOptions::default()).await.unwrap();
    let last = Bench::next(&mut consumer).await;
    process_batch(vec![message, last, got.delivery], async |messages| drop(messages)).await;
    expect_quiet(&bench.channel);

    tracer.flush(Duration::from_secs(10)).unwrap();
    assert_eq!(*out.spans.lock().unwrap() > 8, tracer_core::ENABLED);
    expect_untold(&*out.bytes.lock().unwrap());
}

#[test]
fn what_leads_to_a_broker() {
    let uri: AMQPUri = format!("amqp://{SECRET}:{SECRET}@mq.test:5672/{SECRET}").parse().unwrap();
    expect_quiet(&AmqpTracing::of(&uri));
}
