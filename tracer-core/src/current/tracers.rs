//! A thread's part of each tracer's recorder.

use std::sync::Arc;

use super::local::is_empty;
use super::stack::Lean;
use crate::clock;
use crate::record::{PlainSpan, Writer};
use crate::span::{Live, Owned, Pool};
use crate::tracer::Core;

/// The tracers of which this thread has had a span.
pub(crate) struct Tracers(Vec<PerTracer>);

pub(super) struct PerTracer {
    core: Arc<Core>,
    pub(super) writer: Writer,
    pub(super) pool: Pool,
}

impl PerTracer {
    /// Whether a child of a span with these flags can be a lean one, recorded without a closer look:
    /// the tracer is on, neither wants its sampler to be asked nor holds less than its caller does,
    /// and tells no processor.
    #[inline]
    pub(super) fn takes_lean_child(&self, flags: u8) -> bool {
        self.core.is_on() && flags & self.core.never_lean == 0
    }

    /// Counts a span that starts on this thread.
    #[inline]
    pub(super) fn count_started(&self) {
        self.writer.buf().count_started();
    }
}

impl Tracers {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// The tracer at this place.
    #[inline]
    pub(super) fn at(&self, at: usize) -> &PerTracer {
        &self.0[at]
    }

    /// Counts a span as started and gives it a place, if its tracer is on.
    #[inline]
    pub(crate) fn start(&mut self, at: usize) -> Option<Box<Owned>> {
        let PerTracer { core, writer, pool } = &mut self.0[at];
        if !core.is_on() {
            return None;
        }
        writer.buf().count_started();
        Some(pool.take().unwrap_or_else(|| Owned::new(core)))
    }

    /// Whether the tracer at this place wants to look closer at a child of such a span: its
    /// sampler is asked for children too, or it holds nothing.
    #[inline]
    pub(crate) fn looks_closer(&self, at: usize, flags: u8) -> bool {
        flags & self.0[at].core.looks_closer != 0
    }

    /// Whether this is the tracer at this place.
    #[inline]
    pub(crate) fn is_at(&self, at: usize, core: &Arc<Core>) -> bool {
        Arc::ptr_eq(&self.0[at].core, core)
    }

    #[inline]
    pub(super) fn get(&mut self, core: &Arc<Core>) -> &mut PerTracer {
        let at = self.index(core);
        &mut self.0[at]
    }

    #[inline]
    pub(crate) fn index(&mut self, core: &Arc<Core>) -> usize {
        match self.0.iter().position(|tracer| Arc::ptr_eq(&tracer.core, core)) {
            Some(at) => at,
            None => self.join(core),
        }
    }

    /// Moves a lean span to the reporter. Always in line: a call would take a fifth of it.
    #[inline(always)]
    pub(super) fn write(&mut self, lean: &Lean) {
        let end = clock::now();
        self.0[lean.home].writer.push_plain(PlainSpan {
            trace_id: lean.trace_id,
            span_id: lean.span_id,
            parent_id: lean.parent_id,
            start: lean.start,
            end,
            name: lean.name,
            origin: lean.origin,
        });
    }

    /// Makes an ordinary span of a lean one.
    #[cold]
    pub(super) fn furnish(&mut self, lean: &Lean) -> Live {
        let PerTracer { core, pool, .. } = &mut self.0[lean.home];
        let mut owned = pool.take().unwrap_or_else(|| Owned::new(core));
        owned.furnish(lean);
        Live::from_owned(owned)
    }

    /// This thread's first span of a tracer. Threads outlive tracers (in tests, mostly): the ones
    /// that were shut down are let go here.
    #[cold]
    fn join(&mut self, core: &Arc<Core>) -> usize {
        // Lean spans know their tracer by its place: it stays as long as any span is entered.
        if is_empty() {
            self.0.retain(|tracer| !tracer.core.recorder.is_closed());
        }
        let writer = core.recorder.register_thread();
        self.0.push(PerTracer { core: Arc::clone(core), writer, pool: Pool::default() });
        self.0.len() - 1
    }
}

/// What tells a tracer from any other, as long as there is a span of it.
#[inline]
pub(super) fn address(core: &Arc<Core>) -> usize {
    Arc::as_ptr(core).addr()
}
