//! No tracer, one that is switched off, one that records nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use lapin::BasicProperties;
use lapin::options::{BasicAckOptions, BasicGetOptions};
use support::{Bench, PATIENCE};
use testing::Recorded;
use tracer_core::{AlwaysOff, ENABLED, InSpanExt, Span, SpanContext};

/// A message from its sending to its ack, by every way there is.
async fn everything(bench: &Bench) {
    bench.send(b"one", BasicProperties::default()).await;
    let got = bench.channel.basic_get(bench.queue.clone(), BasicGetOptions::default()).await;
    let got = got.unwrap().unwrap();
    assert!(got.ack(BasicAckOptions::default()).await.unwrap());
    bench.send(b"two", BasicProperties::default()).await;
    let mut consumer = bench.consume().await;
    let message = Bench::next(&mut consumer).await;
    let body = message
        .process(async |message| {
            message.ack(BasicAckOptions::default()).await.unwrap();
            message.data.clone()
        })
        .await;
    assert_eq!(body, b"two");
    bench.channel.raw().basic_cancel(consumer.tag(), Default::default()).await.unwrap();
}

#[tokio::test]
async fn switched_off_everything_works_and_nothing_is_recorded() {
    let bench = Bench::new("off").await;
    bench.recorded.tracer.set_enabled(false);
    everything(&bench).await;
    assert!(bench.recorded.spans().is_empty());
    bench.recorded.tracer.set_enabled(true);
    everything(&bench).await;
    assert_eq!(bench.recorded.spans().len(), if ENABLED { 7 } else { 0 });
}

#[tokio::test]
async fn below_a_filter_nothing_is_recorded() {
    let bench = Bench::new("filtered").await;
    let filtered = Span::passive(SpanContext::default().suppressed());
    everything(&bench).attach(filtered.handle()).await;
    assert!(bench.recorded.spans().is_empty());
}

#[tokio::test]
async fn unsampled_contexts_go_on_with_their_decision() {
    let recorded = Recorded::with(|builder| builder.sampler(AlwaysOff));
    let bench = Bench::by("unsampled", recorded, |tracing| tracing).await;
    bench.send(b"", BasicProperties::default()).await;
    let mut consumer = bench.consume().await;
    let message = Bench::next(&mut consumer).await;
    let headers = message.properties.headers().clone();
    message.ack(BasicAckOptions::default()).await.unwrap();
    if ENABLED {
        let own = message.span().context();
        let sent = headers.unwrap().inner()["traceparent"].as_long_string().unwrap().to_string();
        assert_eq!(sent[3..35], own.trace_id().unwrap().to_string());
        assert!(sent.ends_with("-02") || sent.ends_with("-00"), "{sent}");
    } else {
        assert_eq!(headers, None);
    }
    drop(message);
    assert!(bench.recorded.spans().is_empty());
}

#[tokio::test]
async fn what_is_open_when_it_is_switched_off_ends() {
    let bench = Bench::new("open").await;
    bench.send(b"", BasicProperties::default()).await;
    let mut consumer = bench.consume().await;
    let message = tokio::time::timeout(PATIENCE, Bench::next(&mut consumer)).await.unwrap();
    bench.recorded.tracer.set_enabled(false);
    message.ack(BasicAckOptions::default()).await.unwrap();
    drop(message);
    bench.recorded.tracer.set_enabled(true);
    let spans = bench.recorded.spans();
    assert_eq!(spans.len(), if ENABLED { 2 } else { 0 }, "sent and worked on; the ack had none");
    let books = bench.recorded.tracer.books();
    assert!(books.balance() && books.open == 0, "{books:?}");
}
