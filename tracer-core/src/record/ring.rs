//! One thread's way to the reporter thread: a ring for span heads and one for their items, written
//! by the one and read by the other without a lock.

use std::borrow::Cow;
use std::sync::Arc;

use rtrb::{Consumer, Producer, RingBuffer};

use super::DropReason;
use super::chunk::Chunk;
use super::entry::{Item, Lists, SpanHead};
use super::lean::{self, LINE, LeanReader, LeanWriter};
use super::recorder::Shared;
use super::thread::ThreadBuf;
use crate::clock::Ticks;
use crate::context::{RECORDED, TAKEN_BACK};
use crate::current::Lean;

/// Spans in a thread's first ring: hundreds of threads with a span now and then fit the budget.
const FIRST_SPANS: usize = 16;
/// Spans in the largest ring: what a busy thread records in some tens of milliseconds.
const MAX_SPANS: usize = 4096;
/// Items for each span of a ring.
const ITEMS_PER_SPAN: usize = 4;
/// Bytes of heap charged at once, so that not every string touches the budget.
const HEAP_STEP: usize = 4096;

/// The thread's end. Full rings are replaced: the reporter empties the old ones first.
#[derive(Debug)]
pub(crate) struct Writer {
    spans: Producer<SpanHead>,
    items: Producer<Item>,
    lean: LeanWriter,
    /// Bytes charged and not yet spent on a span's strings.
    heap_left: usize,
    /// Spans until the next look whether the ring is half full.
    until_look: usize,
    buf: Arc<ThreadBuf>,
    shared: Arc<Shared>,
}

/// The reporter's end.
#[derive(Debug)]
pub(super) enum Reader {
    Full { spans: Consumer<SpanHead>, items: Consumer<Item>, bytes: usize },
    Lean { reader: LeanReader, bytes: usize },
}

impl Writer {
    /// A writer without rings: the first span makes them.
    pub(super) fn new(buf: Arc<ThreadBuf>, shared: Arc<Shared>) -> Self {
        let (spans, _) = RingBuffer::new(0);
        let (items, _) = RingBuffer::new(0);
        let (lean, _) = lean::ring(0);
        Self { spans, items, lean, heap_left: 0, until_look: 0, buf, shared }
    }

    /// The thread's counters.
    #[inline]
    pub(crate) fn buf(&self) -> &ThreadBuf {
        &self.buf
    }

    /// Records a span that has nothing but its head.
    pub(crate) fn push(&mut self, head: SpanHead) {
        self.buf.count_finished();
        if self.shared.is_closed() {
            return self.shared.books.count_drop(DropReason::AfterShutdown, 1);
        }
        if head.heap as usize > self.heap_left && !self.charge_heap(head.heap as usize) {
            return self.lose();
        }
        self.heap_left -= head.heap as usize;
        if let Err(rtrb::PushError::Full(head)) = self.spans.push(head) {
            self.push_into_next(head, 0);
        }
        self.wake();
    }

    /// Records a span that has nothing but a static name.
    #[inline]
    pub(crate) fn push_lean(&mut self, span: &Lean, end: Ticks) {
        self.buf.count_finished();
        if self.shared.is_closed() {
            return self.shared.books.count_drop(DropReason::AfterShutdown, 1);
        }
        if !self.lean.push(span, end) {
            self.push_lean_into_next(span, end);
        }
        self.wake();
    }

    #[cold]
    fn push_lean_into_next(&mut self, span: &Lean, end: Ticks) {
        let old = self.lean.capacity();
        let shared = &self.shared;
        let made = sizes(old).into_iter().find(|spans| shared.grant(old, *spans, spans * LINE));
        let Some(spans) = made else {
            return self.lose();
        };
        shared.poke_for_rings();
        let (writer, reader) = lean::ring(spans);
        self.buf.add_reader(Reader::Lean { reader, bytes: spans * LINE });
        self.lean = writer;
        self.until_look = spans / 2;
        if !self.lean.push(span, end) {
            self.lose();
        }
    }

    /// Records a span with its items.
    pub(crate) fn push_with(&mut self, mut head: SpanHead, lists: Lists<'_>) {
        if head.flags & RECORDED == 0 {
            return self.skip(&head);
        }
        let count = lists.len();
        if count == 0 {
            return self.push(head);
        }
        self.buf.count_finished();
        if self.shared.is_closed() {
            return self.shared.books.count_drop(DropReason::AfterShutdown, 1);
        }
        let heap = head.heap as usize;
        let fits = self.spans.slots() > 0 && self.items.slots() >= count;
        if (heap > self.heap_left && !self.charge_heap(heap)) || (!fits && !self.grow(count)) {
            return self.lose();
        }
        self.heap_left -= heap;
        // Items first: who sees the head sees them. There is room: only this thread fills it, and
        // `fits` or `grow` has seen it.
        if let Ok(slots) = self.items.write_chunk_uninit(lists.tags.len()) {
            slots.fill_from_iter(lists.tags.drain(..).map(Item::Tag));
        }
        let items = &mut self.items;
        lists.drain_others(|item| drop(items.push(item)));
        head.items = u32::try_from(count).unwrap_or(u32::MAX);
        // A span with many items brings the next look nearer.
        self.until_look = self.until_look.saturating_sub(count / ITEMS_PER_SPAN);
        let _ = self.spans.push(head);
        self.wake();
    }

