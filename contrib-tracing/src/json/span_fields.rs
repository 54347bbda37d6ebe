//! The fields of spans, kept for lines of JSON.

use std::fmt;

use tracing_core::span::Record;
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FormatFields, FormattedFields};

use super::members::Members;

/// The key of a span's own name. A field called so goes by `fields.name`.
pub(super) const NAME: &str = "name";

/// Formats the fields of spans for [`JsonLines`](super::JsonLines): each once, as a line of its
/// own, from which a line of the log is put together as it is. A field that is recorded again takes
/// the place of what it was.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct JsonSpanFields;

impl JsonSpanFields {
    /// The only way there is.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl<'writer> FormatFields<'writer> for JsonSpanFields {
    fn format_fields<R: RecordFields>(
        &self,
        mut writer: Writer<'writer>,
        fields: R,
    ) -> fmt::Result {
        let mut lines = Vec::new();
        fields.record(&mut Members::new(&mut lines, &[NAME], false));
        writer.write_str(&String::from_utf8(lines).map_err(|_| fmt::Error)?)
    }

    fn add_fields(
        &self,
        current: &'writer mut FormattedFields<Self>,
        fields: &Record<'_>,
    ) -> fmt::Result {
        let mut lines = std::mem::take(&mut current.fields).into_bytes();
        fields.record(&mut Members::new(&mut lines, &[NAME], false));
        current.fields = String::from_utf8(lines).map_err(|_| fmt::Error)?;
        Ok(())
    }
}
