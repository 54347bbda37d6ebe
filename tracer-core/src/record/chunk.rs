//! A block of finished spans, flat, so that one block serves again and again without allocating.

use std::borrow::Cow;
use std::sync::Arc;

use super::batch::Link;
use super::queue::Budget;
use crate::clock::Stamp;
use crate::context::Ext;
use crate::span::{SpanKind, Status};
use crate::value::Tag;

/// Most spans in one chunk, unless a batch is to be smaller: a batch is made of whole chunks.
pub(super) const MAX_SPANS: usize = 256;
/// Bytes of heap that a chunk charges ahead, so that not every string touches the budget.
const HEAP_STEP: usize = 4096;

/// What is recorded of a span beside its tags, logs and links.
#[derive(Debug)]
pub(crate) struct SpanHead {
    pub(crate) trace_id: [u64; 2],
    pub(crate) span_id: u64,
    pub(crate) parent_id: u64,
    pub(crate) start: Stamp,
    pub(crate) end: Stamp,
    pub(crate) name: Cow<'static, str>,
    /// Where the tracestate is, if there is one.
    pub(crate) ext: Option<Arc<Ext>>,
    pub(crate) status: Status,
    pub(crate) kind: SpanKind,
    pub(crate) flags: u8,
    pub(crate) tags: u32,
    pub(crate) logs: u32,
    pub(crate) links: u32,
    pub(crate) dropped_tags: u32,
    pub(crate) dropped_logs: u32,
    pub(crate) dropped_links: u32,
    /// Bytes that its strings hold on the heap.
    pub(crate) heap: usize,
}

/// A log: its fields follow in the chunk's list of fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogHead {
    pub(crate) time: Stamp,
    pub(crate) fields: u32,
}

/// The lists of one span, to be moved into a chunk.
#[derive(Debug)]
pub(crate) struct Lists<'a> {
    pub(crate) tags: &'a mut Vec<Tag>,
    pub(crate) logs: &'a mut Vec<LogHead>,
    pub(crate) fields: &'a mut Vec<Tag>,
    pub(crate) links: &'a mut Vec<Link>,
}

#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) spans: Vec<SpanHead>,
    pub(super) tags: Vec<Tag>,
    pub(super) logs: Vec<LogHead>,
    pub(super) fields: Vec<Tag>,
    pub(super) links: Vec<Link>,
    /// Bytes of strings of the spans inside.
    heap: usize,
    /// What this chunk has drawn from the budget: its lists' room, and heap in steps.
    charged: usize,
}

/// What a chunk says to one more span.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Room {
    Yes,
    /// The chunk is full: hand it over and take another.
    Full,
    /// The budget is spent.
    None,
}

impl Chunk {
    /// Whether the span fits without any further ado.
    #[inline]
    pub(super) fn has_room(&self, head: &SpanHead, lists: &Lists<'_>) -> bool {
        self.spans.len() < self.spans.capacity()
            && lists.tags.len() <= self.tags.capacity() - self.tags.len()
            && (lists.logs.is_empty()
                || (lists.logs.len() <= self.logs.capacity() - self.logs.len()
                    && lists.fields.len() <= self.fields.capacity() - self.fields.len()))
            && lists.links.len() <= self.links.capacity() - self.links.len()
            && (head.heap == 0 || self.heap + head.heap <= self.heap_allowance())
    }

    #[inline]
    pub(super) fn push(&mut self, head: SpanHead, lists: Lists<'_>) {
        self.heap += head.heap;
        self.spans.push(head);
        self.tags.append(lists.tags);
        if !lists.logs.is_empty() {
            self.logs.append(lists.logs);
            self.fields.append(lists.fields);
        }
        self.links.append(lists.links);
    }

    /// Makes the lists and the heap's allowance large enough, at the budget's cost.
    #[cold]
    pub(super) fn make_room(
        &mut self,
        head: &SpanHead,
        lists: &Lists<'_>,
        budget: &Budget,
        max_spans: usize,
    ) -> Room {
        if self.spans.len() >= max_spans {
            return Room::Full;
        }
        let all = self.grow_spans(max_spans, budget)
            && grow(&mut self.tags, lists.tags.len(), &mut self.charged, budget)
            && grow(&mut self.logs, lists.logs.len(), &mut self.charged, budget)
            && grow(
                &mut self.fields,
                lists.fields.len(),
                &mut self.charged,
                budget,
            )
            && grow(
                &mut self.links,
                lists.links.len(),
                &mut self.charged,
                budget,
            )
            && self.charge_heap(head.heap, budget);
        if all { Room::Yes } else { Room::None }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Forgets the spans and keeps the lists' room; gives the strings' bytes back.
    pub(super) fn clear(&mut self, budget: &Budget) {
        self.spans.clear();
        self.tags.clear();
        self.logs.clear();
        self.fields.clear();
        self.links.clear();
        self.heap = 0;
        let keep = self.room();
        budget.release(self.charged - keep);
        self.charged = keep;
    }

    /// Everything this holds goes back to the budget with it.
    pub(super) fn discard(self, budget: &Budget) {
        budget.release(self.charged);
    }

    pub(super) const fn charged(&self) -> usize {
        self.charged
    }

    const fn heap_allowance(&self) -> usize {
        self.charged - self.room()
    }

    const fn room(&self) -> usize {
        self.spans.capacity() * size_of::<SpanHead>()
            + (self.tags.capacity() + self.fields.capacity()) * size_of::<Tag>()
            + self.logs.capacity() * size_of::<LogHead>()
            + self.links.capacity() * size_of::<Link>()
    }

    /// Doubles the list of spans, never past `max_spans`, so that a full list is a full chunk.
    fn grow_spans(&mut self, max_spans: usize, budget: &Budget) -> bool {
        let len = self.spans.len();
        let more = (len.max(4) * 2).min(max_spans) - len;
        grow(&mut self.spans, more, &mut self.charged, budget)
    }

    fn charge_heap(&mut self, more: usize, budget: &Budget) -> bool {
        let need = self.heap + more;
        if need <= self.heap_allowance() {
            return true;
        }
        let step = (need - self.heap_allowance()).next_multiple_of(HEAP_STEP);
        let granted = budget.charge(step);
        if granted {
            self.charged += step;
        }
        granted
    }
}

/// Room for `more` items, doubling.
fn grow<T>(list: &mut Vec<T>, more: usize, charged: &mut usize, budget: &Budget) -> bool {
    let spare = list.capacity() - list.len();
    if more <= spare {
        return true;
    }
    let want = (list.len() + more).next_power_of_two().max(8);
    let bytes = (want - list.capacity()) * size_of::<T>();
    if !budget.charge(bytes) {
        return false;
    }
    let before = list.capacity();
    list.reserve_exact(want - list.len());
    // The allocator may give more than was asked for: the books follow the list.
    let got = (list.capacity() - before) * size_of::<T>();
    budget.adjust(bytes, got);
    *charged += got;
    true
}
