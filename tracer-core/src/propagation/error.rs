//! Why a carrier yields no context.

use std::fmt;

use super::carrier::Field;
use crate::context::SpanContext;

/// Why [`Tracer::try_extract`](crate::Tracer::try_extract) found no caller.
///
/// OpenTracing's other two, an unsupported format and a carrier of the wrong type, are the
/// compiler's to find.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExtractError {
    /// The carrier has none of the format's fields (OpenTracing: `SpanContextNotFound`).
    NotFound,
    /// There is a field, and it is malformed (OpenTracing: `SpanContextCorrupted`).
    Corrupted {
        /// The field's name. Never its value, which is the caller's.
        field: &'static str,
        /// What else the carrier had that is good: baggage, or a decision that needs no ids (B3).
        rest: SpanContext,
    },
}

impl ExtractError {
    /// A field that is malformed, and nothing else of use.
    #[must_use]
    pub const fn corrupted(field: &Field) -> Self {
        Self::Corrupted { field: field.name(), rest: SpanContext::EMPTY }
    }

    /// What can be used all the same: what came along with the ids, else an empty context.
    #[must_use]
    pub fn into_rest(self) -> SpanContext {
        match self {
            Self::NotFound => SpanContext::EMPTY,
            Self::Corrupted { rest, .. } => rest,
        }
    }
}

impl fmt::Display for ExtractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("the carrier has no span context"),
            Self::Corrupted { field, .. } => {
                write!(f, "the span context in `{field}` is malformed")
            }
        }
    }
}

impl std::error::Error for ExtractError {}
