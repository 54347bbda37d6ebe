//! A connection that breaks and is there again: what failed says so, and what comes then is traced
//! as before, on the same channel and consumer.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use std::sync::{Arc, Mutex};

use contrib_amqp::{AmqpTracing, ChannelExt, TracedChannel};
use futures_util::StreamExt;
use lapin::options::{BasicAckOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions};
use lapin::types::{FieldTable, ShortString};
use lapin::{BasicProperties, Connection, ConnectionProperties};
use support::{PATIENCE, unique, uri};
use testing::Recorded;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tracer_core::ENABLED;

/// What stands between the program and the broker.
#[derive(Default)]
struct Wire(Mutex<JoinSet<()>>);

impl Wire {
    /// Its port.
    async fn start(self: &Arc<Self>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (wire, broker) = (Arc::clone(self), uri().authority);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut far = TcpStream::connect((&*broker.host, broker.port)).await.unwrap();
                wire.0.lock().unwrap().spawn(async move {
                    let _ = copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
        port
    }

    fn cut(&self) {
        self.0.lock().unwrap().abort_all();
    }
}

async fn send(channel: &TracedChannel, queue: &ShortString, body: &[u8]) -> lapin::Result<()> {
    let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
    let sent = channel.basic_publish("".into(), queue.clone(), options, body, properties).await?;
    sent.await.map(drop)
}

#[tokio::test]
async fn a_connection_that_recovers() {
    let (recorded, wire, queue) = (Recorded::new(), Arc::new(Wire::default()), unique("recovers"));
    let mut through = uri();
    through.authority.host = "127.0.0.1".into();
    through.authority.port = wire.start().await;
    let options = ConnectionProperties::default().enable_auto_recover();
    let connection = Connection::connect_uri(through, options).await.unwrap();
    let tracing = AmqpTracing::of(&uri()).with_tracer(recorded.tracer.clone());
    let channel = connection.create_channel().await.unwrap().traced(tracing);
    // So that it is known what was lost on the way.
    channel.raw().confirm_select(ConfirmSelectOptions::default()).await.unwrap();
    support::declare(&channel, &queue, FieldTable::default()).await;
    let tag = ShortString::default();
    let consumer =
        channel.basic_consume(queue.clone(), tag, Default::default(), Default::default());
    let mut consumer = consumer.await.unwrap();
    let work = async {
        for body in [&b"before"[..], b"after"] {
            while let Err(error) = send(&channel, &queue, body).await {
                channel.raw().wait_for_recovery(error).await.unwrap();
            }
            let message = loop {
                match consumer.next().await.expect("it goes on") {
                    Ok(message) => break message,
                    Err(error) => channel.raw().wait_for_recovery(error).await.unwrap(),
                }
            };
            assert_eq!(message.data, body);
            assert!(message.ack(BasicAckOptions::default()).await.unwrap());
            // The broker answers in turn: it has read the ack then, and sends nothing again.
            channel.raw().basic_qos(1, BasicQosOptions::default()).await.unwrap();
            wire.cut();
        }
    };
    tokio::time::timeout(PATIENCE, work).await.expect("it recovers");
    if !ENABLED {
        return;
    }
    let spans = recorded.spans();
    let of = |operation: &str| {
        let name = format!("{operation} {queue}");
        spans.iter().filter(move |span| span.name == name)
    };
    let (sent, failed): (Vec<_>, Vec<_>) = of("publish").partition(|span| !span.status.is_error());
    assert!(failed.iter().all(|span| !testing::tag(span, "error.type").is_empty()));
    for body in &sent {
        let below = of("process").filter(|span| span.parent_id == body.span_id);
        assert_eq!(below.count(), 1, "{}", testing::tree(&spans));
    }
    assert_eq!((sent.len(), of("process").count()), (2, 2), "{}", testing::tree(&spans));
    let books = recorded.tracer.books();
    assert!(books.balance() && books.open == 0, "{books:?}");
}
