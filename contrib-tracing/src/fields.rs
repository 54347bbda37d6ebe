//! Fields as tags.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use tracer_core::semconv::{code, failure, opentracing};
use tracer_core::{SpanKind, SpanRef, Status, Tag, Value};
use tracing_core::field::{Field, FieldSet, Visit};
use tracing_core::span::Attributes;

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

/// What a span has to be started with: the fields that say more than a tag can.
pub(crate) struct Head {
    pub(crate) name: Cow<'static, str>,
    pub(crate) kind: SpanKind,
}

impl Head {
    pub(crate) fn of(attributes: &Attributes<'_>) -> Self {
        let metadata = attributes.metadata();
        let mut head = Self { name: Cow::Borrowed(metadata.name()), kind: SpanKind::Internal };
        let has = |fields: &FieldSet, name| fields.field(name).is_some();
        // Few spans have them, and the others need not be looked at twice.
        if has(metadata.fields(), code::OTEL_NAME) || has(metadata.fields(), code::OTEL_KIND) {
            attributes.record(&mut head);
        }
        head
    }
}

impl Visit for Head {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            code::OTEL_NAME => self.name = text::of_str(value).into(),
            code::OTEL_KIND => self.kind = kind(value),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if matches!(field.name(), code::OTEL_NAME | code::OTEL_KIND) {
            self.record_str(field, &text::of(format_args!("{value:?}")));
        }
    }
}

/// The kind as it is written there, in whatever case.
fn kind(value: &str) -> SpanKind {
    let kinds = [SpanKind::Server, SpanKind::Client, SpanKind::Producer, SpanKind::Consumer];
    let kind = kinds.into_iter().find(|kind| value.eq_ignore_ascii_case(kind.as_str()));
    kind.unwrap_or(SpanKind::Internal)
}

/// Makes tags of a span's fields.
pub(crate) struct SpanFields<'a> {
    tags: &'a mut Vec<Tag>,
    /// What the fields say of the span as a whole.
    said: &'a mut Said,
}

/// What a span's fields say of it beside its tags.
#[derive(Debug, Default)]
pub(crate) struct Said {
    name: Option<String>,
    /// `otel.status_code`; true is fine, false a failure.
    fine: Option<bool>,
    /// Why it failed.
    reason: Option<String>,
}

impl<'a> SpanFields<'a> {
    pub(crate) const fn new(tags: &'a mut Vec<Tag>, said: &'a mut Said) -> Self {
        Self { tags, said }
    }

    fn push(&mut self, field: &Field, value: impl Into<Value>) {
        self.tags.push(Tag::new(name(field), value));
    }

    /// A text that may be one of those that are no tags.
    fn text(&mut self, field: &Field, value: String) {
        match field.name() {
            code::OTEL_NAME => self.said.name = Some(value),
            // A kind is given at the start, and never changes.
            code::OTEL_KIND => {}
            code::OTEL_STATUS_CODE => self.said.fine = fine(&value).or(self.said.fine),
            code::OTEL_STATUS_MESSAGE => self.said.reason = Some(value),
            _ => self.push(field, value),
        }
    }
}

fn fine(code: &str) -> Option<bool> {
    [("ok", true), ("error", false)]
        .into_iter()
        .find_map(|(name, fine)| code.eq_ignore_ascii_case(name).then_some(fine))
}

impl Said {
    /// Tells the span. Its name was known at the start, and is told again only if it changes.
    pub(crate) fn tell(self, span: &SpanRef, name_is_known: bool) {
        if let Some(name) = self.name.filter(|_| !name_is_known) {
            span.rename(name);
        }
        match (self.fine, self.reason) {
            (Some(true), _) => {
                span.set_status(Status::Ok);
            }
            (_, Some(reason)) => {
                span.set_status(Status::Error(reason.into()));
            }
            // A reason that was given before stays.
            (Some(false), None) => {
                span.set_tag(opentracing::ERROR, true);
            }
            (None, None) => {}
        }
    }
}

impl Visit for SpanFields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.push(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push(field, value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.push(field, whole(value));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.push(field, whole(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, text::of_str(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let (message, sources) = error(name(field), value);
        self.tags.extend(sources);
        if field.name() == opentracing::ERROR {
            self.said.reason = Some(message);
        } else {
            self.push(field, message);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, text::of(format_args!("{value:?}")));
    }
}
