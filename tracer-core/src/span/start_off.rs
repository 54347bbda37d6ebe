//! Starting a span while tracing is compiled out.

use super::{Live, Place, SpanBuilder};
use crate::Tracer;

pub(super) fn start(_: &mut SpanBuilder<'_>) -> Option<Live> {
    None
}

pub(super) fn start_active(_: &mut SpanBuilder<'_>) -> Place {
    Place::Nowhere
}

pub(crate) fn start_scope(_: Option<&Tracer>, _: &'static str) -> Place {
    Place::Nowhere
}
