//! Carrying a [`SpanContext`] over a border: carriers, and the formats written into them.
//!
//! A [`Propagator`] knows a format, a carrier ([`Extract`], [`Inject`]) knows where its fields
//! live. Whatever arrives is hostile until parsed: formats are strict, sizes are limited before
//! anything is decoded, and a bad field counts as an absent one.

mod carrier;
#[cfg(feature = "http")]
mod header_map;
mod percent;
mod raw;
mod traceparent;
mod w3c;

use std::fmt::Debug;

pub use carrier::{Extract, Field, Inject};
pub use raw::{RawContext, RawValue};
pub use w3c::{BAGGAGE, TRACEPARENT, TRACESTATE, W3c};

use crate::context::SpanContext;

/// A wire format of the context.
pub trait Propagator: Send + Sync + Debug {
    /// Reads a context. `None` where the carrier has nothing valid.
    fn extract(&self, carrier: &dyn Extract) -> Option<SpanContext>;

    /// Writes a context, replacing what the carrier had under this format's fields: all of them,
    /// where the context has nothing for one, too. There are no empty headers. A context with
    /// nothing in it ([`SpanContext::is_empty`]) leaves the carrier as it is.
    fn inject(&self, context: &SpanContext, carrier: &mut dyn Inject);

    /// The fields this format uses. Switched off, they are what is handed on.
    fn fields(&self) -> &'static [&'static Field];
}
