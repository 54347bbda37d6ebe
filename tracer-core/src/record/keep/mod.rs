//! Traces that are held until it is known what becomes of them. All of this is the reporter
//! thread's own: nobody else looks at it.
//!
//! Spans come out of the threads' rings ring by ring, so that a local root may come before spans
//! that have ended earlier, on other threads. It says yes at once; that it says no holds only after
//! all rings have been looked through once more ([`Keeper::judge`]).

mod decided;
mod options;
#[cfg(test)]
mod tests;
mod traces;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use decided::{Decided, Verdict};
pub use options::KeepIf;
use traces::{Held, OVERHEAD, Traces};

use super::chunk::{Chunk, Rare, Unpacked};
use super::control::after;
use super::entry::SpanHead;
use crate::clock::Anchor;
use crate::context::{HELD, SAMPLED, TAKEN_BACK};
use crate::semconv;
use crate::value::Tag;

/// A trace's id as it is stored.
type TraceKey = [u64; 2];

/// Why a trace is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Error,
    Slow,
    Priority,
}

#[derive(Debug)]
pub(super) struct Keeper {
    rules: KeepIf,
    /// What has come out of the rings and is not sorted yet.
    pub(super) incoming: Chunk,
    max_batch: usize,
    traces: Traces,
    decided: Decided,
    /// Traces of which a local root has ended, and those of them that are to be judged next.
    ended: VecDeque<Ended>,
    due: VecDeque<Ended>,
    /// Traces that are kept, on their way to the reporter.
    ready: VecDeque<Ready>,
    ready_spans: usize,
    ready_bytes: usize,
    gone: Gone,
}

#[derive(Clone, Copy, Debug)]
struct Ended {
    trace: TraceKey,
    /// Its application has asked for no trace. There may be nothing of it in the store, yet.
    taken_back: bool,
}

#[derive(Debug)]
struct Ready {
    spans: Unpacked,
    bytes: usize,
    reason: Reason,
}

/// Spans that are let go and not booked yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Gone {
    pub(super) unsampled: u64,
    pub(super) not_kept: u64,
    pub(super) undecided: u64,
}

impl Keeper {
    pub(super) fn new(rules: KeepIf, max_batch: usize) -> Self {
        Self {
            rules,
            incoming: Chunk::new(max_batch),
            max_batch,
            traces: Traces::default(),
            decided: Decided::new(),
            ended: VecDeque::new(),
            due: VecDeque::new(),
            ready: VecDeque::new(),
            ready_spans: 0,
            ready_bytes: 0,
            gone: Gone::default(),
        }
    }

    /// Sorts what has come: what is sampled, and what follows a trace that is kept, goes out, and
    /// has to fit; the rest is held. Returns the bytes of strings that are no longer the
    /// recorder's.
    pub(super) fn sort(&mut self, out: &mut Chunk, now: Instant) -> usize {
        let anchor = Anchor::now();
        let incoming = std::mem::replace(&mut self.incoming, Chunk::new(self.max_batch));
        let mut spans = incoming.unpack();
        let mut released = 0;
        while let Some(span) = spans.peek() {
            let span = &span.head;
            let (trace, heap, is_root) = (span.trace_id, span.heap as usize, span.is_local_root());
            if span.flags & (HELD | TAKEN_BACK) == 0 {
                spans.move_into(out, true);
                continue;
            }
            if span.flags & TAKEN_BACK != 0 {
                released += heap;
                spans.skip();
                self.gone.unsampled += 1;
                self.ended.push_back(Ended { trace, taken_back: true });
                continue;
            }
            let before = self.decided.get(trace);
            let kept = match before {
                Some(Verdict::Kept(reason)) => Some(reason),
                Some(Verdict::Dropped) | None => None,
            };
            // Behind those before it, if they are still here.
            if let Some(reason) = kept.filter(|_| self.ready.is_empty()) {
                go_out(&mut spans, out, reason, true);
                continue;
            }
            released += heap;
            let reason = kept.or_else(|| self.reason(span, spans.peek_rare(), &anchor));
            if reason.is_none() && !is_root && self.traces.spans_of(trace) >= self.rules.max_spans {
                spans.skip();
                self.gone.undecided += 1;
                continue;
            }
            self.traces.add(trace, before.is_some(), now, &mut spans);
            if let Some(reason) = reason {
                self.keep(trace, reason);
            } else if is_root && self.traces.end(trace) {
                self.ended.push_back(Ended { trace, taken_back: false });
            }
            self.make_room(now);
        }
        released
    }

    /// Why this span's trace is to be kept, if it is for its sake.
    fn reason(&self, span: &SpanHead, rare: Option<&Rare>, anchor: &Anchor) -> Option<Reason> {
        if self.rules.failed && rare.is_some_and(|rare| rare.status.is_error()) {
            return Some(Reason::Error);
        }
        let limits = [self.rules.slow_span, self.rules.slow_root.filter(|_| span.is_local_root())];
        if let Some(limit) = limits.into_iter().flatten().min() {
            let (start, end) = span.interval(anchor);
            if Duration::from_nanos(end - start) > limit {
                return Some(Reason::Slow);
            }
        }
        // Sampled since it began.
        (span.flags & SAMPLED != 0).then_some(Reason::Priority)
    }

