//! `x-death`: where and why a message has died, the latest death first.

use std::collections::BTreeMap;

use amq_protocol::protocol::basic::AMQPProperties;
use amq_protocol::types::{AMQPValue, FieldTable, ShortString};

const HEADER: &str = "x-death";

/// One more death.
pub(super) fn note(
    properties: AMQPProperties,
    queue: &str,
    reason: &str,
    from: (&str, &str),
) -> AMQPProperties {
    let table = properties.headers().clone().unwrap_or_default();
    let mut headers: BTreeMap<ShortString, AMQPValue> = table.inner().clone();
    let mut deaths = match headers.get(HEADER) {
        Some(AMQPValue::FieldArray(deaths)) => deaths.as_slice().to_vec(),
        _ => Vec::new(),
    };
    let is_same = |death: &AMQPValue| is(death, "queue", queue) && is(death, "reason", reason);
    let before = deaths.iter().position(is_same).map(|at| deaths.remove(at));
    let count = before.as_ref().map_or(0, count) + 1;
    let text = |text: &str| AMQPValue::LongString(text.into());
    let death = BTreeMap::from([
        ("count".into(), AMQPValue::LongLongInt(count)),
        ("queue".into(), text(queue)),
        ("reason".into(), text(reason)),
        ("exchange".into(), text(from.0)),
        ("routing-keys".into(), AMQPValue::FieldArray(vec![text(from.1)].into())),
    ]);
    deaths.insert(0, AMQPValue::FieldTable(FieldTable::from(death)));
    headers.insert(HEADER.into(), AMQPValue::FieldArray(deaths.into()));
    properties.with_headers(FieldTable::from(headers))
}

fn is(death: &AMQPValue, name: &str, value: &str) -> bool {
    let AMQPValue::FieldTable(death) = death else { return false };
    matches!(death.inner().get(name), Some(AMQPValue::LongString(text)) if text.as_bytes() == value.as_bytes())
}

fn count(death: &AMQPValue) -> i64 {
    let AMQPValue::FieldTable(death) = death else { return 0 };
    match death.inner().get("count") {
        Some(AMQPValue::LongLongInt(count)) => *count,
        _ => 0,
    }
}
