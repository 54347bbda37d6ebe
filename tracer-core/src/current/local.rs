//! A thread's own state: the stack of entered spans, and its part of each tracer's recorder.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::stack::{Lean, Stack, Top};
use super::tracers::{Tracers, address};
use crate::clock::{self, Stamp};
use crate::context::{HELD, RECORDED, W3C};
use crate::id::{IdSource, SpanId, TraceId};
use crate::record::{NameCache, Writer, pack, pack_origin};
use crate::sampler;
use crate::span::{Closing, LeanParent, Live, Owned, Place, SpanKind};
use crate::tracer::{Core, Settled, Tracer};
use crate::value::Tag;

thread_local! {
    static LOCAL: RefCell<Local> = const { RefCell::new(Local::new()) };
    /// Number of entered spans, for a look that costs next to nothing.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// Ticket of the current span where its trace was decided against, for the same; else zero.
    static UNRECORDED: Cell<usize> = const { Cell::new(0) };
}

/// Most tags that a thread keeps room for, for the next builder.
const MAX_SCRATCH: usize = 64;

pub(crate) struct Local {
    stack: Stack,
    ids: Option<IdSource>,
    tracers: Tracers,
    names: NameCache,
    /// An empty list with room, for the next builder's tags.
    scratch: Vec<Tag>,
}

/// What a span that starts on this thread would be below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Below {
    /// It would be a root.
    Nothing,
    /// A span that is recorded.
    Recorded,
    /// Nothing is to be started.
    Suppressed,
    /// Its context has to be looked at.
    Other,
}

impl Local {
    const fn new() -> Self {
        Self {
            stack: Stack::new(),
            ids: None,
            tracers: Tracers::new(),
            names: NameCache::new(),
            scratch: Vec::new(),
        }
    }

    /// A handle of the current span.
    pub(crate) fn current(&mut self) -> Option<Live> {
        self.handle(self.stack.top_ticket()?)
    }

    /// Ids and W3C flags of the current span.
    pub(crate) fn ids(&self) -> Option<(TraceId, SpanId, u8)> {
        match self.stack.top()? {
            Top::Lean(lean) => Some((
                TraceId::from_words(lean.trace_id)?,
                SpanId::from_u64(lean.span_id)?,
                lean.flags() & W3C,
            )),
            Top::Live(live) => live.ids(),
        }
    }

    fn below(&self) -> Below {
        match self.stack.top() {
            None => Below::Nothing,
            Some(Top::Lean(_)) => Below::Recorded,
            Some(Top::Live(live)) if live.is_suppressed() => Below::Suppressed,
            Some(Top::Live(live)) if live.is_recording() => Below::Recorded,
            Some(Top::Live(_)) => Below::Other,
        }
    }

    /// A handle of the span of this ticket.
    pub(crate) fn handle(&mut self, ticket: usize) -> Option<Live> {
        self.stack.handle(ticket, &mut self.tracers)
    }

    /// The current span, the source of ids, and what starts a span, side by side.
    #[inline]
    pub(crate) fn parts(&mut self) -> (Option<Top<'_>>, &mut IdSource, &mut Tracers) {
        let ids = self.ids.get_or_insert_with(IdSource::new);
        (self.stack.top(), ids, &mut self.tracers)
    }

    /// Starts an active child of the current span that has nothing but a name. `None` where it
    /// takes a closer look.
    #[inline]
    pub(crate) fn start_lean(
        &mut self,
        tracer: Option<&Tracer>,
        name: &'static str,
    ) -> Option<Place> {
        let Self { stack, ids: Some(ids), tracers, names, .. } = self else { return None };
        let Some((parent, next)) = stack.lean_pair() else { return self.below_live(tracer, name) };
        let own = tracers.at(parent.home);
        let other = tracer.is_some_and(|tracer| address(tracer.core()) != parent.tracer);
        if other || !own.takes_lean_child(parent.flags()) {
            return None;
        }
        let name = names.get(name)?;
        own.count_started();
        // Not noted: there is a span below it, and that says enough.
        let (ticket, span) = next.enter();
        span.tracer = parent.tracer;
        span.trace_id = parent.trace_id;
        span.span_id = ids.span_id().to_u64();
        span.parent_id = parent.span_id;
        span.name = pack(name, parent.flags());
        span.origin = 0;
        span.home = parent.home;
        span.start = clock::now();
        Some(Place::At(ticket))
    }

