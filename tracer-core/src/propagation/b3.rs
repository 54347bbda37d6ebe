//! Zipkin's B3, in one field and in several.

use super::carrier::{Extract, Field, Inject};
use super::{ExtractError, Propagator, first, hex, set_or_remove};
use crate::context::SpanContext;

static B3_SINGLE: Field = Field::new("b3");
static TRACE_ID: Field = Field::new("x-b3-traceid");
static SPAN_ID: Field = Field::new("x-b3-spanid");
static PARENT_SPAN_ID: Field = Field::new("x-b3-parentspanid");
static SAMPLED: Field = Field::new("x-b3-sampled");
static FLAGS: Field = Field::new("x-b3-flags");

static FIELDS: [&Field; 6] = [&B3_SINGLE, &TRACE_ID, &SPAN_ID, &PARENT_SPAN_ID, &SAMPLED, &FLAGS];

/// B3, the format of Zipkin and of Envoy: `b3`, or `x-b3-traceid`, `x-b3-spanid`, `x-b3-sampled`
/// and `x-b3-flags` (OpenZipkin's b3-propagation). It has no baggage: combine it with
/// [`W3cBaggage`](super::W3cBaggage).
///
/// Either form is understood, `b3` first; which one is written is chosen here. Trace ids have 16
/// or 32 digits on the way in, and 32 on the way out. The parent's id is not used and not written:
/// a server's span is a child here, not the client's other half. Of several lines the first one
/// counts.
///
/// A caller can leave the decision open ([`SpanContext::is_deferred`]), have a decision and no
/// trace ([`SpanContext::is_decision_only`]: `b3: 0`), or insist ([`SpanContext::is_debug`]).
///
/// ```
/// use std::collections::HashMap;
///
/// use tracer_core::{ENABLED, Tracer, propagation::B3};
///
/// let tracer = Tracer::builder("shop").propagator(B3::single()).build();
/// let caller = tracer.extract(&[
///     ("X-B3-TraceId", "463ac35c9f6413ad"),
///     ("X-B3-SpanId", "a2fb4a1d1a96d312"),
///     ("X-B3-Sampled", "1"),
/// ]);
/// assert_eq!(caller.is_sampled(), ENABLED);
///
/// let mut headers = HashMap::<String, String>::new();
/// tracer.inject(&caller, &mut headers);
/// if ENABLED {
///     assert_eq!(headers["b3"], "0000000000000000463ac35c9f6413ad-a2fb4a1d1a96d312-1");
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct B3 {
    single: bool,
}

impl B3 {
    /// Writes `b3`.
    #[must_use]
    pub const fn single() -> Self {
        Self { single: true }
    }

    /// Writes `x-b3-traceid` and its like.
    #[must_use]
    pub const fn multi() -> Self {
        Self { single: false }
    }
}

impl Propagator for B3 {
    fn extract(&self, carrier: &dyn Extract) -> Result<SpanContext, ExtractError> {
        let single = first(carrier, &B3_SINGLE).map(|value| parse(value.trim_ascii()));
        if let Some(Some(context)) = single {
            return Ok(context);
        }
        match extract_multi(carrier) {
            Err(ExtractError::NotFound) if single.is_some() => {
                Err(ExtractError::corrupted(&B3_SINGLE))
            }
            found => found,
        }
    }

    fn inject(&self, context: &SpanContext, carrier: &mut dyn Inject) {
        if context.is_empty() {
            return;
        }
        let state = State::of(context);
        let ids = context.ids().map(|(trace, span)| (trace.to_string(), span.to_string()));
        let (trace, span) = ids.unwrap_or_default();
        if self.single {
            // Both ids or none: without them it is the state, or nothing at all.
            let parts = [&trace, &span, state.letter()];
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            set_or_remove(carrier, &B3_SINGLE, &parts.join("-"));
            FIELDS[1..].iter().for_each(|field| carrier.remove(field));
            return;
        }
        carrier.remove(&B3_SINGLE);
        set_or_remove(carrier, &TRACE_ID, &trace);
        set_or_remove(carrier, &SPAN_ID, &span);
        carrier.remove(&PARENT_SPAN_ID);
        // Debug implies that it is sampled, and is said instead of it.
        let debug = state == State::Debug;
        set_or_remove(carrier, &SAMPLED, if debug { "" } else { state.letter() });
        set_or_remove(carrier, &FLAGS, if debug { "1" } else { "" });
    }

