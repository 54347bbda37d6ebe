//! What a tracer takes from callers, and gives to those it calls.

use super::{Core, Tracer};
use crate::ENABLED;
use crate::context::SpanContext;
use crate::propagation::{Extract, ExtractError, Inject, RawContext, Reach, binary, remove_all};
use crate::span::ToContext;
use crate::trust::Trust;

impl Core {
    /// What a caller's context is to this tracer. One that is malformed is counted.
    pub(crate) fn believe(
        &self,
        trust: Trust,
        found: Result<SpanContext, ExtractError>,
    ) -> SpanContext {
        match found {
            Ok(context) => trust.of(context),
            Err(ExtractError::NotFound) => SpanContext::default(),
            Err(error) => {
                self.recorder.counters().count_malformed();
                trust.of(error.into_rest())
            }
        }
    }
}

/// Carrying contexts over borders.
impl Tracer {
    /// Reads a caller's context. Empty where there is none, and where what is there is malformed:
    /// a bad header never fails a request, it starts a new trace. While tracing is off the values
    /// are taken as they are, to be handed on unread. How far it is believed is the tracer's
    /// [`Trust`].
    #[must_use]
    pub fn extract(&self, carrier: &impl Extract) -> SpanContext {
        self.extract_with(self.core.trust, carrier)
    }

    /// [`extract`](Self::extract) that believes callers more, or less, than the tracer does.
    #[must_use]
    pub fn extract_with(&self, trust: Trust, carrier: &impl Extract) -> SpanContext {
        if !ENABLED {
            return SpanContext::default();
        }
        if !self.is_enabled() {
            return self.capture_with(trust, carrier);
        }
        if trust == Trust::Ignore {
            return SpanContext::default();
        }
        self.core.believe(trust, self.core.propagator.extract(carrier))
    }

    /// Reads a context and says what is wrong with it (OpenTracing: `extract` with its errors). For
    /// tests and tools: services want [`extract`](Self::extract), to which the switch and
    /// [`Trust`] matter, and which counts what is malformed.
    ///
    /// ```
    /// use tracer_core::Tracer;
    /// use tracer_core::propagation::ExtractError;
    ///
    /// let tracer = Tracer::builder("shop").build();
    /// assert_eq!(tracer.try_extract(&[("accept", "*/*")]), Err(ExtractError::NotFound));
    /// if tracer_core::ENABLED {
    ///     let bad = tracer.try_extract(&[("traceparent", "00-xyz")]);
    ///     assert!(matches!(bad, Err(ExtractError::Corrupted { field: "traceparent", .. })));
    /// }
    /// ```
    ///
    /// # Errors
    /// [`ExtractError`]: there is no context, or it is malformed.
    pub fn try_extract(&self, carrier: &impl Extract) -> Result<SpanContext, ExtractError> {
        if !ENABLED {
            return Err(ExtractError::NotFound);
        }
        self.core.propagator.extract(carrier)
    }

    /// Takes a caller's values unread: what [`extract`](Self::extract) does while tracing is off,
    /// and what a filtered request gets.
    #[must_use]
    pub fn capture(&self, carrier: &impl Extract) -> SpanContext {
        self.capture_with(self.core.trust, carrier)
    }

    /// [`capture`](Self::capture) with another trust than the tracer's.
    #[must_use]
    pub fn capture_with(&self, trust: Trust, carrier: &impl Extract) -> SpanContext {
        if !ENABLED {
            return SpanContext::default();
        }
        RawContext::capture(&self.core.propagator, trust, carrier)
            .map(SpanContext::from_raw)
            .unwrap_or_default()
    }

    /// Writes the context of a span (or a [`SpanContext`]) into an outgoing message, replacing
    /// what it had of another one. A span that does nothing leaves the message as it is.
    ///
    /// To a host that the tracer's lists may leave out, use [`inject_to`](Self::inject_to).
    pub fn inject(&self, span: &(impl ToContext + ?Sized), carrier: &mut impl Inject) {
        self.inject_within(Reach::ALL, span, carrier);
    }

