//! Carrying a [`SpanContext`] over a border: carriers, and the formats written into them.
//!
//! A [`Propagator`] knows a format, a carrier ([`Extract`], [`Inject`]) knows where its fields
//! live. Whatever arrives is hostile until parsed: formats are strict, sizes are limited before
//! anything is decoded, and a bad field counts as an absent one.
//!
//! | format | ids and decision | baggage | `OTEL_PROPAGATORS` |
//! | --- | --- | --- | --- |
//! | [`W3c`], the default | `traceparent`, `tracestate` | `baggage` | `tracecontext,baggage` |
//! | [`TraceContext`] | `traceparent`, `tracestate` | none | `tracecontext` |
//! | [`W3cBaggage`] | none | `baggage` | `baggage` |
//! | [`B3`] | `b3`, or `x-b3-*` | none | `b3`, `b3multi` |
//! | [`Jaeger`] | `uber-trace-id`, `jaeger-debug-id` | `uberctx-*`, `jaeger-baggage` | `jaeger` |
//! | [`OtTrace`] | `ot-tracer-*` | `ot-baggage-*` | `ottrace` |
//! | [`Composite`] | several of them: extracted in order, injected in all | | a list |
//!
//! [`binary`] is OpenTracing's format for carriers that are bytes.
//!
//! Baggage has one budget, whatever it travels in: 64 members and 8,192 bytes
//! ([`MAX_MEMBERS`](crate::baggage::MAX_MEMBERS), [`MAX_BYTES`](crate::baggage::MAX_BYTES)). What
//! does not fit is left out by whole members, coming in and going out.

mod adding;
mod b3;
pub mod binary;
mod budget;
mod carrier;
mod composite;
mod error;
#[cfg(feature = "http")]
mod header_map;
mod hex;
mod hosts;
mod items;
mod jaeger;
mod jaeger_baggage;
mod maps;
mod names;
mod ottrace;
mod percent;
mod raw;
mod trace_context;
mod traceparent;
mod w3c;
mod w3c_baggage;

use std::fmt::Debug;

pub use b3::B3;
pub use carrier::{Extract, Field, Inject};
pub use composite::Composite;
pub use error::ExtractError;
pub use hosts::{Hosts, Reach};
pub use jaeger::Jaeger;
pub use names::{by_name, by_names};
pub use ottrace::OtTrace;
pub use raw::{RawContext, RawValue};
pub use trace_context::{TRACEPARENT, TRACERESPONSE, TRACESTATE, TraceContext, respond};
pub use w3c::W3c;
pub use w3c_baggage::{BAGGAGE, W3cBaggage};

use crate::baggage::Baggage;
use crate::context::SpanContext;

/// A wire format of the context.
pub trait Propagator: Send + Sync + Debug {
    /// Reads a context: one that came with ids, or one of baggage only.
    ///
    /// # Errors
    /// [`ExtractError::NotFound`] where the carrier has none of the fields,
    /// [`ExtractError::Corrupted`] where the ids are malformed.
    fn extract(&self, carrier: &dyn Extract) -> Result<SpanContext, ExtractError>;

    /// Writes a context, replacing what the carrier had under this format's fields: all of them,
    /// where the context has nothing for one, too. There are no empty headers. A context with
    /// nothing in it ([`SpanContext::is_empty`]) leaves the carrier as it is.
    fn inject(&self, context: &SpanContext, carrier: &mut dyn Inject);

    /// The fields this format uses. Switched off, they are what is handed on.
    fn fields(&self) -> &[&'static Field];

    /// Those of [`fields`](Self::fields) that are baggage: without them a list of hosts
    /// ([`baggage_to`](crate::TracerBuilder::baggage_to)) cannot tell it from the rest.
    fn baggage_fields(&self) -> &[&'static Field] {
        &[]
    }

    /// The beginnings of the names of fields that this format has one of for each item of the
    /// baggage. Lower case.
    fn prefixes(&self) -> &[&'static str] {
        &[]
    }
}

impl<P: Propagator + ?Sized> Propagator for Box<P> {
    fn extract(&self, carrier: &dyn Extract) -> Result<SpanContext, ExtractError> {
        (**self).extract(carrier)
    }

    fn inject(&self, context: &SpanContext, carrier: &mut dyn Inject) {
        (**self).inject(context, carrier);
    }

    fn fields(&self) -> &[&'static Field] {
        (**self).fields()
    }

    fn baggage_fields(&self) -> &[&'static Field] {
        (**self).baggage_fields()
    }

    fn prefixes(&self) -> &[&'static str] {
        (**self).prefixes()
    }
}

/// Takes every field of a format out of a message.
pub(crate) fn remove_all(format: &dyn Propagator, carrier: &mut (impl Inject + ?Sized)) {
    for field in format.fields() {
        carrier.remove(field);
    }
    for prefix in format.prefixes() {
        carrier.remove_prefixed(prefix);
    }
}

/// Nothing empty is ever injected.
fn set_or_remove(carrier: &mut dyn Inject, field: &Field, value: &str) {
    if value.is_empty() {
        carrier.remove(field);
    } else {
        carrier.set(field, value);
    }
}

/// Baggage stands on its own, whatever became of the ids, and so does the wish for a trace.
fn add_rest(
    found: Result<SpanContext, ExtractError>,
    baggage: Baggage,
    debug_id: Option<&str>,
) -> Result<SpanContext, ExtractError> {
    if baggage.is_empty() && debug_id.is_none() {
        return found;
    }
    let add = |context: SpanContext| {
        context.with_baggage(baggage).with_debug_id(debug_id.unwrap_or_default())
    };
    match found {
        Ok(context) => Ok(add(context)),
        Err(ExtractError::NotFound) => Ok(add(SpanContext::EMPTY.with_remote())),
        Err(ExtractError::Corrupted { field, rest }) => {
            Err(ExtractError::Corrupted { field, rest: add(rest.with_remote()) })
        }
    }
}

/// The first line of a field.
fn first<'a>(carrier: &'a dyn Extract, field: &Field) -> Option<&'a [u8]> {
    let mut found = None;
    carrier.values(field, &mut |line| {
        found.get_or_insert(line);
    });
    found
}

/// The only line of a field. `Some(None)` where there are several: nobody can tell which one is
/// meant.
fn only<'a>(carrier: &'a dyn Extract, field: &Field) -> Option<Option<&'a [u8]>> {
    let mut found = None;
    carrier.values(field, &mut |line| found = Some(found.is_none().then_some(line)));
    found
}
