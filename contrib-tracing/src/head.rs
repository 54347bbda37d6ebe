//! Fields that have to be known before a span starts.

use std::borrow::Cow;
use std::fmt;

use tracer_core::semconv::code::{OTEL_KIND, OTEL_NAME};
use tracer_core::semconv::opentracing::SAMPLING_PRIORITY;
use tracer_core::{SpanKind, Tag};
use tracing_core::field::{Field, Visit};
use tracing_core::span::{Attributes, Record};

use crate::text;

/// What a span is started with.
pub(crate) struct Head {
    pub(crate) name: Cow<'static, str>,
    pub(crate) kind: SpanKind,
    /// Whether the application wants a trace, or none.
    pub(crate) priority: Option<Tag>,
}

impl Head {
    pub(crate) fn of(attributes: &Attributes<'_>) -> Self {
        let metadata = attributes.metadata();
        let name = Cow::Borrowed(metadata.name());
        let mut head = Self { name, kind: SpanKind::Internal, priority: None };
        // Few spans have them, and the others need not be looked at twice.
        let wanted = [OTEL_NAME, OTEL_KIND, SAMPLING_PRIORITY];
        if wanted.iter().any(|name| metadata.fields().field(*name).is_some()) {
            attributes.record(&mut head);
        }
        head
    }

    fn number(&mut self, field: &Field, number: impl Into<tracer_core::Value>) {
        if field.name() == SAMPLING_PRIORITY {
            self.priority = Some(Tag::new(SAMPLING_PRIORITY, number));
        }
    }
}

impl Visit for Head {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.number(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.number(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.number(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            OTEL_NAME => self.name = text::of_str(value).into(),
            OTEL_KIND => self.kind = kind(value).unwrap_or_default(),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if matches!(field.name(), OTEL_NAME | OTEL_KIND) {
            self.record_str(field, &text::of(format_args!("{value:?}")));
        }
    }
}

/// The kind as it is written there, in whatever case.
pub(crate) fn kind(value: &str) -> Option<SpanKind> {
    use SpanKind::{Client, Consumer, Internal, Producer, Server};
    let kinds = [Server, Client, Producer, Consumer, Internal];
    kinds.into_iter().find(|kind| value.eq_ignore_ascii_case(kind.as_str()))
}

/// What is recorded later of the priority of a trace: it is heard on spans too that are not
/// recorded. No other value is read.
pub(crate) fn priority(values: &Record<'_>) -> Option<Tag> {
    struct Priority(Head);

    impl Visit for Priority {
        fn record_i64(&mut self, field: &Field, value: i64) {
            self.0.number(field, value);
        }

        fn record_u64(&mut self, field: &Field, value: u64) {
            self.0.number(field, value);
        }

        fn record_f64(&mut self, field: &Field, value: f64) {
            self.0.number(field, value);
        }

        fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
    }

    let head = Head { name: Cow::Borrowed(""), kind: SpanKind::Internal, priority: None };
    let mut priority = Priority(head);
    values.record(&mut priority);
    priority.0.priority
}
