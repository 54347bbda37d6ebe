//! Events as logs.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use tracer_core::semconv::opentracing;
use tracer_core::{SpanRef, Status, Tag, Value};
use tracing_core::field::{Field, Visit};
use tracing_core::{Event, Level};

use crate::config::Config;
use crate::origin::{self, Origin};
use crate::{fields, text};

/// Writes an event down as a log of this span, which is recorded. `own` tells whether the span of
/// `tracing` in which it happened is this one.
pub(crate) fn log(config: &Config, span: &SpanRef, event: &Event<'_>, own: impl FnOnce() -> bool) {
    let mut content = Content::new(event);
    event.record(&mut content);
    let failed = *event.metadata().level() == Level::ERROR;
    if let Some(reason) = content.failure(failed && config.failure_by_level, own) {
        span.set_status(Status::Error(reason.into()));
    }
    span.log_fields(content.into_fields(config, event));
}

/// What an event says.
struct Content {
    /// The field `event`, which in OpenTracing's words names a log.
    event: Option<String>,
    message: Option<String>,
    /// The field `error`, unless it is a truth value or the like.
    error: Option<String>,
    fields: Vec<Tag>,
    of_log: bool,
    /// There is one field and no other.
    single: bool,
}

impl Content {
    fn new(event: &Event<'_>) -> Self {
        let fields = Vec::with_capacity(8);
        let of_log = origin::is_of_log(event);
        let single = event.metadata().fields().len() == 1;
        Self { event: None, message: None, error: None, fields, of_log, single }
    }

    /// Why the span has failed, if the event says that it has. An event that has an error and
    /// nothing else is what `#[instrument(err)]` makes of the error that its function returns, and
    /// so says it of the span of that function, if there is one.
    fn failure(&self, by_level: bool, own: impl FnOnce() -> bool) -> Option<String> {
        let bare = self.single && self.error.is_some();
        let failed = by_level || (bare && own());
        failed.then(|| self.error.as_ref().or(self.message.as_ref()).cloned().unwrap_or_default())
    }

    /// The fields of the log: what it is called first, then where it comes from.
    fn into_fields(self, config: &Config, event: &Event<'_>) -> Vec<Tag> {
        let mut log = Vec::with_capacity(self.fields.len() + 7);
        match (self.event, self.message, self.error) {
            (None, None, Some(error)) => {
                log.push(Tag::new(opentracing::EVENT, opentracing::ERROR_EVENT));
                log.push(Tag::new(opentracing::MESSAGE, error));
            }
            (named, message, error) => {
                let (name, message) = match (named, message) {
                    (Some(name), message) => (Cow::Owned(name), message),
                    (None, Some(message)) => (Cow::Owned(message), None),
                    (None, None) => (Cow::Borrowed(event.metadata().name()), None),
                };
                log.push(Tag::new(opentracing::EVENT, name));
                log.extend(message.map(|message| Tag::new(opentracing::MESSAGE, message)));
                log.extend(error.map(|error| Tag::new(opentracing::ERROR, error)));
            }
        }
        let named = log.len();
        Origin::of_event(event).describe(&mut log, *event.metadata().level(), config);
        // No key comes twice: what the program says goes before what is known of the place.
        let mut nth = 0;
        log.retain(|tag| {
            nth += 1;
            nth <= named || self.fields.iter().all(|own| own.key != tag.key)
        });
        log.extend(self.fields);
        log
    }

    fn push(&mut self, field: &Field, value: impl Into<Value>) {
        let value = value.into();
        if field.name() == opentracing::EVENT {
            self.event = Some(value.to_string());
        } else {
            self.fields.push(Tag::new(fields::name(field), value));
        }
    }

    fn text(&mut self, field: &Field, value: String) {
        match field.name() {
            opentracing::EVENT => self.event = Some(value),
            opentracing::MESSAGE => self.message = Some(value),
            opentracing::ERROR => self.error = Some(value),
            _ => self.push(field, value),
        }
    }
}

impl Visit for Content {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.push(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if !(self.of_log && origin::is_place(field)) {
            self.push(field, value);
        }
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
        if !(self.of_log && origin::is_place(field)) {
            self.text(field, text::of_str(value));
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let (message, sources) = fields::error(fields::name(field), value);
        self.fields.extend(sources);
        self.text(field, message);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, text::of(format_args!("{value:?}")));
    }
}