    fn fields(&self) -> &[&'static Field] {
        &FIELDS
    }
}

/// The decision.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Deferred,
    Deny,
    Accept,
    Debug,
}

impl State {
    fn parse(letter: &[u8]) -> Option<Self> {
        match letter {
            b"0" => Some(Self::Deny),
            b"1" => Some(Self::Accept),
            b"d" => Some(Self::Debug),
            _ => None,
        }
    }

    /// What is to be said of a context; deferred too where it is of baggage only.
    const fn of(context: &SpanContext) -> Self {
        if context.insists() {
            Self::Debug
        } else if context.is_sampled() {
            Self::Accept
        } else if context.is_decision_only() || (context.is_valid() && !context.is_deferred()) {
            Self::Deny
        } else {
            Self::Deferred
        }
    }

    const fn letter(self) -> &'static str {
        match self {
            Self::Deferred => "",
            Self::Deny => "0",
            Self::Accept => "1",
            Self::Debug => "d",
        }
    }

    /// What is known where there are no ids.
    fn decision(self) -> Option<SpanContext> {
        let sampled = self != Self::Deny;
        (self != Self::Deferred)
            .then(|| SpanContext::decision(sampled).with_debug(self == Self::Debug))
    }

    fn context(self, trace: &[u8], span: &[u8]) -> Option<SpanContext> {
        if !is_trace_id(trace) || span.len() != 16 {
            return None;
        }
        let sampled = matches!(self, Self::Accept | Self::Debug);
        let context = SpanContext::new(hex::trace_id(trace)?, hex::span_id(span)?, sampled)
            .with_debug(self == Self::Debug)
            .with_remote();
        Some(if self == Self::Deferred { context.with_deferred() } else { context })
    }
}

/// `{trace id}-{span id}[-{state}[-{parent's id}]]`, or a state.
fn parse(value: &[u8]) -> Option<SpanContext> {
    if value.len() == 1 {
        return State::parse(value)?.decision();
    }
    let mut parts = value.split(|byte| *byte == b'-');
    let (trace, span) = (parts.next()?, parts.next()?);
    let state = parts.next().map_or(Some(State::Deferred), State::parse)?;
    if let Some(parent) = parts.next() {
        hex::number(parent, 16).filter(|_| parent.len() == 16)?;
    }
    if parts.next().is_some() {
        return None;
    }
    state.context(trace, span)
}

fn extract_multi(carrier: &dyn Extract) -> Result<SpanContext, ExtractError> {
    let get = |field| first(carrier, field).map(<[u8]>::trim_ascii);
    let state = match (get(&FLAGS), get(&SAMPLED)) {
        (Some(b"1"), _) => State::Debug,
        // Words are from before there was a specification. What is neither counts as absent.
        (_, Some(b"1" | b"true" | b"True" | b"TRUE")) => State::Accept,
        (_, Some(b"0" | b"false" | b"False" | b"FALSE")) => State::Deny,
        _ => State::Deferred,
    };
    let (trace, span) = (get(&TRACE_ID), get(&SPAN_ID));
    if trace.is_none() && span.is_none() {
        return state.decision().ok_or(ExtractError::NotFound);
    }
    let (trace, span) = (trace.unwrap_or_default(), span.unwrap_or_default());
    state.context(trace, span).ok_or_else(|| {
        let bad = if is_trace_id(trace) { &SPAN_ID } else { &TRACE_ID };
        // A decision needs no ids.
        ExtractError::Corrupted { field: bad.name(), rest: state.decision().unwrap_or_default() }
    })
}

fn is_trace_id(digits: &[u8]) -> bool {
    matches!(digits.len(), 16 | 32) && hex::trace_id(digits).is_some()
}
