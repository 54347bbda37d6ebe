//! What is said about a context beside its ids: decisions, and where it comes from.

use super::SpanContext;

/// W3C trace flag: the trace is recorded.
pub(crate) const SAMPLED: u8 = 1;
/// W3C level 2 trace flag: the trace id is random.
pub(crate) const RANDOM: u8 = 2;
/// The flags that the W3C knows.
pub(crate) const W3C: u8 = SAMPLED | RANDOM;
/// Somebody insists on this trace. A bit that the recorder's flags leave free.
pub(crate) const DEBUG: u8 = 32;
/// The head decision has said no, and the span is recorded all the same: until it is known what
/// became of its trace ([`KeepIf`](crate::KeepIf)), or until its end, for its tracer's
/// [`SpanProcessor`](crate::SpanProcessor). Never told to others. Another such bit.
pub(crate) const HELD: u8 = 64;
/// A span that was held until its application asked for no trace. The last such bit.
pub(crate) const TAKEN_BACK: u8 = 128;
/// Either of these and the span is recorded.
pub(crate) const RECORDED: u8 = SAMPLED | HELD;
/// The flags that a span has and hands on, out of all that a context can have.
const OF_SPANS: u16 = (W3C | DEBUG | HELD) as u16;
pub(super) const REMOTE: u16 = 4;
pub(super) const SUPPRESSED: u16 = 8;
/// There are ids, and the one who sent them has left the decision open.
const DEFERRED: u16 = 16;
/// There is a decision, and perhaps no ids.
pub(super) const DECISION: u16 = 256;
/// How far the one who sent this is trusted.
const LINKED: u16 = 512;
const LIMITED: u16 = 1024;

impl SpanContext {
    /// Whether the trace is being recorded, as far as the one who sent this knows.
    #[must_use]
    pub const fn is_sampled(&self) -> bool {
        self.has(SAMPLED as u16)
    }

    /// Whether spans of this are recorded: the trace is, or it is held.
    #[inline]
    pub(crate) const fn is_recorded(&self) -> bool {
        self.has(RECORDED as u16)
    }

    pub(super) const fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    const fn with(mut self, flag: u16, on: bool) -> Self {
        if on {
            self.flags |= flag;
        } else {
            self.flags &= !flag;
        }
        self
    }

    /// Whether somebody insists on this trace (Jaeger's and B3's debug flag): it is to be recorded
    /// whatever samplers say, as far as a [budget](crate::TracerBuilder::forced_sampling) goes.
    #[must_use]
    pub const fn is_debug(&self) -> bool {
        self.has(DEBUG as u16)
    }

    /// Whether somebody insists on this trace and it is recorded where it comes from: the flag alone
    /// asks for nothing, as with Jaeger's clients.
    pub(crate) const fn insists(&self) -> bool {
        self.is_debug() && self.is_sampled()
    }

    /// Whether this has ids and leaves the decision to the one who gets it (B3: no sampling state).
    #[must_use]
    pub const fn is_deferred(&self) -> bool {
        self.has(DEFERRED)
    }

    /// Whether this has a decision and no ids: the caller has no trace, and knows whether there is
    /// to be one (B3: `b3: 0`).
    #[must_use]
    pub const fn is_decision_only(&self) -> bool {
        self.has(DECISION) && !self.is_valid()
    }

    /// Jaeger's `jaeger-debug-id`: the caller asks for a trace, and will look for this.
    #[must_use]
    pub fn debug_id(&self) -> Option<&str> {
        self.ext.as_ref()?.debug_id.as_deref()
    }

    /// Whether the low 56 bits of the trace id are random (W3C trace context level 2).
    #[must_use]
    pub const fn is_random(&self) -> bool {
        self.has(RANDOM as u16)
    }

    /// Whether this came out of a carrier.
    #[must_use]
    pub const fn is_remote(&self) -> bool {
        self.has(REMOTE)
    }

