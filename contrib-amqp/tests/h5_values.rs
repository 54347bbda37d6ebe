//! H5: a `traceparent` of every type that a value can have. Only text is one, nothing else is an
//! error. (Short texts cannot be sent: that they are read is a test of `headers.rs`.)
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use lapin::BasicProperties;
use lapin::options::{BasicAckOptions, BasicGetOptions, BasicPublishOptions};
use lapin::types::{AMQPValue, DecimalValue};
use support::{Bench, SPAN, TRACE, table, text};
use testing::named;
use tracer_core::{ENABLED, Status};

/// Values, and whether they are a context.
fn values() -> Vec<(AMQPValue, bool)> {
    let valid = format!("00-{TRACE}-{SPAN}-01");
    let broken = [valid.as_bytes(), b"\xff\xc0"].concat();
    let shorter = [&valid.as_bytes()[..54], b"\xff"].concat();
    let inside = table(&[("traceparent", text(&valid))]);
    let long = |bytes: &[u8]| AMQPValue::LongString(bytes.to_vec().into());
    vec![
        (text(&valid), true),
        (AMQPValue::ByteArray(valid.as_bytes().into()), true),
        (text(""), false),
        (text("00"), false),
        (text(&valid.replace("4bf", "+bf")), false),
        (text(&valid.repeat(1_000)), false),
        (long(&broken), false),
        (long(&shorter), false),
        (long(&[0xff; 55]), false),
        (AMQPValue::ByteArray(broken.as_slice().into()), false),
        (AMQPValue::ByteArray(vec![0; 55].into()), false),
        (AMQPValue::Boolean(true), false),
        (AMQPValue::ShortShortInt(-1), false),
        (AMQPValue::ShortInt(-1), false),
        (AMQPValue::LongInt(7), false),
        (AMQPValue::LongLongInt(i64::MIN), false),
        (AMQPValue::Double(1e300), false),
        (AMQPValue::DecimalValue(DecimalValue { scale: 255, value: u32::MAX }), false),
        (AMQPValue::Timestamp(u64::MAX), false),
        (AMQPValue::Void, false),
        (AMQPValue::FieldTable(inside.clone()), false),
        (AMQPValue::FieldArray(vec![text(&valid)].into()), false),
        (AMQPValue::FieldArray(vec![AMQPValue::FieldTable(inside)].into()), false),
    ]
}

#[tokio::test]
async fn h5_only_valid_text_is_used() {
    let bench = Bench::new("values").await;
    for name in ["traceparent", "TraceParent"] {
        for (value, is_context) in values() {
            let headers = table(&[(name, value.clone()), ("baggage", value.clone())]);
            let properties = BasicProperties::default().with_headers(headers);
            let (raw, queue) = (bench.channel.raw(), bench.queue.clone());
            let options = BasicPublishOptions::default();
            raw.basic_publish("".into(), queue, options, b"", properties).await.unwrap();
            let mut consumer = bench.consume().await;
            let message = Bench::next(&mut consumer).await;
            assert!(!message.redelivered, "{value:?}");
            assert!(message.ack(BasicAckOptions::default()).await.unwrap());
            drop(message);
            raw.basic_cancel(consumer.tag(), Default::default()).await.unwrap();
            if !ENABLED {
                continue;
            }
            let spans = bench.recorded.spans();
            let process = named(&spans, &bench.named("process"));
            assert_eq!(process.status, Status::Unset, "{value:?}");
            assert_eq!(process.events(), ["ack"], "{value:?}");
            let parent = process.parent_id.map(|id| id.to_string());
            assert_eq!(parent, is_context.then(|| SPAN.to_owned()), "{value:?}");
        }
    }
    let left = bench.channel.raw().basic_get(bench.queue.clone(), BasicGetOptions::default()).await;
    assert!(left.unwrap().is_none(), "each was taken, none came back");
}
