//! Names and values of fields.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use tracer_core::semconv::{code, failure, opentracing};
use tracer_core::{Tag, Value};
use tracing_core::field::Field;

use crate::text;

/// A field's name. One that is a keyword of Rust's is written `r#type`.
pub(crate) fn name(field: &Field) -> &'static str {
    let name = field.name();
    name.strip_prefix("r#").unwrap_or(name)
}

/// A number that may be too large for a tag: then it is a text.
pub(crate) fn whole(number: impl TryInto<i64> + fmt::Display + Copy) -> Value {
    number.try_into().map_or_else(|_| Value::from(number.to_string()), Value::I64)
}

/// An error and, under another key, what has caused it.
pub(crate) fn error(key: &'static str, error: &(dyn Error + 'static)) -> (String, Option<Tag>) {
    let message = text::of(format_args!("{error}"));
    let sources: Vec<_> =
        failure::causes(error).skip(1).map(|cause| text::of(format_args!("{cause}"))).collect();
    if sources.is_empty() {
        return (message, None);
    }
    let key = match key {
        opentracing::ERROR => Cow::Borrowed(code::ERROR_SOURCES),
        other => Cow::Owned([other, code::SOURCES].concat()),
    };
    (message, Some(Tag::new(key, sources)))
}
