//! Where an event comes from.

use std::borrow::Cow;
use std::fmt;

use tracer_core::Tag;
use tracer_core::semconv::code;
use tracing_core::field::{Field, Visit};
use tracing_core::{Event, Level, Metadata};

use crate::config::Config;
use crate::text;

/// Target, file and line.
#[derive(Debug, Default)]
pub(crate) struct Origin {
    pub(crate) target: Cow<'static, str>,
    pub(crate) file: Option<Cow<'static, str>>,
    pub(crate) line: Option<u32>,
}

impl Origin {
    pub(crate) fn of(metadata: &'static Metadata<'static>) -> Self {
        Self {
            target: Cow::Borrowed(metadata.target()),
            file: metadata.file().map(Cow::Borrowed),
            line: metadata.line(),
        }
    }

    /// The same for an event. One that `tracing-log` has made of a record of the `log` crate says
    /// it in fields: all such events have one callsite.
    pub(crate) fn of_event(event: &Event<'_>) -> Self {
        let mut origin = Self::of(event.metadata());
        if is_of_log(event) {
            event.record(&mut origin);
        }
        origin
    }

    /// As tags of a span, or fields of a log.
    pub(crate) fn describe(self, tags: &mut Vec<Tag>, level: Level, config: &Config) {
        tags.push(Tag::new(code::LEVEL, level.as_str()));
        tags.push(Tag::new(code::TARGET, self.target));
        if config.location {
            tags.extend(self.file.map(|file| Tag::new(code::CODE_FILE_PATH, file)));
            tags.extend(self.line.map(|line| Tag::new(code::CODE_LINE_NUMBER, line)));
        }
    }
}

/// Whether an event was a record of the `log` crate.
pub(crate) fn is_of_log(event: &Event<'_>) -> bool {
    event.metadata().target() == LOG
}

/// Whether a field of such an event says where it comes from, and is none of its own.
pub(crate) fn is_place(field: &Field) -> bool {
    matches!(field.name(), "log.target" | "log.file" | "log.line" | "log.module_path")
}

/// The target of events out of the `log` crate.
const LOG: &str = "log";

impl Visit for Origin {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "log.target" => self.target = text::of_str(value).into(),
            "log.file" => self.file = Some(text::of_str(value).into()),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "log.line" {
            self.line = u32::try_from(value).ok();
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
