//! Tags and their values: `KeyValue` and `AnyValue`.

use tracer_core::{Array, Value};

use super::wire::{
    fixed64, fixed64_key, len_key, message, text, text_len, varint, varint_key, varint_len,
};

const KEY: u8 = len_key(1);
const VALUE: u8 = len_key(2);

const STRING: u8 = len_key(1);
const BOOL: u8 = varint_key(2);
const INT: u8 = varint_key(3);
const DOUBLE: u8 = fixed64_key(4);
const ARRAY: u8 = len_key(5);
const ITEM: u8 = len_key(1);

/// Bytes of a truth value and of a double, with their keys.
const BOOL_LEN: usize = 2;
const DOUBLE_LEN: usize = 9;

/// One `KeyValue`. A value is written even where it is its type's default: it is part of a oneof,
/// where leaving it out would say "no value". Keys may not be empty: such a tag is left out.
#[inline]
pub(super) fn tag(buf: &mut Vec<u8>, field: u8, key: &str, value: &Value) {
    if key.is_empty() {
        return;
    }
    match value {
        Value::Str(value) => text_tag(buf, field, key, value),
        Value::I64(value) => {
            head(buf, field, key, int_len(*value));
            int(buf, *value);
        }
        Value::F64(value) => {
            head(buf, field, key, DOUBLE_LEN);
            fixed64(buf, DOUBLE, value.to_bits());
        }
        Value::Bool(value) => {
            head(buf, field, key, BOOL_LEN);
            buf.extend_from_slice(&[BOOL, u8::from(*value)]);
        }
        Value::Array(items) => message(buf, field, 1, |buf| {
            text(buf, KEY, key);
            message(buf, VALUE, 1, |buf| {
                message(buf, ARRAY, 1, |buf| array(buf, items));
            });
        }),
        // A kind of value that the core has and this version does not know.
        other => text_tag(buf, field, key, &other.to_string()),
    }
}

/// One `KeyValue` of text.
#[inline]
pub(super) fn text_tag(buf: &mut Vec<u8>, field: u8, key: &str, value: &str) {
    head(buf, field, key, text_len(value));
    text(buf, STRING, value);
}

/// All that comes before a value of known length.
#[inline]
fn head(buf: &mut Vec<u8>, field: u8, key: &str, value_len: usize) {
    let len = text_len(key) + 1 + varint_len(value_len as u64) + value_len;
    buf.reserve(len + 6);
    buf.push(field);
    varint(buf, len as u64);
    text(buf, KEY, key);
    buf.push(VALUE);
    varint(buf, value_len as u64);
}

/// OTLP's `int64` is two's complement: a negative number takes ten bytes.
const fn int_len(value: i64) -> usize {
    1 + varint_len(value.cast_unsigned())
}

fn int(buf: &mut Vec<u8>, value: i64) {
    buf.push(INT);
    varint(buf, value.cast_unsigned());
}

fn array(buf: &mut Vec<u8>, array: &Array) {
    let item = |buf: &mut Vec<u8>, len: usize| {
        buf.push(ITEM);
        varint(buf, len as u64);
    };
    match array {
        Array::Str(items) => items.iter().for_each(|value| {
            item(buf, text_len(value));
            text(buf, STRING, value);
        }),
        Array::I64(items) => items.iter().for_each(|value| {
            item(buf, int_len(*value));
            int(buf, *value);
        }),
        Array::F64(items) => items.iter().for_each(|value| {
            item(buf, DOUBLE_LEN);
            fixed64(buf, DOUBLE, value.to_bits());
        }),
        Array::Bool(items) => items.iter().for_each(|value| {
            item(buf, BOOL_LEN);
            buf.extend_from_slice(&[BOOL, u8::from(*value)]);
        }),
        // A kind of array that the core has and this version does not know.
        _ => {}
    }
}
