//! The spans that a thread has entered.

use super::local::Tracers;
use crate::clock;
use crate::span::Live;

/// What is at one depth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Left out of order: its place is kept until those above are left.
    #[default]
    Gone,
    /// A span that lives elsewhere, or an active one that somebody has a handle of.
    Live,
    /// An active span that lives here.
    Lean,
}

/// One entered span. Written field by field, in place, and used again and again.
#[derive(Debug, Default)]
struct Frame {
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

/// Entered spans, the current one last.
#[derive(Debug, Default)]
pub(super) struct Stack {
    /// More than are in use: those behind `len` wait for the next spans.
    frames: Vec<Frame>,
    len: usize,
}

impl Stack {
    pub(super) const fn new() -> Self {
        Self { frames: Vec::new(), len: 0 }
    }

    #[inline]
    pub(super) fn top(&self) -> Option<Top<'_>> {
        let frame = self.frames.get(self.len.wrapping_sub(1))?;
        match frame.state {
            State::Lean => Some(Top::Lean(&frame.lean)),
            State::Live => frame.live.as_ref().map(Top::Live),
            State::Gone => None,
        }
    }

    #[inline]
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn next(&mut self) -> (usize, &mut Frame) {
        let depth = self.len;
        if depth == self.frames.len() {
            self.lengthen();
        }
        self.len = depth + 1;
        (depth, &mut self.frames[depth])
    }

    #[cold]
    fn lengthen(&mut self) {
        self.frames.push(Frame::default());
    }

    #[inline]
    pub(super) fn push(&mut self, live: Live) -> usize {
        let (depth, frame) = self.next();
        frame.state = State::Live;
        frame.live = Some(live);
        depth
    }

    /// Enters a lean span, for the caller to fill in.
    #[inline]
    pub(super) fn push_lean(&mut self) -> (usize, &mut Lean) {
        let (depth, frame) = self.next();
        frame.state = State::Lean;
        (depth, &mut frame.lean)
    }

    /// A handle of the span at this depth. A lean one becomes an ordinary one for it.
    pub(super) fn handle(&mut self, depth: usize, tracers: &mut Tracers) -> Option<Live> {
        let frame = self.frames.get_mut(depth).filter(|_| depth < self.len)?;
        if frame.state == State::Lean {
            frame.live = Some(tracers.furnish(&frame.lean));
            frame.state = State::Live;
        }
        frame.live.clone()
    }

    /// Leaves the span at this depth, wherever it is. A lean one is ended, through `write`.
    pub(super) fn leave(&mut self, depth: usize, write: impl FnOnce(&Lean)) -> Option<Live> {
        let frame = self.frames.get_mut(depth).filter(|_| depth < self.len)?;
        if std::mem::take(&mut frame.state) == State::Lean {
            write(&frame.lean);
        }
        let left = frame.live.take();
        while self.len > 0 && self.frames[self.len - 1].state == State::Gone {
            self.len -= 1;
        }
        left
    }

    /// The same for the current span, if it is lean and nothing below it was left out of order.
    #[inline]
    pub(super) fn leave_lean(&mut self, depth: usize, write: impl FnOnce(&Lean)) -> bool {
        let Some([below, frame]) = self.frames.get(depth.wrapping_sub(1)..=depth) else {
            return false;
        };
        let simple = frame.state == State::Lean
            && below.state != State::Gone
            && self.len == depth.wrapping_add(1);
        if simple {
            write(&frame.lean);
            self.len = depth;
        }
        simple
    }
}