    /// [`inject`](Self::inject) as far as the tracer's lists of hosts allow
    /// ([`TracerBuilder::propagate_to`](crate::TracerBuilder::propagate_to)): what a host is not to know is removed, whoever has put it
    /// there. `authority` is the host that the message goes to, with or without its port; empty
    /// where it is not known, which only lists of [every host](crate::propagation::Hosts::any) allow.
    ///
    /// ```
    /// use std::collections::HashMap;
    ///
    /// use tracer_core::{Tracer, propagation::Hosts};
    ///
    /// let ours = Hosts::only(["*.shop.internal"]);
    /// let tracer = Tracer::builder("shop").propagate_to(ours.clone()).baggage_to(ours).build();
    /// let span = tracer.span("pay").start();
    /// let mut headers = HashMap::<String, String>::new();
    /// tracer.inject_to("api.partner.test", &span, &mut headers);
    /// assert!(headers.is_empty());
    /// tracer.inject_to("stock.shop.internal", &span, &mut headers);
    /// assert_eq!(headers.len(), usize::from(tracer_core::ENABLED));
    /// ```
    pub fn inject_to(
        &self,
        authority: &str,
        span: &(impl ToContext + ?Sized),
        carrier: &mut impl Inject,
    ) {
        self.inject_within(self.reach(authority), span, carrier);
    }

    /// What of a context the tracer's lists let a host have: see [`inject_to`](Self::inject_to).
    #[must_use]
    pub fn reach(&self, authority: &str) -> Reach {
        let [context, baggage] = &self.core.hosts;
        Reach { context: context.allow(authority), baggage: baggage.allow(authority) }
    }

    /// [`inject`](Self::inject) of a part; the rest is removed from the message.
    pub fn inject_within(
        &self,
        reach: Reach,
        span: &(impl ToContext + ?Sized),
        carrier: &mut impl Inject,
    ) {
        if !ENABLED {
            return;
        }
        // The caller of a new trace is not handed on.
        let context = span.to_context().unless_linked();
        let format = &*self.core.propagator;
        match context.raw() {
            Some(raw) => raw.inject_within(reach, carrier),
            None if reach == Reach::ALL => format.inject(&context, carrier),
            None => {
                for field in format.fields().iter().filter(|field| !reach.allows(format, field)) {
                    carrier.remove(field);
                }
                if !reach.baggage {
                    format.prefixes().iter().for_each(|prefix| carrier.remove_prefixed(prefix));
                }
                let is_empty = context.is_empty();
                let part = reach.of(context);
                // An empty context would leave the message as it is.
                if part.is_empty() && !is_empty {
                    remove_all(format, carrier);
                }
                format.inject(&part, carrier);
            }
        }
    }

    /// Reads a caller's context out of a message of OpenTracing's
    /// [binary format](crate::propagation::binary), whatever the tracer's own format is: believed
    /// as far as [`Trust`] goes, and counted where it is malformed. It is read while tracing is
    /// off, too: there is nothing to be handed on unread.
    #[must_use]
    pub fn extract_binary(&self, message: &[u8]) -> SpanContext {
        if self.core.trust == Trust::Ignore {
            return SpanContext::default();
        }
        self.core.believe(self.core.trust, binary::extract(message))
    }

    /// Writes a context as such a message, for a host as [`inject_to`](Self::inject_to) has it.
    /// Empty where there is nothing to say.
    #[must_use]
    pub fn inject_binary_to(&self, authority: &str, span: &(impl ToContext + ?Sized)) -> Vec<u8> {
        let context = span.to_context().unless_linked();
        let context = match context.raw() {
            Some(raw) => raw.parse().unwrap_or_default(),
            None => context,
        };
        binary::inject(&self.reach(authority).of(context))
    }

    /// Whether a child of this context would not be recorded, whatever it is about: its parent in
    /// this process is not, and no sampler is asked. For integrations, which need not make tags
    /// then.
    #[must_use]
    pub fn has_decided_against(&self, parent: &SpanContext) -> bool {
        parent.is_decided() && !self.asks_for_children()
    }

    /// Whether the sampler is asked for children of spans of this process, too.
    pub(crate) fn asks_for_children(&self) -> bool {
        self.core.asks_for_children
    }

    /// Removes a context from an outgoing message that is not to carry one: every field of this
    /// tracer's format.
    pub fn strip(&self, carrier: &mut impl Inject) {
        if ENABLED {
            remove_all(&*self.core.propagator, carrier);
        }
    }
}
