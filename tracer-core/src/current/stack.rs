//! The spans that a thread has entered.

use super::tracers::Tracers;
use crate::clock;
use crate::record::unpack_flags;
use crate::span::Live;

/// One entered span. Written field by field, in place, and used again and again.
#[derive(Debug, Default)]
struct Frame {
    /// Told to the guard, which gives it back: no two frames of a thread have the same.
    ticket: usize,
    /// Good while `lean.tracer` says so.
    lean: Lean,
    /// Good while it does not.
    live: Option<Live>,
}

/// A recorded span that only its guard knows of, on the stack of its thread. It has a name, a kind
/// and a parent and nothing else; the first handle of it turns it into an ordinary span.
#[derive(Debug, Default)]
pub(crate) struct Lean {
    /// Address of its tracer's core; zero in a frame whose span lives elsewhere, or has become an
    /// ordinary one.
    pub(crate) tracer: usize,
    pub(crate) trace_id: [u64; 2],
    pub(crate) span_id: u64,
    pub(crate) parent_id: u64,
    pub(crate) start: clock::Ticks,
    /// Name and flags, packed.
    pub(crate) name: u64,
    /// Kind and who decided, packed.
    pub(crate) origin: u64,
    /// Which of the thread's tracers it belongs to.
    pub(crate) home: usize,
}

impl Lean {
    #[inline]
    pub(crate) const fn flags(&self) -> u8 {
        unpack_flags(self.name)
    }
}

/// The current span, as one that is to be its child sees it.
pub(crate) enum Top<'a> {
    Live(&'a Live),
    Lean(&'a Lean),
}

/// Entered spans, the current one last. They may be left in any order.
#[derive(Debug, Default)]
pub(super) struct Stack {
    /// More than are in use: those behind `len` wait for the next spans. Once there is one, there
    /// is one more than are in use.
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
        if frame.lean.tracer != 0 {
            return Some(Top::Lean(&frame.lean));
        }
        frame.live.as_ref().map(Top::Live)
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
            Some(Frame { lean: Lean { tracer: 0, .. }, live: Some(live), ticket })
                if live.is_decided() =>
            {
                *ticket
            }
            _ => 0,
        }
    }

    #[inline]
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    #[cold]
    fn lengthen(&mut self) {
        self.frames.resize_with(self.len + 2, Frame::default);
    }

    /// Enters a span; returns its ticket.
    #[inline]
    pub(super) fn push(&mut self, live: Live) -> usize {
        let (ticket, frame) = self.next();
        frame.lean.tracer = 0;
        frame.live = Some(live);
        ticket
    }

    /// Enters a lean span; returns its ticket.
    #[inline]
    pub(super) fn push_lean(&mut self, lean: Lean) -> usize {
        let (ticket, frame) = self.next();
        frame.lean = lean;
        ticket
    }

    #[inline]
    fn next(&mut self) -> (usize, &mut Frame) {
        if self.len + 1 >= self.frames.len() {
            self.lengthen();
        }
        let (at, ticket) = (self.len, self.tickets.wrapping_add(1));
        (self.len, self.tickets) = (at + 1, ticket);
        let frame = &mut self.frames[at];
        frame.ticket = ticket;
        (ticket, frame)
    }

    /// The current span, if it is lean, and how to enter a lean one below it.
    #[inline]
    pub(super) fn lean_pair(&mut self) -> Option<(&Lean, Next<'_>)> {
        let Self { frames, len, tickets } = self;
        let at = len.wrapping_sub(1);
        let [parent, frame] = frames.get_mut(at..)?.first_chunk_mut::<2>()?;
        (parent.lean.tracer != 0).then_some((&parent.lean, Next { frame, len, tickets }))
    }

    /// Where the frame of a ticket is: nearly always on top.
    fn find(&self, ticket: usize) -> Option<usize> {
        self.frames.get(..self.len)?.iter().rposition(|frame| frame.ticket == ticket)
    }

    /// A handle of the span of this ticket. A lean one becomes an ordinary one for it.
    pub(super) fn handle(&mut self, ticket: usize, tracers: &mut Tracers) -> Option<Live> {
        let at = self.find(ticket)?;
        let frame = &mut self.frames[at];
        if frame.lean.tracer != 0 {
            frame.live = Some(tracers.furnish(&frame.lean));
            frame.lean.tracer = 0;
        }
        frame.live.clone()
    }

    /// Leaves the span of this ticket, wherever it is. A lean one is ended, through `write`.
    pub(super) fn leave(&mut self, ticket: usize, write: impl FnOnce(&Lean)) -> Option<Live> {
        let top = self.len.wrapping_sub(1);
        if self.frames.get(top)?.ticket != ticket {
            let at = self.find(ticket)?;
            // To the end of those in use, and out of them.
            self.frames[at..self.len].rotate_left(1);
        }
        self.len = top;
        let frame = &mut self.frames[top];
        if frame.lean.tracer != 0 {
            write(&frame.lean);
            return None;
        }
        frame.live.take()
    }

    /// The same for the current span, if it is lean. Returns how many are left.
    #[inline]
    pub(super) fn leave_lean(&mut self, ticket: usize, write: impl FnOnce(&Lean)) -> Option<usize> {
        let left = self.len.wrapping_sub(1);
        let frame = self.frames.get(left)?;
        if frame.ticket != ticket || frame.lean.tracer == 0 {
            return None;
        }
        write(&frame.lean);
        self.len = left;
        Some(left)
    }
}

/// A frame that is free, above the current span.
pub(super) struct Next<'a> {
    frame: &'a mut Frame,
    len: &'a mut usize,
    tickets: &'a mut usize,
}

impl<'a> Next<'a> {
    /// Enters a lean span, for the caller to fill in.
    #[inline]
    pub(super) fn enter(self) -> (usize, &'a mut Lean) {
        *self.len += 1;
        *self.tickets = self.tickets.wrapping_add(1);
        self.frame.ticket = *self.tickets;
        (self.frame.ticket, &mut self.frame.lean)
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
        assert_eq!(stack.frames.len(), 3);
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
