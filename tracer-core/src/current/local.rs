//! A thread's own state: the stack of entered spans, and its part of each tracer's recorder.

use std::cell::RefCell;
use std::sync::Arc;

use crate::clock::Stamp;
use crate::id::IdSource;
use crate::record::ThreadBuf;
use crate::span::{Live, Pool, Slot, Start};
use crate::tracer::Core;
use crate::value::Tag;

thread_local! {
    static LOCAL: RefCell<Local> = const { RefCell::new(Local::new()) };
}

/// Most bytes of room a thread keeps for the next span's tags.
const MAX_SCRATCH: usize = 64;

pub(crate) struct Local {
    /// Entered spans, the current one last. `None` stands for one that was left out of order.
    stack: Vec<Option<Live>>,
    ids: Option<IdSource>,
    tracers: Vec<PerTracer>,
    /// An empty list with room, for the next builder's tags.
    scratch: Vec<Tag>,
}

/// What a thread has of one tracer.
struct PerTracer {
    core: Arc<Core>,
    buf: Arc<ThreadBuf>,
    pool: Pool,
}

impl Local {
    const fn new() -> Self {
        Self {
            stack: Vec::new(),
            ids: None,
            tracers: Vec::new(),
            scratch: Vec::new(),
        }
    }

    #[inline]
    pub(crate) fn top(&self) -> Option<&Live> {
        self.stack.last().and_then(Option::as_ref)
    }

    #[inline]
    pub(crate) fn ids(&mut self) -> &mut IdSource {
        self.ids.get_or_insert_with(IdSource::new)
    }

    /// Counts a span as started and gives it a slot.
    #[inline]
    pub(crate) fn start(&mut self, core: &Arc<Core>, start: &mut Start) -> Arc<Slot> {
        let tracer = per_tracer(&mut self.tracers, core);
        tracer.buf.count_started();
        let recycled = tracer.pool.take();
        let slot = Slot::start(recycled, core, start);
        if start.tags.capacity() > 0 {
            self.keep(std::mem::take(&mut start.tags));
        }
        slot
    }

    pub(super) fn push(&mut self, live: Live) -> usize {
        self.stack.push(Some(live));
        self.stack.len() - 1
    }

    /// Leaves the span at this depth, wherever it is in the stack.
    pub(super) fn leave(&mut self, depth: usize) -> Option<Live> {
        if depth + 1 == self.stack.len() {
            let top = self.stack.pop().flatten();
            while let Some(None) = self.stack.last() {
                self.stack.pop();
            }
            return top;
        }
        self.stack.get_mut(depth).and_then(Option::take)
    }

    fn keep(&mut self, mut list: Vec<Tag>) {
        list.clear();
        if self.scratch.capacity() < list.capacity() && list.capacity() <= MAX_SCRATCH {
            self.scratch = list;
        }
    }
}

#[inline]
fn per_tracer<'a>(tracers: &'a mut Vec<PerTracer>, core: &Arc<Core>) -> &'a mut PerTracer {
    let at = match tracers
        .iter()
        .position(|tracer| Arc::ptr_eq(&tracer.core, core))
    {
        Some(at) => at,
        None => join(tracers, core),
    };
    &mut tracers[at]
}

/// This thread's first span of a tracer. Threads outlive tracers (in tests, mostly): the ones
/// that were shut down are let go here.
#[cold]
fn join(tracers: &mut Vec<PerTracer>, core: &Arc<Core>) -> usize {
    tracers.retain(|tracer| !tracer.core.recorder.is_closed());
    let buf = core.recorder.register_thread();
    tracers.push(PerTracer {
        core: Arc::clone(core),
        buf,
        pool: Pool::default(),
    });
    tracers.len() - 1
}

/// Lends the thread's state. Does nothing, and returns false, on a thread that is being torn
/// down, or in a call from within (a `Drop` or `Debug` of a user's that traces).
#[inline]
pub(crate) fn with_local(work: impl FnOnce(&mut Local)) -> bool {
    LOCAL
        .try_with(|local| match local.try_borrow_mut() {
            Ok(mut local) => {
                work(&mut local);
                true
            }
            Err(_) => false,
        })
        .unwrap_or(false)
}

/// Starts a recorded span.
pub(crate) fn start(core: &Arc<Core>, mut start: Start) -> Arc<Slot> {
    let mut slot = None;
    with_local(|local| slot = Some(local.start(core, &mut start)));
    slot.unwrap_or_else(|| {
        core.recorder.orphans().count_started_shared();
        Slot::start(None, core, &mut start)
    })
}

/// Ends a recorded span on this thread.
#[inline]
pub(crate) fn finish_on_thread(slot: Arc<Slot>, end: Stamp) {
    let mut slot = Some(slot);
    with_local(|local| {
        let Some(mut slot) = slot.take() else { return };
        let tracer = per_tracer(&mut local.tracers, &slot.core);
        let buf = &*tracer.buf;
        if let Some((inner, core)) = Slot::only_holder(&mut slot) {
            inner.close(end, |head, lists| {
                buf.push(head, lists, core.recorder.shared())
            });
            tracer.pool.put(slot);
        } else {
            let shared = slot.core.recorder.shared();
            slot.close_shared(end, |head, lists| buf.push(head, lists, shared));
        }
    });
    if let Some(slot) = slot {
        let recorder = &slot.core.recorder;
        slot.close_shared(end, |head, lists| {
            recorder.orphans().push(head, lists, recorder.shared())
        });
    }
}

/// New ids.
#[inline]
pub(crate) fn ids<R>(make: impl Fn(&mut IdSource) -> R) -> R {
    let mut made = None;
    with_local(|local| made = Some(make(local.ids())));
    made.unwrap_or_else(|| make(&mut IdSource::new()))
}

/// An empty list with room for a span's tags, if the thread has one.
pub(crate) fn scratch() -> Vec<Tag> {
    let mut list = Vec::new();
    with_local(|local| list = std::mem::take(&mut local.scratch));
    if list.capacity() == 0 {
        Vec::with_capacity(8)
    } else {
        list
    }
}

/// Takes such a list back.
pub(crate) fn give_back(list: Vec<Tag>) {
    if list.capacity() > 0 {
        with_local(|local| local.keep(list));
    }
}
