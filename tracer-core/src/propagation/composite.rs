//! Several formats at once.

use super::adding::{Adding, Weighing};
use super::budget::Budget;
use super::carrier::{Extract, Field, Inject};
use super::{ExtractError, Propagator, remove_all};
use crate::baggage::{Baggage, MAX_BYTES};
use crate::context::SpanContext;

/// Several formats: a message is read in all of them, and written in all of them.
///
/// The ids and the decision are those of the first format, in the order given, that has any. Baggage
/// comes from all of them: a key's first value holds. Where no format has ids and one is malformed,
/// that is what [`Tracer::try_extract`](crate::Tracer::try_extract) says.
///
/// Where baggage goes out in several formats, all of them together have the one budget of 8,192
/// bytes, with names and the 32 bytes that HTTP/2 counts for a field of its own: what a message
/// has to carry does not grow with the number of formats, and stays below the 16 KiB of headers
/// that servers take by default. What does not fit is left out of all of them, by whole members.
///
/// ```
/// use std::collections::HashMap;
///
/// use tracer_core::Tracer;
/// use tracer_core::propagation::{Composite, Jaeger, W3c};
///
/// // On the way from Jaeger's headers to the W3C's: understand both, and send both.
/// let format = Composite::new([Box::new(W3c) as _, Box::new(Jaeger::http()) as _]);
/// let tracer = Tracer::builder("shop").propagator(format).build();
/// let span = tracer.span("call").start();
/// let mut headers = HashMap::<String, String>::new();
/// tracer.inject(&span, &mut headers);
/// if tracer_core::ENABLED {
///     assert!(headers.contains_key("traceparent") && headers.contains_key("uber-trace-id"));
/// }
/// ```
#[derive(Debug)]
pub struct Composite {
    formats: Vec<Box<dyn Propagator>>,
    fields: Vec<&'static Field>,
    baggage_fields: Vec<&'static Field>,
    prefixes: Vec<&'static str>,
    /// Whether several of them carry baggage.
    shared: bool,
}

impl Composite {
    /// These formats, in this order. Without any, nothing is read and nothing is written.
    #[must_use]
    pub fn new(formats: impl IntoIterator<Item = Box<dyn Propagator>>) -> Self {
        let formats: Vec<_> = formats.into_iter().collect();
        let (mut fields, mut baggage_fields) = (Vec::new(), Vec::new());
        let mut prefixes: Vec<&'static str> = Vec::new();
        let mut carriers = 0;
        for format in &formats {
            let none = format.baggage_fields().is_empty() && format.prefixes().is_empty();
            carriers += usize::from(!none);
            add_new(&mut fields, format.fields());
            add_new(&mut baggage_fields, format.baggage_fields());
            for prefix in format.prefixes() {
                if !prefixes.contains(prefix) {
                    prefixes.push(prefix);
                }
            }
        }
        Self { formats, fields, baggage_fields, prefixes, shared: carriers > 1 }
    }
}

impl Composite {
    /// The context with as much baggage as a message takes in all formats together; `None` where
    /// that is all of it.
    fn bounded(&self, context: &SpanContext) -> Option<SpanContext> {
        let ext = context.ext().filter(|ext| !ext.baggage.is_empty())?;
        if !self.shared || self.weight(ext.baggage.clone()) <= MAX_BYTES {
            return None;
        }
        let mut budget = Budget::new();
        let kept = ext.baggage.filtered(|member| budget.take(self.weight(member.clone())));
        Some(context.clone().with_baggage(kept))
    }

    /// Bytes that this takes in all formats.
    fn weight(&self, baggage: Baggage) -> usize {
        let mut scale = Weighing { baggage_fields: &self.baggage_fields, bytes: 0 };
        let context = SpanContext::baggage_only(baggage);
        self.formats.iter().for_each(|format| format.inject(&context, &mut scale));
        scale.bytes
    }
}

fn add_new(all: &mut Vec<&'static Field>, fields: &[&'static Field]) {
    for field in fields {
        if all.iter().all(|known| known.name() != field.name()) {
            all.push(field);
        }
    }
}

impl Propagator for Composite {
    fn extract(&self, carrier: &dyn Extract) -> Result<SpanContext, ExtractError> {
        let mut found = SpanContext::default();
        let mut malformed = None;
        for format in &self.formats {
            let other = match format.extract(carrier) {
                Ok(context) => context,
                Err(ExtractError::NotFound) => continue,
                Err(ExtractError::Corrupted { field, rest }) => {
                    malformed.get_or_insert(field);
                    rest
                }
            };
            found = found.or(other);
        }
        match malformed {
            Some(field) if !found.is_valid() => Err(ExtractError::Corrupted { field, rest: found }),
            _ if found.is_empty() => Err(ExtractError::NotFound),
            _ => Ok(found),
        }
    }

    fn inject(&self, context: &SpanContext, carrier: &mut dyn Inject) {
        if context.is_empty() {
            return;
        }
        let bounded = self.bounded(context);
        let context = bounded.as_ref().unwrap_or(context);
        remove_all(self, carrier);
        for format in &self.formats {
            format.inject(context, &mut Adding(&mut *carrier));
        }
    }

    fn fields(&self) -> &[&'static Field] {
        &self.fields
    }

    fn baggage_fields(&self) -> &[&'static Field] {
        &self.baggage_fields
    }

    fn prefixes(&self) -> &[&'static str] {
        &self.prefixes
    }
}
