//! Tags while tracing is compiled out: for nobody.

use crate::span::Span;
use crate::value::Tag;

pub(crate) const fn is_recording(_: &Span) -> bool {
    false
}

pub(crate) const fn with_tags(_: &Span, _: &mut Vec<Tag>) {}
