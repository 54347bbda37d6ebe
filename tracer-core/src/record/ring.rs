//! One thread's way to the reporter thread: a ring for span heads, one for their tags and one for
//! what else they have, written by the one and read by the other without a lock.

use std::borrow::Cow;

use rtrb::{Consumer, Producer, RingBuffer};

use super::DropReason;
use super::chunk::Chunk;
use super::entry::{Item, Lists, SpanHead};
use super::lean::{self, LINE, LeanReader, LeanWriter, PlainSpan};
use super::recorder::Shared;
use super::thread::ThreadBuf;
use crate::context::{RECORDED, TAKEN_BACK};
use crate::sync::Arc;
use crate::value::Tag;

/// Spans in a thread's first ring: hundreds of threads with a span now and then fit the budget.
const FIRST_SPANS: usize = if cfg!(loom) { 2 } else { 16 };
/// Spans in the largest ring: what a busy thread records in some tens of milliseconds.
const MAX_SPANS: usize = 4096;
/// Tags, and fields of logs, for each span of a ring.
const TAGS_PER_SPAN: usize = 3;
/// Items for each.
const ITEMS_PER_SPAN: usize = 1;
/// Bytes of heap charged at once, so that not every string touches the budget.
const HEAP_STEP: usize = 4096;

/// The thread's end. Full rings are replaced: the reporter empties the old ones first.
#[derive(Debug)]
pub(crate) struct Writer {
    spans: Producer<SpanHead>,
    tags: Producer<Tag>,
    items: Producer<Item>,
    lean: LeanWriter,
    /// Bytes charged and not yet spent on a span's strings.
    heap_left: usize,
    /// Spans until the next look whether the ring is half full.
    until_look: usize,
    /// The same for plain spans. There is room for so many.
    plain_left: usize,
    buf: Arc<ThreadBuf>,
    shared: Arc<Shared>,
}

/// The reporter's end.
#[derive(Debug)]
pub(super) enum Reader {
    Full(FullReader),
    Lean { reader: LeanReader, bytes: usize },
}

#[derive(Debug)]
pub(super) struct FullReader {
    spans: Consumer<SpanHead>,
    tags: Consumer<Tag>,
    items: Consumer<Item>,
    bytes: usize,
}

impl Writer {
    /// A writer without rings: the first span makes them.
    pub(super) fn new(buf: Arc<ThreadBuf>, shared: Arc<Shared>) -> Self {
        let (spans, _) = RingBuffer::new(0);
        let (tags, _) = RingBuffer::new(0);
        let (items, _) = RingBuffer::new(0);
        let (lean, _) = lean::ring(0);
        let (heap_left, until_look, plain_left) = (0, 0, 0);
        Self { spans, tags, items, lean, heap_left, until_look, plain_left, buf, shared }
    }

    /// The thread's counters.
    #[inline]
    pub(crate) fn buf(&self) -> &ThreadBuf {
        &self.buf
    }

