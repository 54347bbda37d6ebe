//! What every integration can be told of whose spans it starts, and how far a caller is believed.

use std::borrow::Cow;

use crate::propagation::Extract;
use crate::tracer::global_for_now;
use crate::{ENABLED, SpanContext, Tracer, Trust};

/// Settings of an integration that extracts, injects, or does both.
#[derive(Clone, Debug, Default)]
pub struct BorderSettings {
    /// The tracer; without one, the global one as it is at each request.
    pub tracer: Option<Tracer>,
    /// How far callers are believed, if not as far as by the tracer.
    pub trust: Option<Trust>,
}

impl BorderSettings {
    /// The tracer now, switched on or off. A global one is not kept from shutting down by this:
    /// who replaces it waits for its last spans, and not a request that holds it by chance.
    #[inline]
    #[must_use]
    pub fn tracer(&self) -> Option<Cow<'_, Tracer>> {
        chosen(self.tracer.as_ref())
    }

    /// A caller's context ([`Tracer::extract`]).
    #[must_use]
    pub fn extract(&self, tracer: &Tracer, carrier: &impl Extract) -> SpanContext {
        match self.trust {
            Some(trust) => tracer.extract_with(trust, carrier),
            None => tracer.extract(carrier),
        }
    }

    /// A caller's context, unread ([`Tracer::capture`]).
    #[must_use]
    pub fn capture(&self, tracer: &Tracer, carrier: &impl Extract) -> SpanContext {
        match self.trust {
            Some(trust) => tracer.capture_with(trust, carrier),
            None => tracer.capture(carrier),
        }
    }
}

/// The integration's own tracer, else the global one as it is now.
#[inline]
pub(super) fn chosen(own: Option<&Tracer>) -> Option<Cow<'_, Tracer>> {
    if !ENABLED {
        return None;
    }
    match own {
        Some(tracer) => Some(Cow::Borrowed(tracer)),
        None => global_for_now().map(Cow::Owned),
    }
}
