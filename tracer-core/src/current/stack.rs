//! The spans that a thread has entered.

use super::local::Tracers;
use crate::clock;
use crate::record::Words;
use crate::span::Live;

/// One entered span.
#[derive(Debug)]
pub(crate) enum Frame {
    /// Left out of order: its place is kept until those above are left.
    Gone,
    /// A span that lives elsewhere, or an active one that somebody has a handle of.
    Live(Live),
    /// An active span that lives beside, at the same depth.
    Lean,
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

impl Lean {
    #[inline]
    pub(super) const fn words(&self, end: clock::Ticks) -> Words {
        let [high, low] = self.trace_id;
        [high, low, self.span_id, self.parent_id, self.start, end, self.name]
    }
}

/// Entered spans, the current one last.
#[derive(Debug, Default)]
pub(super) struct Stack {
    frames: Vec<Frame>,
    /// At the depths of lean frames, their spans; elsewhere leftovers. Never shrinks, and is
    /// written field by field, in place.
    lean: Vec<Lean>,
}

impl Stack {
    pub(super) const fn new() -> Self {
        Self { frames: Vec::new(), lean: Vec::new() }
    }

    #[inline]
    pub(super) fn top(&self) -> Option<Top<'_>> {
        match self.frames.last()? {
            Frame::Gone => None,
            Frame::Live(live) => Some(Top::Live(live)),
            Frame::Lean => self.lean.get(self.frames.len() - 1).map(Top::Lean),
        }
    }

    #[inline]
    pub(super) const fn len(&self) -> usize {
        self.frames.len()
    }

    #[inline]
    pub(super) fn push(&mut self, live: Live) -> usize {
        self.frames.push(Frame::Live(live));
        self.frames.len() - 1
    }

    /// Enters a lean span, for the caller to fill in.
    #[inline]
    pub(super) fn push_lean(&mut self) -> (usize, &mut Lean) {
        let depth = self.frames.len();
        while self.lean.len() <= depth {
            self.lean.push(Lean::default());
        }
        self.frames.push(Frame::Lean);
        (depth, &mut self.lean[depth])
    }

    /// A handle of the span at this depth. A lean one becomes an ordinary one for it.
    pub(super) fn handle(&mut self, depth: usize, tracers: &mut Tracers) -> Option<Live> {
        let frame = self.frames.get_mut(depth)?;
        if let Frame::Lean = frame {
            *frame = Frame::Live(tracers.furnish(self.lean.get(depth)?));
        }
        match frame {
            Frame::Live(live) => Some(live.clone()),
            Frame::Lean | Frame::Gone => None,
        }
    }

    /// Leaves the span at this depth, wherever it is. A lean one is ended, through `write`.
    pub(super) fn leave(&mut self, depth: usize, write: impl FnOnce(&Lean)) -> Option<Live> {
        let left = if depth + 1 < self.frames.len() {
            std::mem::replace(&mut self.frames[depth], Frame::Gone)
        } else {
            let top = self.frames.pop().unwrap_or(Frame::Gone);
            while let Some(Frame::Gone) = self.frames.last() {
                self.frames.pop();
            }
            top
        };
        match left {
            Frame::Gone => None,
            Frame::Live(live) => Some(live),
            Frame::Lean => {
                self.lean.get(depth).map(write);
                None
            }
        }
    }

    /// The same for the current span, if it is lean and nothing below it was left out of order.
    #[inline]
    pub(super) fn leave_lean(&mut self, depth: usize, write: impl FnOnce(&Lean)) -> bool {
        match (self.frames.as_slice(), self.lean.get(depth)) {
            ([.., Frame::Live(_) | Frame::Lean, Frame::Lean], Some(lean))
                if depth + 1 == self.frames.len() =>
            {
                write(lean);
                self.frames.truncate(depth);
                true
            }
            _ => false,
        }
    }
}