    /// The same below a span that is not lean.
    #[inline(never)]
    fn below_live(&mut self, tracer: Option<&Tracer>, name: &'static str) -> Option<Place> {
        let Some(Top::Live(parent)) = self.stack.top() else { return None };
        let slot = match parent.lean_parent() {
            LeanParent::Slot(slot) => slot,
            LeanParent::Decided if !sampler::children_are_asked_for() => {
                return self.stack.top_ticket().map(Place::Around);
            }
            LeanParent::Decided | LeanParent::No => return None,
        };
        let (trace_id, parent_id, flags) = slot.words();
        let home = self.tracers.index(&slot.core);
        let own = self.tracers.at(home);
        let other = tracer.is_some_and(|tracer| !Arc::ptr_eq(tracer.core(), &slot.core));
        if other || !own.takes_lean_child(flags) {
            return None;
        }
        let name = self.names.get(name)?;
        own.count_started();
        let span_id = self.ids.get_or_insert_with(IdSource::new).span_id().to_u64();
        let lean = Lean {
            tracer: address(&slot.core),
            trace_id,
            span_id,
            parent_id,
            start: clock::now(),
            name: pack(name, flags),
            origin: 0,
            home,
        };
        Some(Place::At(self.stack.push_lean(lean)))
    }

    /// Starts an active root that has nothing but a name and a kind, on a thread that has entered
    /// no span. `None` where that is not to be had.
    #[inline]
    pub(crate) fn start_lean_root(
        &mut self,
        core: &Arc<Core>,
        name: &'static str,
        kind: SpanKind,
        settled: Settled,
    ) -> Option<usize> {
        let name = pack(self.names.get(name)?, settled.flags);
        let home = self.tracers.index(core);
        self.tracers.at(home).count_started();
        let ids = self.ids.get_or_insert_with(IdSource::new);
        let (trace_id, span_id) = (ids.trace_id().to_words(), ids.span_id().to_u64());
        let ticket = self.stack.push_lean(Lean {
            tracer: address(core),
            trace_id,
            span_id,
            parent_id: 0,
            start: clock::now(),
            name,
            origin: pack_origin(kind, settled.by),
            home,
        });
        self.note();
        Some(ticket)
    }

    /// Leaves an active span and ends it. What is returned is to be ended outside the loan: it may be
    /// the last holder of a tracer, or a span of which a processor is told.
    #[inline]
    pub(crate) fn end_active(&mut self, ticket: usize) -> Option<Live> {
        let (stack, tracers) = (&mut self.stack, &mut self.tracers);
        match stack.leave_lean(ticket, |lean| tracers.write(lean)) {
            Some(1..) => None,
            Some(0) => {
                self.note();
                None
            }
            None => self.end_other(ticket),
        }
    }

    fn end_other(&mut self, ticket: usize) -> Option<Live> {
        match self.leave(ticket)?.into_owned() {
            // A processor is not told in here.
            Ok(owned) if owned.slot().core.processor.is_some() => Some(Live::from_owned(owned)),
            Ok(owned) => {
                self.finish(owned, Stamp::Ticks(clock::now()));
                None
            }
            Err(handle) => Some(handle),
        }
    }

    /// Ends a recorded span.
    #[inline]
    pub(crate) fn finish(&mut self, span: Box<Owned>, end: Stamp) {
        let Self { tracers, names, .. } = self;
        if span.slot().core.processor.is_none()
            && Closing::new(span.slot()).is_plain()
            && let Some(plain) = span.plain(end, names)
        {
            let tracer = tracers.get(&span.slot().core);
            tracer.writer.push_plain(plain);
            tracer.pool.put(span);
        } else {
            self.finish_written(span, end);
        }
    }

