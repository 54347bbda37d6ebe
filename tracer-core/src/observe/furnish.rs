//! Many tags at once, for a span that has just begun. `furnish_off.rs` is its other half.

use crate::span::{Live, Span};
use crate::value::Tag;

/// Whether the span is recorded; it has just been started, so it is open.
#[inline]
pub(crate) fn is_recording(span: &Span) -> bool {
    span.live.as_ref().and_then(Live::slot).is_some()
}

/// Gives the span these tags, which differ from one another.
#[inline]
pub(crate) fn with_tags(span: &Span, tags: &mut Vec<Tag>) {
    if let Some(slot) = span.live.as_ref().and_then(Live::slot) {
        slot.adopt(tags);
    }
}
