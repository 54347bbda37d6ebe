//! What crosses a border: ids, decision, tracestate, baggage.

mod ext;
mod marks;

use std::fmt;
use std::sync::Arc;

use crate::baggage::Baggage;
use crate::id::{SpanId, TraceId};
use crate::propagation::RawContext;
use crate::tracestate::TraceState;

pub(crate) use ext::Ext;
pub(crate) use marks::{DEBUG, RANDOM, SAMPLED, W3C};
use marks::{DECISION, REMOTE, SUPPRESSED};

/// Zero in `span_id` says that there are no ids.
const NO_ID: u64 = 0;

/// What one span tells the next one, in this process or in another: trace id, span id, the
/// sampling decision, W3C tracestate and baggage.
///
/// A context can be empty (no caller), carry baggage only or a decision only, or hold a caller's
/// header values unparsed (see [`RawContext`]) while tracing is switched off. A clone is at most one refcount.
#[derive(Clone, Default)]
pub struct SpanContext {
    /// High and low half. Kept as words, not as ids, for size: contexts are moved a lot.
    trace_id: [u64; 2],
    span_id: u64,
    flags: u16,
    ext: Option<Arc<Ext>>,
}

impl SpanContext {
    /// A context of given ids, as a propagator or a test makes it.
    #[must_use]
    pub const fn new(trace_id: TraceId, span_id: SpanId, sampled: bool) -> Self {
        let flags = if sampled { SAMPLED } else { 0 };
        Self::from_parts(trace_id, span_id, flags, None)
    }

    /// The context of no caller.
    pub(crate) const EMPTY: Self =
        Self { trace_id: [NO_ID; 2], span_id: NO_ID, flags: 0, ext: None };

    /// The trace this belongs to; `None` where there is none or it has not been parsed.
    #[must_use]
    pub fn trace_id(&self) -> Option<TraceId> {
        self.ids().map(|(trace, _)| trace)
    }

    /// The span this stands for; `None` where there is none or it has not been parsed.
    #[must_use]
    pub fn span_id(&self) -> Option<SpanId> {
        self.ids().map(|(_, span)| span)
    }

    /// Whether this names a span.
    #[must_use]
    pub const fn is_valid(&self) -> bool {
        self.span_id != NO_ID
    }

    /// W3C `tracestate`; empty where there is none.
    #[must_use]
    pub fn tracestate(&self) -> &TraceState {
        static NONE: TraceState = TraceState::EMPTY;
        self.ext.as_ref().map_or(&NONE, |ext| &ext.tracestate)
    }

    /// The baggage. Out of a context that was taken while tracing is off it is parsed here, on
    /// demand.
    #[must_use]
    pub fn baggage(&self) -> Baggage {
        match &self.ext {
            None => Baggage::new(),
            Some(ext) => match &ext.raw {
                Some(raw) if ext.baggage.is_empty() => raw.baggage(),
                _ => ext.baggage.clone(),
            },
        }
    }

    /// One item of the baggage.
    #[must_use]
    pub fn baggage_item(&self, key: &str) -> Option<String> {
        self.ext.as_ref()?;
        self.baggage().get(key).map(str::to_owned)
    }

    /// This context with other baggage.
    #[must_use]
    pub fn with_baggage(mut self, baggage: Baggage) -> Self {
        if baggage.is_empty() && self.ext.is_none() {
            return self;
        }
        self.parse_raw_baggage_away();
        self.ext_mut().baggage = baggage;
        self
    }

    /// This context with another tracestate.
    #[must_use]
    pub fn with_tracestate(mut self, tracestate: TraceState) -> Self {
        if !tracestate.is_empty() || self.ext.is_some() {
            self.ext_mut().tracestate = tracestate;
        }
        self
    }

    pub(crate) fn baggage_only(baggage: Baggage) -> Self {
        Self::EMPTY.with_remote().with_baggage(baggage)
    }