    /// Records a span that has nothing but its head, and a name that was made at run time.
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
            self.push_into_next(head);
        }
        self.wake();
    }

    /// Records a span that has neither tags nor a name that was made at run time. Always in line,
    /// for a call would have its words written twice.
    #[inline(always)]
    pub(crate) fn push_plain(&mut self, span: PlainSpan) {
        self.buf.count_finished();
        if self.shared.is_closed() {
            return self.shared.books.count_drop(DropReason::AfterShutdown, 1);
        }
        if self.plain_left == 0 && !self.make_room() {
            return self.lose();
        }
        self.plain_left -= 1;
        // Not before there is room for it: so its words go from registers to where they stay.
        self.lean.push(span);
        self.shared.wake_if_idle();
    }

    /// Makes room for more plain spans, and has the reporter thread look if that is little.
    #[cold]
    fn make_room(&mut self) -> bool {
        if self.lean.room() == 0 && !self.grow_lean() {
            return false;
        }
        let (room, capacity) = (self.lean.room(), self.lean.capacity());
        // Small rings grow instead: a thread that has just begun is no reason to hurry.
        if capacity == MAX_SPANS && room < capacity / 2 {
            self.shared.poke();
        }
        self.plain_left = room.min(capacity.div_ceil(4));
        true
    }

    #[cold]
    fn grow_lean(&mut self) -> bool {
        let old = self.lean.capacity();
        let shared = &self.shared;
        let made = sizes(old).into_iter().find(|spans| shared.grant(old, *spans, spans * LINE));
        let Some(spans) = made else { return false };
        shared.poke_for_rings();
        let (writer, reader) = lean::ring(spans);
        self.buf.add_reader(Reader::Lean { reader, bytes: spans * LINE });
        self.lean = writer;
        true
    }

    /// Records a span with its items.
    pub(crate) fn push_with(&mut self, mut head: SpanHead, mut lists: Lists<'_>) {
        if head.flags & RECORDED == 0 {
            return self.skip(&head);
        }
        let (tags, fields, items) = (lists.tags.len(), lists.fields.len(), lists.items());
        let all_tags = tags + fields;
        if all_tags + items == 0 {
            return self.push(head);
        }
        self.buf.count_finished();
        if self.shared.is_closed() {
            return self.shared.books.count_drop(DropReason::AfterShutdown, 1);
        }
        let heap = head.heap as usize;
        let charged = heap <= self.heap_left || self.charge_heap(heap);
        let moved = charged
            && (self.move_in(&mut lists, items)
                || (self.grow(all_tags, items) && self.move_in(&mut lists, items)));
        if !moved {
            return self.lose();
        }
        self.heap_left -= heap;
        let count = |count| u32::try_from(count).unwrap_or(u32::MAX);
        (head.tags, head.fields, head.items) = (count(tags), count(fields), count(items));
        // A span with many tags brings the next look nearer.
        self.until_look = self.until_look.saturating_sub(all_tags / TAGS_PER_SPAN);
        // The head last: who sees it sees the rest. `move_in` has seen that there is room.
        let _ = self.spans.push(head);
        self.wake();
    }

    /// Moves lists into their rings: all of them, if there is room, and for the head too.
    #[inline]
    fn move_in(&mut self, lists: &mut Lists<'_>, items: usize) -> bool {
        if self.spans.is_full() || (items > 0 && self.items.slots() < items) {
            return false;
        }
        let all_tags = lists.tags.len() + lists.fields.len();
        let Ok(slots) = self.tags.write_chunk_uninit(all_tags) else { return false };
        if lists.fields.is_empty() {
            slots.fill_from_iter(lists.tags.drain(..));
        } else {
            slots.fill_from_iter(lists.tags.drain(..).chain(lists.fields.drain(..)));
        }
        if items > 0 {
            lists.drain_items(|item| drop(self.items.push(item)));
        }
        true
    }

    /// The application has asked for no trace after the span began. It has done so by a tag, which
    /// is why spans without items need no such look.
    #[cold]
    fn skip(&mut self, head: &SpanHead) {
        if head.flags & TAKEN_BACK != 0 && head.is_local_root() {
            // The reporter thread lets go of what it holds of the trace.
            return self.push(SpanHead { name: Cow::Borrowed(""), heap: 0, ..*head });
        }
        self.take_back();
    }

    /// Counts a span that its application wants no trace of any more.
    #[cold]
    pub(crate) fn take_back(&self) {
        self.buf.count_finished();
        self.shared.books.count_drop(DropReason::Unsampled, 1);
    }

    /// Counts a span that was recorded for a processor, and is not reported.
    pub(crate) fn let_go(&self) {
        self.buf.count_finished();
        self.buf.count_let_go();
    }

    #[cold]
    fn push_into_next(&mut self, head: SpanHead) {
        let heap = head.heap as usize;
        let lost = !self.grow(0, 0) || self.spans.push(head).is_err();
        if lost {
            self.heap_left += heap;
            self.lose();
        }
    }

    /// Replaces the rings by larger ones, or by more of the same size where the budget is tight.
    #[cold]
    fn grow(&mut self, tags: usize, items: usize) -> bool {
        let old = self.spans.buffer().capacity();
        let shared = &self.shared;
        let made = sizes(old).into_iter().find_map(|spans| {
            let tags = (spans * TAGS_PER_SPAN).max(tags);
            let items = (spans * ITEMS_PER_SPAN).max(items);
            let bytes =
                spans * size_of::<SpanHead>() + tags * size_of::<Tag>() + items * size_of::<Item>();
            shared.grant(old, spans, bytes).then_some((spans, tags, items, bytes))
        });
        let Some((room, tags, items, bytes)) = made else { return false };
        shared.poke_for_rings();
        let (tags, items) = (RingBuffer::new(tags), RingBuffer::new(items));
        let spans = RingBuffer::new(room);
        self.buf.add_reader(Reader::Full(FullReader {
            spans: spans.1,
            tags: tags.1,
            items: items.1,
            bytes,
        }));
        (self.spans, self.tags, self.items) = (spans.0, tags.0, items.0);
        self.until_look = room / 2;
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

    /// Small rings grow instead, as those for plain spans do.
    #[cold]
    fn look(&mut self) {
        let capacity = self.spans.buffer().capacity();
        self.until_look = capacity / 4;
        let is_half_full =
            is_half_full(&self.spans) || is_half_full(&self.tags) || is_half_full(&self.items);
        if capacity == MAX_SPANS && is_half_full {
            self.shared.poke();
        }
    }
}

fn is_half_full<T>(ring: &Producer<T>) -> bool {
    ring.slots() < ring.buffer().capacity() / 2
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
            Self::Full(full) => full.spans.slots(),
            Self::Lean { reader, .. } => reader.queued(),
        }
    }

    /// Whether nothing is in here and nothing will come.
    pub(super) fn is_done(&self) -> bool {
        // Looked at in this order: what was written before the writer left is seen.
        let abandoned = match self {
            Self::Full(full) => full.spans.is_abandoned(),
            Self::Lean { reader, .. } => reader.is_abandoned(),
        };
        abandoned && self.queued() == 0
    }

    /// Moves up to `max` spans out. Returns how many.
    pub(super) fn drain(&mut self, chunk: &mut Chunk, max: usize) -> usize {
        match self {
            Self::Full(full) => full.drain(chunk, max),
            Self::Lean { reader, .. } => reader.drain(chunk, max),
        }
    }

    /// What the rings take of the budget.
    pub(super) const fn bytes(&self) -> usize {
        match self {
            Self::Full(full) => full.bytes,
            Self::Lean { bytes, .. } => *bytes,
        }
    }
}

impl FullReader {
    fn drain(&mut self, chunk: &mut Chunk, max: usize) -> usize {
        let count = self.spans.slots().min(max);
        let mut moved = 0;
        while moved < count && !chunk.is_full() {
            let Ok(head) = self.spans.pop() else { break };
            let (tags, items) = (head.all_tags(), head.items as usize);
            chunk.begin(head);
            if tags > 0
                && let Ok(slots) = self.tags.read_chunk(tags)
            {
                chunk.add_tags(slots.into_iter());
            }
            if items > 0
                && let Ok(slots) = self.items.read_chunk(items)
            {
                slots.into_iter().for_each(|item| chunk.add(item));
            }
            moved += 1;
        }
        moved
    }
}
