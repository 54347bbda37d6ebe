//! What one side has a type for, in the other side's type.

mod baggage;
mod context;
mod keys;
mod value;

pub use baggage::{baggage_from_otel, baggage_to_otel};
pub(crate) use context::{Ids, ids, tracestate_to_otel, whole};
pub use context::{from_otel, to_otel};
pub(crate) use value::{attribute, kind_from_otel, kind_to_otel, tag};
