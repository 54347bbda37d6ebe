//! A span's fields as tags.

use std::error::Error;
use std::fmt;

use tracer_core::semconv::{code, opentracing};
use tracer_core::{SpanKind, SpanRef, Status, Tag, Value};
use tracing_core::field::{Field, Visit};

use crate::{fields, head, text};

/// Makes tags of a span's fields.
pub(crate) struct SpanFields<'a> {
    tags: &'a mut Vec<Tag>,
    /// What the fields say of the span as a whole.
    said: &'a mut Said,
}

/// What a span's fields say of it beside its tags.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// The span has just been started, with what [`Head`](crate::head::Head) knows.
    at_start: bool,
    name: Option<String>,
    kind: Option<SpanKind>,
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
        let known = self.said.at_start && field.name() == opentracing::SAMPLING_PRIORITY;
        if !known {
            self.tags.push(Tag::new(fields::name(field), value));
        }
    }

    /// A text that may be one of those that are no tags.
    fn text(&mut self, field: &Field, value: String) {
        match field.name() {
            code::OTEL_NAME => self.said.name = Some(value),
            code::OTEL_KIND => self.said.kind = head::kind(&value),
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
    /// By the fields that a span is started with.
    pub(crate) fn at_start() -> Self {
        Self { at_start: true, ..Self::default() }
    }

    /// Tells the span.
    pub(crate) fn tell(self, span: &SpanRef) {
        if let Some(name) = self.name.filter(|_| !self.at_start) {
            span.rename(name);
        }
        if let Some(kind) = self.kind.filter(|_| !self.at_start) {
            span.set_tag(opentracing::SPAN_KIND, kind.as_str());
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
        self.push(field, fields::whole(value));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.push(field, fields::whole(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, text::of_str(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let (message, sources) = fields::error(fields::name(field), value);
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
