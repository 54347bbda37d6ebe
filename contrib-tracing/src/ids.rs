//! Ids in lines of text.

use std::fmt;

use tracer_core::current_ids;
use tracer_core::semconv::code::{SPAN_ID, TRACE_ID};
use tracing_core::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Writes `trace_id=… span_id=…` of the current span into the lines of
/// [`fmt`](mod@tracing_subscriber::fmt), sampled or not; where there is no current span, a line
/// stays as it is. Nothing that `fmt` has written is read or changed, so that its formats,
/// settings and colours are what they were.
///
/// Around a timer, the ids stand behind the time:
///
/// ```
/// use contrib_tracing::WithTraceIds;
/// use tracing_subscriber::fmt::time::SystemTime;
///
/// // 2026-01-02T03:04:05.678901Z trace_id=0af7… span_id=b7ad…  INFO shop: order placed id=7
/// let builder = tracing_subscriber::fmt().with_timer(WithTraceIds::new(SystemTime));
/// # let _ = builder.finish();
/// ```
///
/// Around a format, they stand in front of the line. That is for lines without a time, and for
/// formats that are not `fmt`'s own:
///
/// ```
/// use contrib_tracing::WithTraceIds;
///
/// // trace_id=0af7… span_id=b7ad…  INFO shop: order placed id=7
/// let builder = tracing_subscriber::fmt().without_time().map_event_format(WithTraceIds::new);
/// # let _ = builder.finish();
/// ```
///
/// Lines of JSON are made by `JsonLines`, with the feature `json`: around the timer of `fmt`'s own
/// JSON the ids would be a part of the time.
#[derive(Clone, Copy, Debug, Default)]
pub struct WithTraceIds<T> {
    inner: T,
}

impl<T> WithTraceIds<T> {
    /// Around a timer or a format.
    #[must_use]
    pub const fn new(inner: T) -> Self {
        Self { inner }
    }

    /// The timer or format in it.
    #[must_use]
    pub const fn get_ref(&self) -> &T {
        &self.inner
    }

    /// The timer or format in it, to be changed.
    #[must_use]
    pub const fn get_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// Takes the timer or format out.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.inner
    }
}

impl<T: FormatTime> FormatTime for WithTraceIds<T> {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        // A clock that fails takes no ids with it; these are `fmt`'s words for it.
        if self.inner.format_time(writer).is_err() {
            writer.write_str("<unknown time>")?;
        }
        // In the colours of the time, which `fmt` writes around both.
        match current_ids() {
            Some((trace_id, span_id, _)) => {
                write!(writer, " {TRACE_ID}={trace_id} {SPAN_ID}={span_id}")
            }
            None => Ok(()),
        }
    }
}

impl<S, N, T> FormatEvent<S, N> for WithTraceIds<T>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    T: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if let Some((trace_id, span_id, _)) = current_ids() {
            let (dim, plain) =
                if writer.has_ansi_escapes() { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
            write!(writer, "{dim}{TRACE_ID}={trace_id} {SPAN_ID}={span_id}{plain} ")?;
        }
        self.inner.format_event(context, writer, event)
    }
}
