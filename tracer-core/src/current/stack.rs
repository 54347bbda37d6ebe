//! The spans that a thread has entered.

use super::local::Tracers;
use crate::clock;
use crate::span::Live;

/// What a frame holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// A span that lives elsewhere, or an active one that somebody has a handle of.
    #[default]
    Live,
    /// An active span that lives here.
    Lean,
}

/// One entered span. Written field by field, in place, and used again and again.
#[derive(Debug, Default)]
struct Frame {
    /// Told to the guard, which gives it back: no two frames of a thread have the same.
    ticket: usize,
    state: State,
    lean: Lean,
    live: Option<Live>,
}

/// A recorded span that only its guard knows of, on the stack of its thread. It has a name and a
/// parent and nothing else; the first handle of it turns it into an ordinary span.
#[derive(Debug, Default)]
pub(crate) struct Lean {
    pub(crate) trace_id: [u64; 2],
    pub(crate) span_id: u64,
    pub(crate) parent_id: u64,
    pub(crate) start: clock::Ticks,
    /// Name and flags, packed.
    pub(crate) name: u64,
    pub(crate) flags: u8,
    /// Which of the thread's tracers it belongs to.
    pub(crate) home: usize,
}

/// The current span, as one that is to be its child sees it.
pub(crate) enum Top<'a> {
    Live(&'a Live),
    Lean(&'a Lean),
}

/// Entered spans, the current one last. They may be left in any order.
#[derive(Debug, Default)]
pub(super) struct Stack {
    /// More than are in use: those behind `len` wait for the next spans.
    frames: Vec<Frame>,
    len: usize,
    /// The latest frame's ticket.
    tickets: usize,
}

impl Stack {
    pub(super) const fn new() -> Self {
        Self { frames: Vec::new(), len: 0, tickets: 0 }
    }

    #[inline]
    fn last(&self) -> Option<&Frame> {
        self.frames.get(self.len.wrapping_sub(1))
    }

    #[inline]
    pub(super) fn top(&self) -> Option<Top<'_>> {
        let frame = self.last()?;
        match frame.state {
            State::Lean => Some(Top::Lean(&frame.lean)),
            State::Live => frame.live.as_ref().map(Top::Live),
        }
    }

    /// The ticket of the current span.
    #[inline]
    pub(super) fn top_ticket(&self) -> Option<usize> {
        self.last().map(|frame| frame.ticket)
    }

    /// Its ticket too, where it is one that was decided against; else zero.
    #[inline]
    pub(super) fn unrecorded(&self) -> usize {
        match self.last() {
            Some(frame @ Frame { state: State::Live, live: Some(live), .. })
                if live.is_decided() =>
            {
                frame.ticket
            }
            _ => 0,
        }
    }

    #[inline]
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn next(&mut self) -> &mut Frame {
        let at = self.len;
        if at == self.frames.len() {
            self.lengthen();
        }
        self.len = at + 1;
        self.tickets = self.tickets.wrapping_add(1);
        let frame = &mut self.frames[at];
        frame.ticket = self.tickets;
        frame
    }

    #[cold]
    fn lengthen(&mut self) {
        self.frames.push(Frame::default());
    }

    /// Enters a span; returns its ticket.
    #[inline]
    pub(super) fn push(&mut self, live: Live) -> usize {
        let frame = self.next();
        frame.state = State::Live;
        frame.live = Some(live);
        frame.ticket
    }

    /// Enters a lean span, for the caller to fill in.
    #[inline]
    pub(super) fn push_lean(&mut self) -> (usize, &mut Lean) {
        let frame = self.next();
        frame.state = State::Lean;
        (frame.ticket, &mut frame.lean)
    }

    /// Where the frame of a ticket is: nearly always on top.
    fn find(&self, ticket: usize) -> Option<usize> {
        self.frames.get(..self.len)?.iter().rposition(|frame| frame.ticket == ticket)
    }

    /// A handle of the span of this ticket. A lean one becomes an ordinary one for it.
    pub(super) fn handle(&mut self, ticket: usize, tracers: &mut Tracers) -> Option<Live> {
        let at = self.find(ticket)?;
        let frame = &mut self.frames[at];
        if frame.state == State::Lean {
            frame.live = Some(tracers.furnish(&frame.lean));
            frame.state = State::Live;
        }
        frame.live.clone()
    }

    /// Leaves the span of this ticket, wherever it is. A lean one is ended, through `write`.
    pub(super) fn leave(&mut self, ticket: usize, write: impl FnOnce(&Lean)) -> Option<Live> {
        let at = self.find(ticket)?;
        // To the end of those in use, and out of them.
        self.frames[at..self.len].rotate_left(1);
        self.len -= 1;
        let frame = &mut self.frames[self.len];
        match frame.state {
            State::Lean => {
                write(&frame.lean);
                None
            }
            State::Live => frame.live.take(),
        }
    }

    /// The same for the current span, if it is lean and not the only one.
    #[inline]
    pub(super) fn leave_lean(&mut self, ticket: usize, write: impl FnOnce(&Lean)) -> bool {
        let Some(frame) = self.last() else { return false };
        let simple = frame.ticket == ticket && frame.state == State::Lean && self.len > 1;
        if simple {
            write(&frame.lean);
            self.len -= 1;
        }
        simple
    }
}

#[cfg(all(test, not(feature = "off")))]
mod tests {
    use super::*;
    use crate::SpanContext;

    #[allow(clippy::unwrap_used, reason = "tests")]
    fn live() -> Live {
        Live::passive(SpanContext::EMPTY.suppressed()).unwrap()
    }

    #[test]
    fn guards_that_always_overlap_do_not_pile_up() {
        let mut stack = Stack::new();
        let mut before = stack.push(live());
        for _ in 0..10_000 {
            let after = stack.push(live());
            assert!(stack.leave(before, |_| {}).is_some());
            assert_eq!((stack.top_ticket(), stack.len()), (Some(after), 1));
            before = after;
        }
        assert_eq!(stack.frames.len(), 2);
    }

    #[test]
    fn a_ticket_is_good_once() {
        let mut stack = Stack::new();
        let (low, high) = (stack.push(live()), stack.push(live()));
        assert!(stack.leave(low, |_| {}).is_some());
        assert!(stack.leave(low, |_| {}).is_none(), "nor does it fit who has its place now");
        assert!(stack.leave(high, |_| {}).is_some());
        assert!(stack.top().is_none());
    }
}