    /// The application has asked for no trace after the span began. It has done so by a tag, which
    /// is why spans without items need no such look.
    #[cold]
    fn skip(&mut self, head: &SpanHead) {
        if head.flags & TAKEN_BACK != 0 && head.is_local_root() {
            // The reporter thread lets go of what it holds of the trace.
            return self.push(SpanHead { name: Cow::Borrowed(""), heap: 0, items: 0, ..*head });
        }
        self.buf.count_finished();
        self.shared.books.count_drop(DropReason::Unsampled, 1);
    }

    #[cold]
    fn push_into_next(&mut self, head: SpanHead, items: usize) {
        let heap = head.heap as usize;
        let lost = !self.grow(items) || self.spans.push(head).is_err();
        if lost {
            self.heap_left += heap;
            self.lose();
        }
    }

    /// Replaces the rings by larger ones, or by more of the same size where the budget is tight.
    #[cold]
    fn grow(&mut self, items: usize) -> bool {
        let old = self.spans.buffer().capacity();
        let shared = &self.shared;
        let made = sizes(old).into_iter().find_map(|spans| {
            let item_room = (spans * ITEMS_PER_SPAN).max(items);
            let bytes = spans * size_of::<SpanHead>() + item_room * size_of::<Item>();
            shared.grant(old, spans, bytes).then_some((spans, item_room, bytes))
        });
        let Some((spans, item_room, bytes)) = made else { return false };
        shared.poke_for_rings();
        let (span_writer, span_reader) = RingBuffer::new(spans);
        let (item_writer, item_reader) = RingBuffer::new(item_room);
        self.buf.add_reader(Reader::Full { spans: span_reader, items: item_reader, bytes });
        self.spans = span_writer;
        self.items = item_writer;
        self.until_look = spans / 2;
        true
    }

    #[cold]
    fn charge_heap(&mut self, need: usize) -> bool {
        let step = (need - self.heap_left).next_multiple_of(HEAP_STEP);
        let granted = self.shared.budget.charge_heap(step);
        if granted {
            self.heap_left += step;
        }
        self.shared.poke_for_heap();
        granted
    }

    /// What a span that is lost after all had charged goes back, down to one step.
    #[cold]
    fn lose(&mut self) {
        let spare = self.heap_left.saturating_sub(HEAP_STEP);
        self.heap_left -= spare;
        self.shared.budget.release_heap(spare);
        self.shared.poke();
        self.shared.books.count_drop(DropReason::QueueFull, 1);
    }

    /// Tells the reporter thread of the first span after a while, and of a ring half full.
    #[inline]
    fn wake(&mut self) {
        self.shared.wake_if_idle();
        if self.until_look > 0 {
            self.until_look -= 1;
            return;
        }
        self.look();
    }

    /// Small rings grow instead: a thread that has just begun is no reason to hurry.
    #[cold]
    fn look(&mut self) {
        let full = self.spans.buffer().capacity();
        let items = self.items.buffer().capacity();
        let lean = self.lean.capacity();
        self.until_look = full.max(lean) / 4;
        let much = (full == MAX_SPANS
            && (self.spans.slots() < full / 2 || self.items.slots() < items / 2))
            || (lean == MAX_SPANS && self.lean.queued() > lean / 2);
        if much {
            self.shared.poke();
        }
    }
}

/// Sizes to try when a ring of this size is full: larger ones grow up to the maximum.
fn sizes(old: usize) -> [usize; 2] {
    [(old * 4).clamp(FIRST_SPANS, MAX_SPANS), old.max(FIRST_SPANS)]
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.budget.release_heap(self.heap_left);
    }
}

impl Reader {
    pub(super) fn queued(&self) -> usize {
        match self {
            Self::Full { spans, .. } => spans.slots(),
            Self::Lean { reader, .. } => reader.queued(),
        }
    }

    /// Whether nothing is in here and nothing will come.
    pub(super) fn is_done(&self) -> bool {
        // Looked at in this order: what was written before the writer left is seen.
        let abandoned = match self {
            Self::Full { spans, .. } => spans.is_abandoned(),
            Self::Lean { reader, .. } => reader.is_abandoned(),
        };
        abandoned && self.queued() == 0
    }

    /// Moves up to `max` spans out. Returns how many.
    pub(super) fn drain(&mut self, chunk: &mut Chunk, max: usize) -> usize {
        let (spans, items) = match self {
            Self::Full { spans, items, .. } => (spans, items),
            Self::Lean { reader, .. } => return reader.drain(chunk, max),
        };
        let count = spans.slots().min(max);
        let mut moved = 0;
        while moved < count && !chunk.is_full() {
            let Ok(head) = spans.pop() else { break };
            let its_items = head.items as usize;
            chunk.begin(head);
            if its_items > 0
                && let Ok(slots) = items.read_chunk(its_items)
            {
                slots.into_iter().for_each(|item| chunk.add(item));
            }
            moved += 1;
        }
        moved
    }

    /// What the rings take of the budget.
    pub(super) const fn bytes(&self) -> usize {
        let (Self::Full { bytes, .. } | Self::Lean { bytes, .. }) = self;
        *bytes
    }
}
