//! The spans of one batch, flat, so that one chunk serves again and again without allocating.

use std::borrow::Cow;
use std::sync::Arc;
use std::vec::IntoIter;

use super::batch::{Dropped, Link};
use super::entry::{Item, LogHead, SpanHead, is_local_root};
use crate::clock::Stamp;
use crate::context::Ext;
use crate::sampler::SampledBy;
use crate::span::{SpanKind, Status};
use crate::value::Tag;

/// Bytes after which a chunk takes no further span.
const MAX_BYTES: usize = 1 << 20;
/// Room for tags that an emptied chunk keeps.
const MAX_KEPT: usize = 16 << 10;

/// A span in a chunk; its tags, fields, logs and links are the next ones of the chunk's lists.
#[derive(Debug)]
pub(super) struct SpanRecord {
    pub(super) trace_id: [u64; 2],
    pub(super) span_id: u64,
    pub(super) parent_id: u64,
    pub(super) start: Stamp,
    pub(super) end: Stamp,
    pub(super) name: Cow<'static, str>,
    pub(super) ext: Option<Arc<Ext>>,
    pub(super) status: Status,
    pub(super) kind: SpanKind,
    pub(super) flags: u8,
    pub(super) tags: u32,
    pub(super) logs: u32,
    pub(super) links: u32,
    pub(super) dropped: Dropped,
    /// Bytes that its strings hold on the heap.
    pub(super) heap: u32,
}

/// The spans of a chunk, one after another, each with what belongs to it.
#[derive(Debug)]
pub(super) struct Unpacked {
    spans: IntoIter<SpanRecord>,
    tags: IntoIter<Tag>,
    logs: IntoIter<LogHead>,
    fields: IntoIter<Tag>,
    links: IntoIter<Link>,
}

#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) spans: Vec<SpanRecord>,
    pub(super) tags: Vec<Tag>,
    pub(super) logs: Vec<LogHead>,
    pub(super) fields: Vec<Tag>,
    pub(super) links: Vec<Link>,
    max_spans: usize,
    /// Bytes of strings inside.
    heap: usize,
    /// Those of them that the writers have charged to the budget.
    charged: usize,
    /// Fields of the latest log that are still to come.
    open_fields: u32,
    /// Tags of the latest span that its sampler has given it: its first ones.
    samplers_tags: usize,
}

impl Chunk {
    pub(super) const fn new(max_spans: usize) -> Self {
        Self {
            spans: Vec::new(),
            tags: Vec::new(),
            logs: Vec::new(),
            fields: Vec::new(),
            links: Vec::new(),
            max_spans,
            heap: 0,
            charged: 0,
            open_fields: 0,
            samplers_tags: 0,
        }
    }

    pub(super) const fn is_full(&self) -> bool {
        self.spans.len() >= self.max_spans || self.heap + self.list_bytes() >= MAX_BYTES
    }

    /// How many spans more it takes, if they are small.
    pub(super) const fn room(&self) -> usize {
        self.max_spans.saturating_sub(self.spans.len())
    }

    /// Bytes that all of this takes, room that is not in use included.
    pub(super) fn bytes(&self) -> usize {
        self.heap
            + self.spans.capacity() * size_of::<SpanRecord>()
            + (self.tags.capacity() + self.fields.capacity()) * size_of::<Tag>()
            + self.logs.capacity() * size_of::<LogHead>()
            + self.links.capacity() * size_of::<Link>()
    }

    /// Takes it apart, span by span.
    pub(super) fn unpack(self) -> Unpacked {
        Unpacked {
            spans: self.spans.into_iter(),
            tags: self.tags.into_iter(),
            logs: self.logs.into_iter(),
            fields: self.fields.into_iter(),
            links: self.links.into_iter(),
        }
    }

    /// Gives the latest span a tag, in the place of one of the same key.
    pub(super) fn set_last_tag(&mut self, tag: Tag) {
        let Some(span) = self.spans.last_mut() else { return };
        let first = self.tags.len() - span.tags as usize;
        match self.tags[first..].iter_mut().find(|own| own.key == tag.key) {
            Some(own) => *own = tag,
            None => {
                span.tags += 1;
                self.tags.push(tag);
            }
        }
    }