    fn keep(&mut self, trace: TraceKey, reason: Reason) {
        if let Some(held) = self.traces.remove(trace) {
            self.keep_held(trace, held, reason);
        }
    }

    fn keep_held(&mut self, trace: TraceKey, held: Held, reason: Reason) {
        self.decided.set(trace, Verdict::Kept(reason));
        let bytes = held.chunk.bytes() + OVERHEAD;
        self.ready_spans += held.chunk.len();
        self.ready_bytes += bytes;
        self.ready.push_back(Ready { spans: held.chunk.unpack(), bytes, reason });
    }

    /// Lets a trace go if its local root has ended and it has not been kept since.
    fn judge_one(&mut self, Ended { trace, taken_back }: Ended) {
        let stays = if taken_back { self.is_kept(trace) } else { !self.traces.has_ended(trace) };
        if stays {
            return;
        }
        if let Some(held) = self.traces.remove(trace) {
            self.gone.not_kept += held.chunk.len() as u64;
        }
        self.decided.set(trace, Verdict::Dropped);
    }

    fn is_kept(&self, trace: TraceKey) -> bool {
        matches!(self.decided.get(trace), Some(Verdict::Kept(_)))
    }

    /// Decides about a trace whose local root has not ended.
    fn give_up(&mut self, trace: TraceKey, now: Instant, at_the_end: bool) {
        let Some(held) = self.traces.remove(trace) else { return };
        let waits = !held.ended && !held.is_rest();
        let waited = now.saturating_duration_since(held.since);
        // Its local root is not faster than what has come of it.
        if waits && self.rules.slow_root.is_some_and(|limit| waited > limit) {
            return self.keep_held(trace, held, Reason::Slow);
        }
        let undecided = waits && !at_the_end;
        let gone = if undecided { &mut self.gone.undecided } else { &mut self.gone.not_kept };
        *gone += held.chunk.len() as u64;
        if !undecided {
            self.decided.set(trace, Verdict::Dropped);
        }
    }

    /// Holds the store to its bytes: traces whose local root has ended are judged at once, then
    /// those go that have waited longest.
    fn make_room(&mut self, now: Instant) {
        while self.traces.bytes() > self.rules.max_bytes {
            match self.due.pop_front().or_else(|| self.ended.pop_front()) {
                Some(ended) => self.judge_one(ended),
                None => match self.traces.first() {
                    Some(trace) => self.give_up(trace, now, false),
                    None => return,
                },
            }
        }
    }

    /// Whether local roots have ended since the last time. Then all rings are to be looked through
    /// once more, before [`judge`](Self::judge): whatever has ended before them has been seen then.
    pub(super) fn has_ended(&mut self) -> bool {
        self.due.append(&mut self.ended);
        !self.due.is_empty()
    }

    /// Lets those go that nothing has spoken for.
    pub(super) fn judge(&mut self) {
        while let Some(ended) = self.due.pop_front() {
            self.judge_one(ended);
        }
    }

    /// Decides about those that have waited too long.
    pub(super) fn expire(&mut self, now: Instant) {
        while let Some((trace, since)) = self.traces.oldest()
            && now.saturating_duration_since(since) >= self.rules.max_wait
        {
            self.give_up(trace, now, false);
        }
    }

    /// Decides about all that is there.
    pub(super) fn close(&mut self, now: Instant) {
        while let Some(trace) = self.traces.first() {
            self.give_up(trace, now, true);
        }
    }

    /// Moves traces that are kept out, until the chunk is full.
    pub(super) fn give_ready(&mut self, out: &mut Chunk) {
        while !out.is_full()
            && let Some(next) = self.ready.front_mut()
        {
            if next.spans.len() == 0 {
                self.ready_bytes -= next.bytes;
                self.ready.pop_front();
                continue;
            }
            go_out(&mut next.spans, out, next.reason, false);
            self.ready_spans -= 1;
        }
    }

    pub(super) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// When there is something to do without a span having come.
    pub(super) fn due(&self, schedule_delay: Duration) -> Option<Instant> {
        let expires = || {
            let (_, since) = self.traces.oldest()?;
            since.checked_add(self.rules.max_wait)
        };
        if self.ended.is_empty() { expires() } else { Some(after(schedule_delay)) }
    }

    /// Spans that are held, those on their way out included.
    pub(super) const fn spans(&self) -> usize {
        self.traces.spans() + self.ready_spans
    }

    pub(super) const fn bytes(&self) -> usize {
        self.traces.bytes() + self.ready_bytes
    }

    /// What is to be booked as gone.
    pub(super) fn take_gone(&mut self) -> Gone {
        std::mem::take(&mut self.gone)
    }
}

/// Moves the next span out. A local root says why.
fn go_out(spans: &mut Unpacked, out: &mut Chunk, reason: Reason, charged: bool) {
    let is_root = spans.peek().is_some_and(|span| span.head.is_local_root());
    spans.move_into(out, charged);
    if is_root {
        out.set_last_tag(Tag::new(semconv::KEPT, reason.as_str()));
    }
}

impl Reason {
    /// The value of the tag [`semconv::KEPT`].
    const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Slow => "slow",
            Self::Priority => "priority",
        }
    }
}
