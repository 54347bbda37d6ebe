//! Lines of JSON with ids.

mod buffers;
mod line;
mod members;
mod object;
mod span_fields;

use tracing_core::Subscriber;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{Layer, layer};
use tracing_subscriber::registry::LookupSpan;

pub use span_fields::JsonSpanFields;

/// Lines of JSON as `fmt` writes them, with the current span's `trace_id`, `span_id` and
/// `trace_flags` in each. One event is one line and one object.
///
/// ```
/// use contrib_tracing::JsonLines;
/// use tracing_subscriber::layer::SubscriberExt;
///
/// let lines = JsonLines::new().flatten_event(true).with_span_list(false).layer();
/// let subscriber = tracing_subscriber::registry().with(lines.with_writer(std::io::stderr));
/// # drop(subscriber);
/// ```
///
/// ```json
/// {"timestamp":"2026-01-02T03:04:05.678901Z","level":"INFO","message":"order placed","id":7,"target":"shop","trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","trace_flags":"01","span":{"customer":42,"name":"order"}}
/// ```
///
/// Each setting is called as in `fmt`, and by itself as it is there. What differs:
///
/// - No key comes twice. Of two fields of one name the later one counts; a flattened field that
///   has the name of another key is `fields.level`, a span's field `name` is `fields.name`.
/// - Fields of spans are written once, and not read again for each line.
/// - An event of another parent than the current span, or of none, has that one's spans.
/// - A record of the `log` crate has its own target, and not fields that say so.
///
/// The fields of spans have to be formatted by [`JsonSpanFields`], which [`layer`](Self::layer)
/// sees to. A layer or subscriber with other settings takes both, in this order and after those:
///
/// ```
/// use contrib_tracing::{JsonLines, JsonSpanFields};
/// use tracing_subscriber::fmt::format::FmtSpan;
///
/// let builder = tracing_subscriber::fmt()
///     .with_span_events(FmtSpan::CLOSE)
///     .fmt_fields(JsonSpanFields::new())
///     .event_format(JsonLines::new());
/// # let _ = builder.finish();
/// ```
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct JsonLines<T = SystemTime> {
    timer: Option<T>,
    flatten_event: bool,
    level: bool,
    target: bool,
    file: bool,
    line_number: bool,
    thread_ids: bool,
    thread_names: bool,
    current_span: bool,
    span_list: bool,
}

impl JsonLines {
    /// With time, level, target, the current span and the list of spans.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            timer: Some(SystemTime),
            flatten_event: false,
            level: true,
            target: true,
            file: false,
            line_number: false,
            thread_ids: false,
            thread_names: false,
            current_span: true,
            span_list: true,
        }
    }
}

impl<T> JsonLines<T> {
    /// A layer that writes these lines to standard output, or wherever its own settings say.
    #[must_use]
    pub fn layer<S>(self) -> Layer<S, JsonSpanFields, Self>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
        T: FormatTime + 'static,
    {
        layer().fmt_fields(JsonSpanFields::new()).event_format(self)
    }

    /// Whether the event's fields are members of the line itself, not of an object `fields`.
    #[must_use]
    pub fn flatten_event(self, flatten_event: bool) -> Self {
        Self { flatten_event, ..self }
    }

    /// Whether the level is shown.
    #[must_use]
    pub fn with_level(self, level: bool) -> Self {
        Self { level, ..self }
    }

    /// Whether the target is shown.
    #[must_use]
    pub fn with_target(self, target: bool) -> Self {
        Self { target, ..self }
    }

    /// Whether the source file is shown, as `filename`.
    #[must_use]
    pub fn with_file(self, file: bool) -> Self {
        Self { file, ..self }
    }

    /// Whether the line in it is shown, as `line_number`.
    #[must_use]
    pub fn with_line_number(self, line_number: bool) -> Self {
        Self { line_number, ..self }
    }

    /// Whether the thread's id is shown, as `threadId`.
    #[must_use]
    pub fn with_thread_ids(self, thread_ids: bool) -> Self {
        Self { thread_ids, ..self }
    }

    /// Whether the thread's name is shown, as `threadName`; its id, where it has none.
    #[must_use]
    pub fn with_thread_names(self, thread_names: bool) -> Self {
        Self { thread_names, ..self }
    }

    /// Whether the current span of `tracing` is shown with its fields, as `span`.
    #[must_use]
    pub fn with_current_span(self, current_span: bool) -> Self {
        Self { current_span, ..self }
    }

    /// Whether all spans of `tracing` that it is in are shown, the outermost first, as `spans`.
    #[must_use]
    pub fn with_span_list(self, span_list: bool) -> Self {
        Self { span_list, ..self }
    }

    /// Another clock, or another way to write the time.
    #[must_use]
    pub fn with_timer<T2>(self, timer: T2) -> JsonLines<T2> {
        self.timed(Some(timer))
    }

    /// No time.
    #[must_use]
    pub fn without_time(self) -> JsonLines<()> {
        self.timed(None)
    }

    fn timed<T2>(self, timer: Option<T2>) -> JsonLines<T2> {
        JsonLines {
            timer,
            flatten_event: self.flatten_event,
            level: self.level,
            target: self.target,
            file: self.file,
            line_number: self.line_number,
            thread_ids: self.thread_ids,
            thread_names: self.thread_names,
            current_span: self.current_span,
            span_list: self.span_list,
        }
    }
}
