//! Starting a span while tracing is compiled out.

use super::{Span, SpanBuilder};

pub(super) fn start(_: SpanBuilder<'_>) -> Span {
    Span::noop()
}
