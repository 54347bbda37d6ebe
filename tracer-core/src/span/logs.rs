//! A span's logs: the oldest and the newest.
//!
//! Lists that are flat as long as everything fits. Then the oldest stay where they are and the
//! newest go through a queue: a span with ten million logs costs each of them the same.

use std::collections::VecDeque;

use super::body::{empty, heap_of};
use crate::clock::Stamp;
use crate::record::LogHead;
use crate::semconv::opentracing;
use crate::value::Tag;

const HEAD: usize = size_of::<LogHead>();
const FIELD: usize = size_of::<Tag>();
/// The log that stands for those that went, with its two fields.
const MARKER: usize = HEAD + 2 * FIELD;

#[derive(Debug, Default)]
pub(super) struct Logs {
    /// All logs, or the oldest of them.
    pub(super) heads: Vec<LogHead>,
    /// Their fields, one log's behind the other's.
    pub(super) fields: Vec<Tag>,
    /// The newest, since there were too many.
    newest: Option<Box<Newest>>,
    /// Bytes that `fields` hold on the heap.
    heap: usize,
}

#[derive(Debug)]
struct Newest {
    heads: VecDeque<LogHead>,
    fields: VecDeque<Tag>,
    /// Bytes that `fields` hold on the heap.
    heap: usize,
    /// When the latest of those that went was written.
    gone: Stamp,
}

/// What came of a log.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Added {
    pub(super) kept: bool,
    /// Older logs that went.
    pub(super) gone: u64,
}

impl Logs {
    /// Bytes of all that is here.
    pub(super) fn bytes(&self) -> usize {
        let newest = self.newest.as_deref().map_or(0, |newest| MARKER + newest.bytes());
        self.heads.len() * HEAD + self.fields.len() * FIELD + self.heap + newest
    }

    /// Takes a field, with so many bytes on the heap, of the log that is to be
    /// [added](Self::add) next.
    #[inline]
    pub(super) fn push_field(&mut self, field: Tag, heap: usize) {
        self.heap += heap;
        self.fields.push(field);
    }

    /// Adds a log, whose fields are those from `first` on. Not more than `limit` logs stay, in
    /// `room` bytes.
    pub(super) fn add(&mut self, time: Stamp, first: usize, room: usize, limit: usize) -> Added {
        let fields = u32::try_from(self.fields.len() - first).unwrap_or(u32::MAX);
        let head = LogHead { time, fields };
        if self.newest.is_none() && self.heads.len() < limit && self.bytes() + HEAD <= room {
            self.heads.push(head);
            return Added { kept: true, gone: 0 };
        }
        let added = self.add_to_newest(head, first, room, limit);
        if !added.kept {
            self.take_back(head.fields as usize);
        }
        added
    }

    /// Takes back the latest fields, of a log that is not to be added after all.
    pub(super) fn take_back(&mut self, count: usize) {
        let first = self.fields.len() - count;
        let heap: usize = self.fields.drain(first..).map(|field| heap_of(&field)).sum();
        self.heap -= heap;
    }

    /// Adds a log where there are too many, or they are too large.
    #[cold]
    fn add_to_newest(&mut self, head: LogHead, first: usize, room: usize, limit: usize) -> Added {
        let not_kept = Added { kept: false, gone: 0 };
        let oldest = match self.newest {
            Some(_) => self.heads.len(),
            // With one for the mark, as many old ones as new ones.
            None => self.heads.len().min(limit).saturating_sub(1) / 2,
        };
        if limit == 0 || self.newest.is_none() && self.heads.is_empty() {
            return not_kept;
        }
        let own_fields = self.fields.len() - first;
        let own_heap: usize = self.fields[first..].iter().map(heap_of).sum();
        let own = HEAD + own_fields * FIELD + own_heap;
        let left = room.saturating_sub(self.bytes_of_oldest(oldest, first, own_heap) + MARKER);
        if own > left {
            // Nothing that could go would make room for it.
            return not_kept;
        }
        if self.newest.is_none() {
            self.part(oldest, first);
        }
        let Some(newest) = &mut self.newest else { return not_kept };
        let most = limit - oldest - 1;
        let mut gone = 0;
        while newest.heads.len() + 1 > most || newest.bytes() + own > left {
            if !newest.drop_first() {
                break;
            }
            gone += 1;
        }
        if most == 0 {
            newest.gone = head.time;
            return Added { kept: false, gone };
        }
        newest.heads.push_back(head);
        newest.fields.extend(self.fields.drain(self.fields.len() - own_fields..));
        newest.heap += own_heap;
        self.heap -= own_heap;
        Added { kept: true, gone }
    }

    /// Bytes of the first `count` logs, which stay.
    fn bytes_of_oldest(&self, count: usize, first: usize, own_heap: usize) -> usize {
        if self.newest.is_some() {
            return count * HEAD + first * FIELD + self.heap - own_heap;
        }
        let fields = fields_of(&self.heads[..count]);
        let heap: usize = self.fields[..fields].iter().map(heap_of).sum();
        count * HEAD + fields * FIELD + heap
    }

    /// Moves all but the oldest logs into the queue. Fields from `first` on are not theirs.
    fn part(&mut self, oldest: usize, first: usize) {
        let fields = fields_of(&self.heads[..oldest]);
        let heads: VecDeque<_> = self.heads.drain(oldest..).collect();
        let fields: VecDeque<_> = self.fields.drain(fields..first).collect();
        let heap: usize = fields.iter().map(heap_of).sum();
        self.heap -= heap;
        let gone = heads.front().map_or(Stamp::Unix(0), |head| head.time);
        self.newest = Some(Box::new(Newest { heads, fields, heap, gone }));
    }

    /// Puts everything into the flat lists, in the order in which it was written, with a log in
    /// the place of the `dropped` ones if some went from between. Returns the bytes that the
    /// fields hold on the heap.
    pub(super) fn close(&mut self, dropped: u32) -> usize {
        if let Some(newest) = self.newest.take() {
            self.heads.push(LogHead { time: newest.gone, fields: 2 });
            self.fields.push(Tag::new(opentracing::EVENT, opentracing::DROPPED_LOGS));
            self.fields.push(Tag::new(opentracing::DROPPED_LOG_COUNT, dropped));
            self.heads.extend(newest.heads);
            self.fields.extend(newest.fields);
            self.heap += newest.heap;
        }
        self.heap
    }

    /// Forgets what is left, for the next span.
    pub(super) fn clear(&mut self) {
        empty(&mut self.heads);
        empty(&mut self.fields);
        self.heap = 0;
    }
}

impl Newest {
    fn bytes(&self) -> usize {
        self.heads.len() * HEAD + self.fields.len() * FIELD + self.heap
    }

    /// Lets the oldest of them go. False where there is none.
    fn drop_first(&mut self) -> bool {
        let Some(head) = self.heads.pop_front() else { return false };
        let heap: usize =
            self.fields.drain(..head.fields as usize).map(|field| heap_of(&field)).sum();
        self.heap -= heap;
        self.gone = head.time;
        true
    }
}

fn fields_of(heads: &[LogHead]) -> usize {
    heads.iter().map(|head| head.fields as usize).sum()
}
