//! The spans of one batch, flat, so that one chunk serves again and again without allocating.

use std::sync::Arc;
use std::vec::IntoIter;

use super::batch::{Dropped, Link};
use super::entry::{Item, LogHead, SpanHead};
use crate::context::Ext;
use crate::sampler::SampledBy;
use crate::span::Status;
use crate::value::Tag;

/// Bytes after which a chunk takes no further span.
const MAX_BYTES: usize = 1 << 20;
/// Room for tags that an emptied chunk keeps.
const MAX_KEPT: usize = 16 << 10;

/// A span in a chunk; its tags, fields, logs and links, and what is [rare](Rare), are the next ones
/// of the chunk's lists.
#[derive(Debug)]
pub(super) struct SpanRecord {
    /// Its tags are those of the sampler too.
    pub(super) head: SpanHead,
    pub(super) logs: u32,
    pub(super) links: u32,
    pub(super) has_rare: bool,
}

/// A place in each of a chunk's lists, for the first of a span's.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) tags: u32,
    pub(super) logs: u32,
    pub(super) fields: u32,
    pub(super) links: u32,
    pub(super) rares: u32,
}

/// What few spans have.
#[derive(Debug, Default)]
pub(super) struct Rare {
    pub(super) ext: Option<Arc<Ext>>,
    pub(super) status: Status,
    pub(super) dropped: Dropped,
}

/// The spans of a chunk, one after another, each with what belongs to it.
#[derive(Debug)]
pub(super) struct Unpacked {
    spans: IntoIter<SpanRecord>,
    tags: IntoIter<Tag>,
    logs: IntoIter<LogHead>,
    fields: IntoIter<Tag>,
    links: IntoIter<Link>,
    rares: IntoIter<Rare>,
}

