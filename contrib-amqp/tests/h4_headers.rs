//! H4: a message that has headers already, of every type there is and of every size.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use std::collections::BTreeMap;

use lapin::BasicProperties;
use lapin::options::BasicAckOptions;
use lapin::types::{AMQPValue, DecimalValue, FieldArray, FieldTable, ShortString};
use support::{Bench, SPAN, TRACE, table, text};
use tracer_core::{ENABLED, InSpanExt, Status};

/// All types of values that go over the wire.
fn everything() -> FieldTable {
    let deeper = table(&[("deeper", AMQPValue::FieldArray(list()))]);
    let nested = table(&[("deep", AMQPValue::FieldTable(deeper)), ("traceparent", text("inside"))]);
    table(&[
        ("bool", AMQPValue::Boolean(true)),
        ("i8", AMQPValue::ShortShortInt(-8)),
        ("u8", AMQPValue::ShortShortUInt(8)),
        ("i16", AMQPValue::ShortInt(-16)),
        ("u16", AMQPValue::ShortUInt(16)),
        ("i32", AMQPValue::LongInt(-32)),
        ("u32", AMQPValue::LongUInt(32)),
        ("i64", AMQPValue::LongLongInt(-64)),
        ("f32", AMQPValue::Float(0.5)),
        ("f64", AMQPValue::Double(0.25)),
        ("decimal", AMQPValue::DecimalValue(DecimalValue { scale: 2, value: 314 })),
        ("time", AMQPValue::Timestamp(1_700_000_000)),
        ("text", text("ünï\r\n")),
        ("bytes", AMQPValue::ByteArray(vec![0, 255].into())),
        ("none", AMQPValue::Void),
        ("list", AMQPValue::FieldArray(list())),
        ("table", AMQPValue::FieldTable(nested)),
    ])
}

fn list() -> FieldArray {
    let nested = AMQPValue::FieldTable(table(&[("in a list", AMQPValue::Boolean(false))]));
    vec![AMQPValue::LongInt(1), text("two"), AMQPValue::Void, nested].into()
}

/// Everything a message can say of itself, but for the user, which has to be the connection's.
fn properties() -> BasicProperties {
    BasicProperties::default()
        .with_app_id("app".into())
        .with_cluster_id("cluster".into())
        .with_content_encoding("identity".into())
        .with_content_type("text/plain".into())
        .with_correlation_id("correlation".into())
        .with_delivery_mode(1)
        .with_expiration("60000".into())
        .with_message_id("message".into())
        .with_type("type".into())
        .with_priority(3)
        .with_reply_to("reply".into())
        .with_timestamp(1_700_000_000)
}

fn without_context(table: &FieldTable) -> FieldTable {
    let own =
        |name: &ShortString| ["traceparent", "tracestate", "baggage"].contains(&name.as_str());
    let rest = table.inner().iter().filter(|(name, _)| !own(name));
    FieldTable::from(
        rest.map(|(name, value)| (name.clone(), value.clone())).collect::<BTreeMap<_, _>>(),
    )
}

/// What comes of a message with these properties.
async fn sent(bench: &Bench, body: &[u8], properties: BasicProperties) -> BasicProperties {
    bench.send(body, properties).await;
    let mut consumer = bench.consume().await;
    let message = Bench::next(&mut consumer).await;
    assert_eq!(message.data, body);
    assert!(message.ack(BasicAckOptions::default()).await.unwrap());
    bench.channel.raw().basic_cancel(consumer.tag(), Default::default()).await.unwrap();
    message.properties.clone()
}

/// A table is as it was, with the context beside what it had. (Tables are sorted: what is equal is
/// the same bytes.)
#[tokio::test]
async fn h4_what_a_message_has_stays() {
    let bench = Bench::new("table").await;
    let came = sent(&bench, b"", properties().with_headers(everything())).await;
    let headers = came.headers().clone().unwrap();
    assert_eq!(headers.contains_key("traceparent"), ENABLED);
    assert_eq!(without_context(&headers), everything());
    assert_eq!(
        came.with_headers(FieldTable::default()),
        properties().with_headers(FieldTable::default())
    );
}

