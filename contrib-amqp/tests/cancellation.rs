//! What is dropped, panics, or is never waited for.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use std::sync::Arc;

use lapin::BasicProperties;
use lapin::options::{BasicAckOptions, BasicPublishOptions};
use support::{Bench, PATIENCE};
use testing::named;
use tokio::sync::Notify;
use tracer_core::{ENABLED, Status};

#[tokio::test]
async fn a_confirm_that_nobody_waits_for() {
    let bench = Bench::new("unconfirmed").await.confirmed().await;
    let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
    let key = bench.queue.clone();
    drop(bench.channel.basic_publish("".into(), key, options, b"", properties).await.unwrap());
    let returned = bench.channel.raw().wait_for_confirms().await.unwrap();
    assert!(returned.is_empty(), "lapin still waits for it");
    if !ENABLED {
        return;
    }
    let span = bench.recorded.one();
    assert_eq!((span.events(), &span.status), (vec!["incomplete".to_owned()], &Status::Unset));
}

#[tokio::test]
async fn without_confirms_sent_is_sent() {
    let bench = Bench::new("sent").await;
    let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
    let key = bench.queue.clone();
    drop(bench.channel.basic_publish("".into(), key, options, b"", properties).await.unwrap());
    if ENABLED {
        let span = bench.recorded.one();
        assert_eq!((span.events(), &span.status), (Vec::new(), &Status::Unset));
    }
}

#[tokio::test]
async fn a_handler_that_is_dropped() {
    let bench = Bench::new("dropped").await;
    bench.send(b"", BasicProperties::default()).await;
    let mut consumer = bench.consume().await;
    let message = Bench::next(&mut consumer).await;
    let work = message.process(async |message| {
        std::future::pending::<()>().await;
        drop(message);
    });
    assert!(tokio::time::timeout(PATIENCE / 400, work).await.is_err());
    // It goes back to the queue with its channel, as always.
    if !ENABLED {
        return;
    }
    let spans = bench.recorded.spans();
    let process = named(&spans, &bench.named("process"));
    assert_eq!(testing::tag(process, "error.type"), "cancelled");
    assert_eq!(process.events(), ["not settled", "cancelled"]);
}

#[tokio::test]
async fn a_handler_that_panics() {
    let bench = Bench::new("panics").await;
    bench.send(b"", BasicProperties::default()).await;
    bench.send(b"", BasicProperties::default()).await;
    let mut consumer = bench.consume().await;
    let message = Bench::next(&mut consumer).await;
    let work = message.process(async |message| {
        assert!(message.data.len() > 7, "too short");
    });
    assert!(tokio::spawn(work).await.unwrap_err().is_panic());
    let message = Bench::next(&mut consumer).await;
    // On the plain stream, too.
    let work = async move {
        assert!(message.data.len() > 7, "too short");
    };
    assert!(tokio::spawn(work).await.unwrap_err().is_panic());
    if !ENABLED {
        return;
    }
    let spans = bench.recorded.spans();
    let process: Vec<_> = spans.iter().filter(|one| one.name == bench.named("process")).collect();
    assert_eq!(process.len(), 2);
    for span in process {
        assert_eq!(testing::tag(span, "error.type"), "panic");
        assert!(span.events().contains(&"not settled".to_owned()));
    }
}

#[tokio::test]
async fn a_delegate_and_a_consumer_that_is_cancelled() {
    let bench = Bench::new("delegate").await;
    let consumer = bench.consume().await;
    let ended = Arc::new(Notify::new());
    let tell = Arc::clone(&ended);
    consumer.set_delegate(move |delivery| {
        let tell = Arc::clone(&tell);
        async move {
            match delivery.unwrap() {
                Some(message) => {
                    assert_eq!(tracer_core::current().is_recording(), ENABLED);
                    message.ack(BasicAckOptions::default()).await.unwrap();
                }
                None => tell.notify_one(),
            }
        }
    });
    bench.send(b"", BasicProperties::default()).await;
    // Settled by then.
    let is_done = async || {
        let spans = bench.recorded.spans();
        (spans.iter().any(|span| span.name == bench.named("process")), spans)
    };
    let mut all = Vec::new();
    for _ in 0..200 {
        let (done, spans) = is_done().await;
        all.extend(spans);
        if done || !ENABLED {
            break;
        }
        tokio::time::sleep(PATIENCE / 400).await;
    }
    // The broker cancels it: the queue is gone.
    let queue = bench.queue.clone();
    bench.channel.raw().queue_delete(queue, Default::default()).await.unwrap();
    tokio::time::timeout(PATIENCE, ended.notified()).await.expect("it is told of the end");
    if ENABLED {
        let process = named(&all, &bench.named("process"));
        assert_eq!(process.events(), ["ack"]);
    }
}

#[tokio::test]
async fn for_each_ends_with_the_consumer() {
    let bench = Bench::new("each").await;
    let consumer = bench.consume().await;
    let tag = consumer.tag();
    for _ in 0..3 {
        bench.send(b"", BasicProperties::default()).await;
    }
    let mut seen = 0;
    let raw = bench.channel.raw().clone();
    let work = consumer.for_each_traced(|message| {
        seen += 1;
        let last = seen == 3;
        let (raw, tag) = (raw.clone(), tag.clone());
        async move {
            message.ack(BasicAckOptions::default()).await.unwrap();
            if last {
                raw.basic_cancel(tag, Default::default()).await.unwrap();
            }
        }
    });
    tokio::time::timeout(PATIENCE, work).await.expect("it ends").unwrap();
    assert_eq!(seen, 3);
    if ENABLED {
        let spans = bench.recorded.spans();
        let process = spans.iter().filter(|span| span.name == bench.named("process"));
        assert!(process.clone().all(|span| span.events() == ["ack"]));
        assert_eq!(process.count(), 3);
    }
}