#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) spans: Vec<SpanRecord>,
    pub(super) tags: Vec<Tag>,
    pub(super) logs: Vec<LogHead>,
    pub(super) fields: Vec<Tag>,
    pub(super) links: Vec<Link>,
    pub(super) rares: Vec<Rare>,
    max_spans: usize,
    /// Bytes of strings inside.
    heap: usize,
    /// Those of them that the writers have charged to the budget.
    charged: usize,
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
            rares: Vec::new(),
            max_spans,
            heap: 0,
            charged: 0,
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
            + self.rares.capacity() * size_of::<Rare>()
    }

    /// Takes it apart, span by span.
    pub(super) fn unpack(self) -> Unpacked {
        Unpacked {
            spans: self.spans.into_iter(),
            tags: self.tags.into_iter(),
            logs: self.logs.into_iter(),
            fields: self.fields.into_iter(),
            links: self.links.into_iter(),
            rares: self.rares.into_iter(),
        }
    }

    /// Gives the latest span a tag, in the place of one of the same key.
    pub(super) fn set_last_tag(&mut self, tag: Tag) {
        let Some(span) = self.spans.last_mut() else { return };
        let first = self.tags.len() - span.head.tags as usize;
        match self.tags[first..].iter_mut().find(|own| own.key == tag.key) {
            Some(own) => *own = tag,
            None => {
                span.head.tags += 1;
                self.tags.push(tag);
            }
        }
    }

    /// Bytes of its tags and fields.
    const fn list_bytes(&self) -> usize {
        (self.tags.len() + self.fields.len()) * size_of::<Tag>()
    }

    /// Adds a span.
    #[inline]
    pub(super) fn begin(&mut self, head: SpanHead) {
        self.heap += head.heap as usize;
        self.charged += head.heap as usize;
        let by = head.decided_by;
        self.spans.push(SpanRecord { head, logs: 0, links: 0, has_rare: false });
        self.samplers_tags = 0;
        if by.is_some() {
            self.add_samplers_tags();
        }
    }

    /// Gives the latest span the tags that tell who decided about it.
    fn add_samplers_tags(&mut self) {
        let Some(SpanRecord { head, .. }) = self.spans.last_mut() else { return };
        let before = self.tags.len();
        if let Some(by) = SampledBy::from_parts(head.decided_by, head.sampler_param) {
            let [kind, param] = by.tags();
            self.tags.push(kind);
            self.tags.push(param);
        }
        self.samplers_tags = self.tags.len() - before;
        head.tags += self.samplers_tags as u32;
    }

    /// Adds the latest span's own tags, and then its logs' fields.
    #[inline]
    pub(super) fn add_tags(&mut self, mut both: impl Iterator<Item = Tag>) {
        let Some(SpanRecord { head, .. }) = self.spans.last_mut() else { return };
        let own = head.tags as usize - self.samplers_tags;
        if self.samplers_tags == 0 {
            self.tags.extend(both.by_ref().take(own));
        } else {
            let first = self.tags.len() - self.samplers_tags;
            for tag in both.by_ref().take(own) {
                let samplers = &mut self.tags[first..first + self.samplers_tags];
                match samplers.iter_mut().find(|samplers| samplers.key == tag.key) {
                    // Somebody has set it to something else: a span has a key once.
                    Some(samplers) => {
                        *samplers = tag;
                        head.tags -= 1;
                    }
                    None => self.tags.push(tag),
                }
            }
        }
        if head.fields > 0 {
            self.fields.extend(both);
        }
    }

    /// Adds an item to the latest span.
    pub(super) fn add(&mut self, item: Item) {
        let Some(span) = self.spans.last_mut() else { return };
        match item {
            Item::Log(log) => {
                span.logs += 1;
                self.logs.push(log);
            }
            Item::Link(link) => {
                span.links += 1;
                self.links.push(*link);
            }
            Item::Status(status) => self.add_rare(|rare| rare.status = status),
            Item::Ext(ext) => self.add_rare(|rare| rare.ext = Some(ext)),
            Item::Dropped(dropped) => self.add_rare(|rare| rare.dropped = dropped),
        }
    }

    /// Changes what is rare of the latest span.
    fn add_rare(&mut self, set: impl FnOnce(&mut Rare)) {
        let Some(span) = self.spans.last_mut() else { return };
        if !std::mem::replace(&mut span.has_rare, true) {
            self.rares.push(Rare::default());
        }
        if let Some(rare) = self.rares.last_mut() {
            set(rare);
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
        self.rares.clear();
        self.tags.shrink_to(MAX_KEPT);
        self.fields.shrink_to(MAX_KEPT);
        self.heap = 0;
        std::mem::take(&mut self.charged)
    }
}

impl Place {
    #[inline]
    pub(super) const fn go_past(&mut self, span: &SpanRecord) {
        self.tags += span.head.tags;
        self.logs += span.logs;
        self.fields += span.head.fields;
        self.links += span.links;
        self.rares += span.has_rare as u32;
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
        let head = &span.head;
        chunk.heap += head.heap as usize;
        chunk.charged += if charged { head.heap as usize } else { 0 };
        chunk.tags.extend(self.tags.by_ref().take(head.tags as usize));
        chunk.fields.extend(self.fields.by_ref().take(head.fields as usize));
        chunk.logs.extend(self.logs.by_ref().take(span.logs as usize));
        chunk.links.extend(self.links.by_ref().take(span.links as usize));
        chunk.rares.extend(self.rares.by_ref().take(usize::from(span.has_rare)));
        chunk.spans.push(span);
    }

    /// Leaves the next span out.
    pub(super) fn skip(&mut self) {
        let Some(span) = self.spans.next() else { return };
        self.tags.by_ref().take(span.head.tags as usize).for_each(drop);
        self.fields.by_ref().take(span.head.fields as usize).for_each(drop);
        self.logs.by_ref().take(span.logs as usize).for_each(drop);
        self.links.by_ref().take(span.links as usize).for_each(drop);
        self.rares.by_ref().take(usize::from(span.has_rare)).for_each(drop);
    }

    /// What is rare of the next span.
    pub(super) fn peek_rare(&self) -> Option<&Rare> {
        let rare = self.rares.as_slice().first()?;
        self.peek().filter(|span| span.has_rare).map(|_| rare)
    }

    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }
}