/// Where there is no room for it the message goes without.
#[tokio::test]
async fn h4_a_context_that_does_not_fit_is_left_out() {
    let bench = Bench::new("full").await.confirmed().await;
    let frame_max = usize::try_from(bench.connection.configuration().frame_max()).unwrap();
    for (size, fits) in
        [(frame_max - 3_000, true), (frame_max - 1_000, false), (frame_max - 64, false)]
    {
        let large = table(&[("large", text(&"x".repeat(size)))]);
        let came = sent(&bench, b"body", BasicProperties::default().with_headers(large.clone()));
        let headers = came.await.headers().clone().unwrap();
        assert_eq!(without_context(&headers), large);
        assert_eq!(headers.contains_key("traceparent"), fits && ENABLED, "{size}");
    }
    assert!(bench.recorded.spans().iter().all(|span| span.status == Status::Unset));
}

/// Many small entries count as well as a large one.
#[tokio::test]
async fn h4_nested_tables_count_too() {
    let bench = Bench::new("nested").await.confirmed().await;
    let frame_max = usize::try_from(bench.connection.configuration().frame_max()).unwrap();
    for (left, fits) in [(8_000, true), (1_500, false)] {
        // Each is a name of 6, a byte for its length, one for its type, and a number of 4.
        let many = (frame_max - left) / 12;
        let entries = (0..many).map(|nth| (format!("{nth:06}").into(), AMQPValue::LongInt(7)));
        let inner = FieldTable::from(entries.collect::<BTreeMap<ShortString, _>>());
        let in_list = AMQPValue::FieldArray(vec![AMQPValue::FieldTable(inner)].into());
        let large = table(&[("large", in_list)]);
        let came = sent(&bench, b"", BasicProperties::default().with_headers(large.clone())).await;
        let headers = came.headers().clone().unwrap();
        assert_eq!(without_context(&headers), large);
        assert_eq!(headers.contains_key("traceparent"), fits && ENABLED, "{left} left");
    }
}

/// The name of a context on something else: nobody's context, and not to be overwritten.
#[tokio::test]
async fn h4_a_name_that_stands_for_something_else() {
    let bench = Bench::new("taken").await;
    let nested = table(&[("traceparent", text(&format!("00-{TRACE}-{SPAN}-01")))]);
    for (name, value) in [
        ("traceparent", AMQPValue::LongLongInt(7)),
        ("TraceParent", AMQPValue::FieldTable(nested)),
        ("traceparent", AMQPValue::Void),
    ] {
        let own = table(&[(name, value)]);
        let came = sent(&bench, b"", BasicProperties::default().with_headers(own.clone())).await;
        assert_eq!(came.headers(), &Some(own));
    }
    if ENABLED {
        let spans = bench.recorded.spans();
        let process = spans.iter().filter(|span| span.name == bench.named("process"));
        assert!(process.clone().all(|span| span.parent_id.is_none() && !span.status.is_error()));
        assert_eq!(process.count(), 3);
    }
}

/// A trace goes on without its baggage.
#[tokio::test]
async fn h4_baggage_that_stands_for_something_else() {
    let bench = Bench::new("taken").await;
    let own = table(&[("baggage", AMQPValue::LongInt(2))]);
    let span = bench.recorded.tracer.span("order").start();
    span.set_baggage_item("customer", "7");
    let properties = BasicProperties::default().with_headers(own.clone());
    let came = sent(&bench, b"", properties).in_span(span).await;
    let headers = came.headers().clone().unwrap();
    assert_eq!(headers.inner()["baggage"], AMQPValue::LongInt(2));
    assert_eq!(headers.inner().contains_key("traceparent"), ENABLED);
}