    /// This context, or what `other` has where this has nothing: ids with all that comes with
    /// them, a decision without ids, a debug id, and items of the baggage.
    pub(crate) fn or(self, other: Self) -> Self {
        let mut merged = other.baggage();
        let (own, debug_id) = (self.baggage(), other.debug_id().map(str::to_owned));
        let take_other = !self.is_valid() && (other.is_valid() || !self.has(DECISION));
        let own_debug_id = self.debug_id().map(str::to_owned);
        let mut out = if take_other { other } else { self };
        if own.is_empty() && merged.is_empty() && own_debug_id.is_none() && debug_id.is_none() {
            return out;
        }
        // What came first goes first, for the budget may not be enough for all.
        if !own.is_empty() {
            let later = std::mem::replace(&mut merged, own);
            merged.add_missing(&later);
        }
        let ext = out.ext_mut();
        ext.baggage = merged;
        ext.debug_id = own_debug_id.or(debug_id).map(String::into_boxed_str);
        out
    }

    /// Whether there is nothing in here to hand on.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        !self.is_valid() && self.ext.is_none() && !self.has(DECISION)
    }

    /// A caller's values as they arrived.
    pub(crate) fn from_raw(raw: RawContext) -> Self {
        let ext = Ext { raw: Some(raw), ..Ext::default() };
        Self { flags: REMOTE, ext: Some(Arc::new(ext)), ..Self::EMPTY }
    }

    /// The caller's values, if this holds them unparsed.
    #[must_use]
    pub fn raw(&self) -> Option<&RawContext> {
        self.ext.as_ref()?.raw.as_ref()
    }

    #[inline]
    pub(crate) const fn from_parts(
        trace_id: TraceId,
        span_id: SpanId,
        flags: u8,
        ext: Option<Arc<Ext>>,
    ) -> Self {
        Self { trace_id: trace_id.to_words(), span_id: span_id.to_u64(), flags: flags as u16, ext }
    }

    /// What a span is made of: trace id, span id, flags, and the rest.
    #[inline]
    pub(crate) fn into_words(self) -> ([u64; 2], u64, u8, Option<Arc<Ext>>) {
        let flags = self.span_flags();
        (self.trace_id, self.span_id, flags, self.ext)
    }

    /// The same but for the span.
    #[inline]
    pub(crate) fn sibling(&self, span_id: SpanId) -> Self {
        Self {
            trace_id: self.trace_id,
            span_id: span_id.to_u64(),
            flags: self.flags,
            ext: self.ext.clone(),
        }
    }

    #[inline]
    pub(crate) fn ids(&self) -> Option<(TraceId, SpanId)> {
        Some((TraceId::from_words(self.trace_id)?, SpanId::from_u64(self.span_id)?))
    }

    pub(crate) fn ext(&self) -> Option<&Arc<Ext>> {
        self.ext.as_ref()
    }

    fn ext_mut(&mut self) -> &mut Ext {
        Arc::make_mut(self.ext.get_or_insert_default())
    }

    /// Raw values and parsed ones don't mix: whoever changes the baggage of a raw context gets a
    /// parsed one.
    fn parse_raw_baggage_away(&mut self) {
        if let Some(raw) = self.raw() {
            let parsed = raw.parse().unwrap_or_default();
            let suppressed = self.flags & SUPPRESSED;
            *self = parsed;
            self.flags |= suppressed;
        }
    }
}

impl fmt::Debug for SpanContext {
    /// Ids and flags. Baggage values are users' data and stay out of logs: their number only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("SpanContext");
        if let Some((trace_id, span_id)) = self.ids() {
            out.field("trace_id", &trace_id).field("span_id", &span_id);
        }
        out.field("sampled", &self.is_sampled()).field("remote", &self.is_remote());
        if let Some(ext) = &self.ext {
            out.field("baggage_items", &ext.baggage.len()).field("raw", &ext.raw.is_some());
        }
        out.finish_non_exhaustive()
    }
}

impl PartialEq for SpanContext {
    /// Equal when both stand for the same span, with the same decision, tracestate and baggage.
    /// Where a context came from (local or remote) does not count.
    fn eq(&self, other: &Self) -> bool {
        self.ids() == other.ids()
            && self.span_flags() == other.span_flags()
            && (self.is_deferred(), self.is_decision_only())
                == (other.is_deferred(), other.is_decision_only())
            && self.tracestate() == other.tracestate()
            && self.baggage() == other.baggage()
    }
}

impl Eq for SpanContext {}