    /// Whether a filter decided that nothing below this starts a span.
    #[must_use]
    pub const fn is_suppressed(&self) -> bool {
        self.has(SUPPRESSED)
    }

    /// W3C `trace-flags`, as they go into a `traceparent`.
    #[must_use]
    pub const fn trace_flags(&self) -> u8 {
        self.span_flags() & W3C
    }

    /// The flags that a span takes over.
    pub(crate) const fn span_flags(&self) -> u8 {
        (self.flags & OF_SPANS) as u8
    }

    /// This context marked as one that came out of a carrier.
    #[must_use]
    pub const fn with_remote(self) -> Self {
        self.with(REMOTE, true)
    }

    /// This context with the W3C flag that calls the trace id random.
    #[must_use]
    pub const fn with_random(self, random: bool) -> Self {
        self.with(RANDOM as u16, random)
    }

    pub(crate) const fn with_sampled(self, sampled: bool) -> Self {
        self.with(SAMPLED as u16, sampled)
    }

    /// This context as that of a span that is held, or is not.
    pub(crate) const fn with_held(self, held: bool) -> Self {
        self.with(HELD as u16, held)
    }

    /// This context with the debug flag: see [`is_debug`](Self::is_debug).
    #[must_use]
    pub const fn with_debug(self, debug: bool) -> Self {
        self.with(DEBUG as u16, debug)
    }

    /// This context with its decision left open: see [`is_deferred`](Self::is_deferred).
    #[must_use]
    pub const fn with_deferred(self) -> Self {
        self.with(DEFERRED, true).with(SAMPLED as u16, false)
    }

    /// The context of a caller who has no trace and knows whether there is to be one: see
    /// [`is_decision_only`](Self::is_decision_only).
    #[must_use]
    pub const fn decision(sampled: bool) -> Self {
        Self::EMPTY.with(SAMPLED as u16, sampled).with(DECISION | REMOTE, true)
    }

    /// This context with a `jaeger-debug-id`, of 256 bytes at most: a longer one is left out, as
    /// is an empty one.
    #[must_use]
    pub fn with_debug_id(mut self, id: &str) -> Self {
        if (1..=256).contains(&id.len()) {
            self.ext_mut().debug_id = Some(id.into());
        }
        self
    }

    /// This context, of which the decision to record has to be paid for.
    pub(crate) const fn with_limited(self) -> Self {
        self.with(LIMITED, true)
    }

    pub(crate) const fn is_limited(&self) -> bool {
        self.has(LIMITED)
    }

    /// This context as one that a new trace links to. Nothing of it is handed on.
    pub(crate) fn with_linked(mut self) -> Self {
        let debug_id = self.debug_id().map(str::to_owned);
        self.ext = None;
        // Who insists without ids is heard all the same: that is a decision.
        let decides = self.insists() && !self.is_valid();
        let linked = self.with(LINKED, true).with(DECISION, decides);
        match debug_id {
            Some(id) => linked.with_debug_id(&id),
            None => linked,
        }
    }

    /// This context, or an empty one where it is a caller's who is only linked to.
    pub(crate) fn unless_linked(self) -> Self {
        if self.is_linked() { Self::EMPTY } else { self }
    }

    /// Whether this is a caller whose trace does not go on here: a span that has it for a parent
    /// begins a trace and links to it ([`Trust::Link`](crate::Trust::Link)). Nothing of it is handed
    /// on.
    #[must_use]
    pub const fn is_linked(&self) -> bool {
        self.has(LINKED)
    }

    /// This context, marked so that nothing below it starts a span.
    #[must_use]
    pub const fn suppressed(self) -> Self {
        self.with(SUPPRESSED, true)
    }

    /// Whether this process has decided against recording the trace: valid, local, unsampled, and
    /// not held either.
    #[inline]
    pub(crate) const fn is_decided(&self) -> bool {
        self.is_valid() && !self.has(RECORDED as u16 | REMOTE | SUPPRESSED)
    }
}
