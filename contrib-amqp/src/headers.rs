//! A message's headers as a carrier.

use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable, ShortString};
use tracer_core::propagation::Reach;
use tracer_core::{SpanContext, Tracer};

/// Room for a frame's own bytes and the properties beside the headers: eight short texts and some
/// numbers.
const BESIDE: usize = 8 + 14 + 8 * 256 + 64;

/// A message's texts: what contexts are read from.
pub(crate) fn texts(properties: &BasicProperties) -> Vec<(&str, &[u8])> {
    let table = properties.headers().iter().flat_map(FieldTable::inner);
    table.filter_map(|(name, value)| Some((name.as_str(), text(value)?))).collect()
}

/// How many times the message was rejected or expired somewhere: the counts of RabbitMQ's
/// `x-death`, one for each queue and reason.
pub(crate) fn deaths(properties: &BasicProperties) -> Option<u64> {
    let table = properties.headers().as_ref()?.inner();
    let AMQPValue::FieldArray(deaths) = table.get("x-death")? else { return None };
    let count = |death: &AMQPValue| match death {
        AMQPValue::FieldTable(death) => match death.inner().get("count") {
            Some(AMQPValue::LongLongInt(count)) => u64::try_from(*count).ok(),
            _ => Some(1),
        },
        _ => None,
    };
    Some(deaths.as_slice().iter().filter_map(count).fold(0, u64::saturating_add))
}

/// Libraries of other languages send texts as either, and some as bytes.
fn text(value: &AMQPValue) -> Option<&[u8]> {
    match value {
        AMQPValue::LongString(text) => Some(text.as_bytes()),
        AMQPValue::ShortString(text) => Some(text.as_str().as_bytes()),
        AMQPValue::ByteArray(bytes) => Some(bytes.as_slice()),
        _ => None,
    }
}

/// Adds a context to a message that has none. What it has stays as it is, also where a context's
/// name stands for something else; nothing is added where that would make the headers larger than a
/// frame can be.
pub(crate) fn inject(
    tracer: &Tracer,
    reach: Reach,
    context: &SpanContext,
    properties: BasicProperties,
    frame_max: usize,
) -> BasicProperties {
    let mut entries = Vec::<(String, String)>::new();
    tracer.inject_within(reach, context, &mut entries);
    if entries.is_empty() {
        return properties;
    }
    let mut table = properties.headers().clone().unwrap_or_default();
    let is_taken =
        |name: &str| table.inner().keys().any(|own| own.as_str().eq_ignore_ascii_case(name));
    // A trace goes on without its baggage, and not the other way round.
    if entries.iter().any(|(name, _)| name != BAGGAGE && is_taken(name)) {
        return properties;
    }
    entries.retain(|(name, _)| !is_taken(name));
    let added: usize = entries.iter().map(|(name, value)| 1 + name.len() + 5 + value.len()).sum();
    if size_of_table(&table).saturating_add(added).saturating_add(BESIDE) > frame_max {
        return properties;
    }
    for (name, value) in entries {
        if let Ok(name) = ShortString::try_new(name) {
            table.insert(name, AMQPValue::LongString(value.into_bytes().into()));
        }
    }
    properties.with_headers(table)
}

/// W3C's header for it.
const BAGGAGE: &str = "baggage";

/// Bytes on the wire.
fn size_of_table(table: &FieldTable) -> usize {
    let entry = |(name, value): (&ShortString, &AMQPValue)| 1 + name.as_str().len() + size(value);
    4 + table.inner().iter().map(entry).sum::<usize>()
}

/// The same of a value, with the byte that tells its type.
fn size(value: &AMQPValue) -> usize {
    1 + match value {
        AMQPValue::Void => 0,
        AMQPValue::Boolean(_) | AMQPValue::ShortShortInt(_) | AMQPValue::ShortShortUInt(_) => 1,
        AMQPValue::ShortInt(_) | AMQPValue::ShortUInt(_) => 2,
        AMQPValue::LongInt(_) | AMQPValue::LongUInt(_) | AMQPValue::Float(_) => 4,
        AMQPValue::DecimalValue(_) => 5,
        AMQPValue::LongLongInt(_) | AMQPValue::Double(_) | AMQPValue::Timestamp(_) => 8,
        AMQPValue::ShortString(text) => 1 + text.as_str().len(),
        AMQPValue::LongString(text) => 4 + text.as_bytes().len(),
        AMQPValue::ByteArray(bytes) => 4 + bytes.len(),
        AMQPValue::FieldArray(values) => 4 + values.as_slice().iter().map(size).sum::<usize>(),
        AMQPValue::FieldTable(table) => size_of_table(table),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Short texts, as no broker hands them on, and all else: what is no text is not there.
    #[test]
    fn h5_texts_and_what_is_none() {
        let table = FieldTable::from(std::collections::BTreeMap::from([
            ("bytes".into(), AMQPValue::ByteArray(b"bytes".as_slice().into())),
            ("long".into(), AMQPValue::LongString("long".into())),
            ("number".into(), AMQPValue::LongInt(7)),
            ("short".into(), AMQPValue::ShortString("short".into())),
            ("table".into(), AMQPValue::FieldTable(FieldTable::default())),
        ]));
        let properties = BasicProperties::default().with_headers(table);
        let expected = ["bytes", "long", "short"].map(|name| (name, name.as_bytes()));
        assert_eq!(texts(&properties), expected);
        assert_eq!(texts(&BasicProperties::default()), []);
    }
}
