//! What code that traces has at hand: `use tracer::prelude::*`.

pub use tracer_core::{
    InSpanExt, Span, SpanContext, SpanKind, SpanRef, Status, Tag, ToContext, Tracer, current,
};
