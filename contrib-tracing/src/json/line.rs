//! One event as one line.

use std::fmt;
use std::thread;

use tracer_core::current_ids;
use tracer_core::semconv::code::{LEVEL, SPAN_ID, TARGET, TRACE_FLAGS, TRACE_ID};
use tracing_core::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use super::buffers::{self, Buffers};
use super::members::Members;
use super::object::Object;
use super::span_fields::NAME;
use super::{JsonLines, JsonSpanFields};
use crate::origin::{self, Origin};

// As `fmt` calls them.
const TIMESTAMP: &str = "timestamp";
const FIELDS: &str = "fields";
const FILENAME: &str = "filename";
const LINE_NUMBER: &str = "line_number";
const SPAN: &str = "span";
const SPANS: &str = "spans";
const THREAD_NAME: &str = "threadName";
const THREAD_ID: &str = "threadId";

/// Keys of a line that are no fields of an event.
const KEYS: &[&str] = &[
    TIMESTAMP,
    LEVEL,
    FIELDS,
    TARGET,
    FILENAME,
    LINE_NUMBER,
    TRACE_ID,
    SPAN_ID,
    TRACE_FLAGS,
    SPAN,
    SPANS,
    THREAD_NAME,
    THREAD_ID,
];

impl<S, T> FormatEvent<S, JsonSpanFields> for JsonLines<T>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    T: FormatTime,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonSpanFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        // Put together here and written at once: a value that panics leaves no half of a line.
        buffers::lend(|buffers| {
            self.write(buffers, context, event);
            writer.write_str(std::str::from_utf8(&buffers.line).map_err(|_| fmt::Error)?)
        })
    }
}

impl<T: FormatTime> JsonLines<T> {
    fn write<S>(
        &self,
        Buffers { line, fields, time }: &mut Buffers,
        context: &FmtContext<'_, S, JsonSpanFields>,
        event: &Event<'_>,
    ) where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let taken = if self.flatten_event { KEYS } else { &[] };
        event.record(&mut Members::new(fields, taken, origin::is_of_log(event)));

        let mut object = Object::open(line);
        if let Some(timer) = &self.timer {
            // A clock that fails takes no line with it; these are `fmt`'s words for it.
            match timer.format_time(&mut Writer::new(time)) {
                Ok(()) => object.text(TIMESTAMP, format_args!("{time}")),
                Err(_) => object.text(TIMESTAMP, format_args!("<unknown time>")),
            }
        }
        if self.level {
            object.text(LEVEL, format_args!("{}", event.metadata().level()));
        }
        if self.flatten_event {
            object.members(fields);
        } else {
            object.object(FIELDS, |object| object.members(fields));
        }
        self.write_origin(&mut object, event);
        if let Some((trace_id, span_id, flags)) = current_ids() {
            object.text(TRACE_ID, format_args!("{trace_id}"));
            object.text(SPAN_ID, format_args!("{span_id}"));
            object.text(TRACE_FLAGS, format_args!("{flags:02x}"));
        }
        if let Some(span) = context.parent_span() {
            if self.current_span {
                object.object(SPAN, |object| write_span(object, &span));
            }
            if self.span_list {
                object.list(SPANS, span.scope().from_root(), |object, span| {
                    write_span(object, &span);
                });
            }
        }
        self.write_thread(&mut object);
        object.close();
        line.push(b'\n');
    }

    fn write_origin(&self, object: &mut Object<'_>, event: &Event<'_>) {
        let origin = Origin::of_event(event);
        if self.target {
            object.text(TARGET, format_args!("{}", origin.target));
        }
        if self.file
            && let Some(file) = origin.file
        {
            object.text(FILENAME, format_args!("{file}"));
        }
        if self.line_number
            && let Some(line) = origin.line
        {
            object.number(LINE_NUMBER, line);
        }
    }

    fn write_thread(&self, object: &mut Object<'_>) {
        if !self.thread_names && !self.thread_ids {
            return;
        }
        let thread = thread::current();
        match thread.name() {
            Some(name) if self.thread_names => object.text(THREAD_NAME, format_args!("{name}")),
            None if self.thread_names && !self.thread_ids => {
                object.text(THREAD_NAME, format_args!("{:?}", thread.id()));
            }
            _ => {}
        }
        if self.thread_ids {
            object.text(THREAD_ID, format_args!("{:?}", thread.id()));
        }
    }
}

/// A span with its fields.
fn write_span<S: for<'a> LookupSpan<'a>>(object: &mut Object<'_>, span: &SpanRef<'_, S>) {
    if let Some(fields) = span.extensions().get::<FormattedFields<JsonSpanFields>>() {
        object.members(fields.as_bytes());
    }
    object.text(NAME, format_args!("{}", span.name()));
}
