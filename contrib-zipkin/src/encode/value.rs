//! Values: as text, which is all that tags can hold, and as JSON.

use serde::ser::Error;
use serde::{Serialize, Serializer};
use tracer_core::{Array, Value};

/// A value as a text. Lists are JSON in it.
pub(super) struct Text<'a>(pub(super) &'a Value);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Str(text) => serializer.serialize_str(text),
            Value::F64(number) => match of_no_number(*number) {
                Some(name) => serializer.serialize_str(name),
                // The shortest digits that are read as the same number.
                None => serializer.collect_str(&format_args!("{number:?}")),
            },
            Value::Array(_) => {
                let json = serde_json::to_string(&Json(self.0)).map_err(S::Error::custom)?;
                serializer.serialize_str(&json)
            }
            other => serializer.collect_str(other),
        }
    }
}

/// A value as itself.
pub(super) struct Json<'a>(pub(super) &'a Value);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Str(text) => serializer.serialize_str(text),
            Value::I64(number) => serializer.serialize_i64(*number),
            Value::F64(number) => Number(*number).serialize(serializer),
            Value::Bool(truth) => serializer.serialize_bool(*truth),
            Value::Array(array) => match &**array {
                Array::Str(items) => serializer.collect_seq(items),
                Array::I64(items) => serializer.collect_seq(items),
                Array::F64(items) => serializer.collect_seq(items.iter().copied().map(Number)),
                Array::Bool(items) => serializer.collect_seq(items),
                // A kind of array that the core has and this version does not know.
                _ => serializer.collect_str(self.0),
            },
            // A kind of value, the same.
            other => serializer.collect_str(other),
        }
    }
}

/// JSON has no word for what is no number: it gets a text.
struct Number(f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match of_no_number(self.0) {
            Some(name) => serializer.serialize_str(name),
            None => serializer.serialize_f64(self.0),
        }
    }
}

/// The names that Protocol Buffers' JSON has.
fn of_no_number(number: f64) -> Option<&'static str> {
    match number {
        _ if number.is_nan() => Some("NaN"),
        f64::INFINITY => Some("Infinity"),
        f64::NEG_INFINITY => Some("-Infinity"),
        _ => None,
    }
}