    /// Bytes of its tags and fields.
    const fn list_bytes(&self) -> usize {
        (self.tags.len() + self.fields.len()) * size_of::<Tag>()
    }

    /// Adds a span.
    pub(super) fn begin(&mut self, head: SpanHead) {
        let (start, end) = head.interval();
        self.heap += head.heap as usize;
        self.charged += head.heap as usize;
        self.open_fields = 0;
        let by = SampledBy::from_parts(head.decided_by, head.sampler_param);
        let tags = self.tags.len();
        self.tags.extend(by.into_iter().flat_map(SampledBy::tags));
        self.samplers_tags = self.tags.len() - tags;
        self.spans.push(SpanRecord {
            trace_id: head.trace_id,
            span_id: head.span_id,
            parent_id: head.parent_id,
            start,
            end,
            name: head.name,
            ext: None,
            status: Status::Unset,
            kind: head.kind,
            flags: head.flags,
            tags: self.samplers_tags as u32,
            logs: 0,
            links: 0,
            dropped: Dropped::default(),
            heap: head.heap,
        });
    }

    /// Adds an item to the latest span.
    pub(super) fn add(&mut self, item: Item) {
        let Some(span) = self.spans.last_mut() else { return };
        match item {
            Item::Tag(field) if self.open_fields > 0 => {
                self.open_fields -= 1;
                self.fields.push(field);
            }
            Item::Tag(tag) => {
                let first = self.tags.len() - span.tags as usize;
                let samplers = &mut self.tags[first..first + self.samplers_tags];
                match samplers.iter_mut().find(|own| own.key == tag.key) {
                    // Somebody has set it to something else: a span has a key once.
                    Some(own) => *own = tag,
                    None => {
                        span.tags += 1;
                        self.tags.push(tag);
                    }
                }
            }
            Item::Log(log) => {
                span.logs += 1;
                self.open_fields = log.fields;
                self.logs.push(log);
            }
            Item::Link(link) => {
                span.links += 1;
                self.links.push(*link);
            }
            Item::Status(status) => span.status = status,
            Item::Ext(ext) => span.ext = Some(ext),
            Item::Dropped(dropped) => span.dropped = dropped,
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.spans.len()
    }

    /// Forgets the spans and keeps room for the next ones. Returns the bytes that their strings
    /// had charged.
    pub(super) fn clear(&mut self) -> usize {
        self.spans.clear();
        self.tags.clear();
        self.logs.clear();
        self.fields.clear();
        self.links.clear();
        self.tags.shrink_to(MAX_KEPT);
        self.fields.shrink_to(MAX_KEPT);
        self.heap = 0;
        std::mem::take(&mut self.charged)
    }
}

impl SpanRecord {
    pub(super) const fn is_local_root(&self) -> bool {
        is_local_root(self.parent_id, self.flags)
    }
}

impl Unpacked {
    /// The next span.
    pub(super) fn peek(&self) -> Option<&SpanRecord> {
        self.spans.as_slice().first()
    }

    /// Moves the next span into another chunk. Its strings remain charged to the budget, or are
    /// not.
    pub(super) fn move_into(&mut self, chunk: &mut Chunk, charged: bool) {
        let Some(span) = self.spans.next() else { return };
        chunk.heap += span.heap as usize;
        chunk.charged += if charged { span.heap as usize } else { 0 };
        chunk.tags.extend(self.tags.by_ref().take(span.tags as usize));
        let first = chunk.logs.len();
        chunk.logs.extend(self.logs.by_ref().take(span.logs as usize));
        let fields = chunk.logs[first..].iter().map(|log| log.fields as usize).sum();
        chunk.fields.extend(self.fields.by_ref().take(fields));
        chunk.links.extend(self.links.by_ref().take(span.links as usize));
        chunk.spans.push(span);
    }

    /// Leaves the next span out.
    pub(super) fn skip(&mut self) {
        let Some(span) = self.spans.next() else { return };
        self.tags.by_ref().take(span.tags as usize).for_each(drop);
        let logs = self.logs.by_ref().take(span.logs as usize);
        let fields = logs.map(|log| log.fields as usize).sum();
        self.fields.by_ref().take(fields).for_each(drop);
        self.links.by_ref().take(span.links as usize).for_each(drop);
    }

    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }
}