    /// The same for one that has more than its head, a name that was made at run time, or a processor:
    /// then it may be that nobody wants it.
    #[inline(never)]
    fn finish_written(&mut self, mut span: Box<Owned>, end: Stamp) {
        let tracer = self.tracers.get(&span.slot().core);
        if write_out(&mut span, end, &mut tracer.writer) {
            tracer.pool.put(span);
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, live: Live) -> usize {
        let ticket = self.stack.push(live);
        self.note();
        ticket
    }

    /// Leaves an entered span, wherever it is in the stack.
    pub(crate) fn leave(&mut self, ticket: usize) -> Option<Live> {
        let tracers = &mut self.tracers;
        let left = self.stack.leave(ticket, |lean| tracers.write(lean));
        self.note();
        left
    }

    /// Lean spans that have a span below them need none of it: that is recorded, and so are they.
    #[inline]
    fn note(&self) {
        DEPTH.set(self.stack.len());
        UNRECORDED.set(self.stack.unrecorded());
    }

    fn keep(&mut self, mut list: Vec<Tag>) {
        list.clear();
        if self.scratch.capacity() < list.capacity() && list.capacity() <= MAX_SCRATCH {
            self.scratch = list;
        }
    }
}

impl Drop for Local {
    /// Active spans that are still entered when their thread ends: their guards were forgotten, or
    /// sit in thread-locals that outlive this one, and will find nothing to end any more.
    fn drop(&mut self) {
        while let Some(top) = self.stack.top_ticket() {
            Live::end(self.end_other(top), None);
        }
    }
}

/// Whether this thread has entered no span.
#[inline]
pub(crate) fn is_empty() -> bool {
    DEPTH.get() == 0
}

/// The ticket of the current span, where that stands for all below it: its trace is not recorded,
/// and nobody is to be asked again.
#[inline]
pub(crate) fn unrecorded() -> Option<usize> {
    let ticket = UNRECORDED.get();
    (ticket != 0 && !sampler::decisions_can_change()).then_some(ticket)
}

/// Whether nothing is to start a span on this thread now: below a filter, and inside of a reporter.
/// For integrations; the same as [`current()`](super::current)`.is_suppressed()` without a handle.
#[must_use]
#[inline]
pub fn is_suppressed() -> bool {
    below() == Below::Suppressed
}

/// What a span would be below, without taking a handle of it: that costs a little more.
#[inline]
pub(crate) fn below() -> Below {
    if is_empty() {
        return Below::Nothing;
    }
    with_local(|local| local.below()).unwrap_or(Below::Nothing)
}

/// Lends the thread's state. Does nothing, and returns `None`, on a thread that is being torn
/// down, or in a call from within (a `Drop` or `Debug` of a user's that traces).
#[inline]
pub(crate) fn with_local<R>(work: impl FnOnce(&mut Local) -> R) -> Option<R> {
    LOCAL.try_with(|local| local.try_borrow_mut().ok().map(|mut local| work(&mut local))).ok()?
}

/// Counts a span as started and gives it a place.
pub(crate) fn start(core: &Arc<Core>) -> Box<Owned> {
    let started = with_local(|local| {
        let at = local.tracers.index(core);
        local.tracers.start(at)
    });
    started.flatten().unwrap_or_else(|| {
        core.recorder.with_orphans(|writer| writer.buf().count_started());
        Owned::new(core)
    })
}

/// Ends a recorded span on this thread.
#[inline]
pub(crate) fn finish(span: Box<Owned>, end: Stamp) {
    if span.slot().core.processor.is_some() {
        tell(&span, end);
    }
    let mut ending = Some(span);
    with_local(|local| {
        if let Some(span) = ending.take() {
            local.finish(span, end);
        }
    });
    if let Some(mut span) = ending {
        let core = Arc::clone(&span.slot().core);
        core.recorder.with_orphans(|writer| {
            write_out(&mut span, end, writer);
        });
    }
}

/// Tells the tracer's processor of a span that ends. Outside of any loan: it may trace.
#[cold]
fn tell(span: &Owned, end: Stamp) {
    if let Some(processing) = &span.slot().core.processor {
        Closing::new(span.slot()).tell(processing, span, end);
    }
}

/// Moves a span to the reporter. True if its slot can serve again.
fn write_out(span: &mut Owned, end: Stamp, writer: &mut Writer) -> bool {
    let head = span.head(end);
    let closing = Closing::new(span.slot());
    let (core, alone) = (&span.slot().core, closing.alone);
    closing.close(head, |head, lists| match (&core.processor, head.flags & RECORDED) {
        (Some(_), HELD) if !core.keeps => writer.let_go(),
        (Some(_), 0) if !core.keeps => writer.take_back(),
        _ => writer.push_with(head, lists),
    });
    alone
}

/// New ids.
#[inline]
pub(crate) fn ids<R>(make: impl Fn(&mut IdSource) -> R) -> R {
    with_local(|local| make(local.parts().1)).unwrap_or_else(|| make(&mut IdSource::new()))
}

/// An empty list with room for a span's tags, if the thread has one.
pub(crate) fn scratch() -> Vec<Tag> {
    let list = with_local(|local| std::mem::take(&mut local.scratch)).unwrap_or_default();
    if list.capacity() == 0 { Vec::with_capacity(8) } else { list }
}

/// Takes such a list back.
pub(crate) fn give_back(list: Vec<Tag>) {
    if list.capacity() > 0 {
        with_local(|local| local.keep(list));
    }
}
