//! A finished span on its way to the reporter thread.

use std::borrow::Cow;
use std::sync::Arc;

use super::batch::{Dropped, Link};
use crate::clock::{Anchor, Stamp};
use crate::context::Ext;
use crate::sampler::SamplerKind;
use crate::span::{SpanKind, Status};
use crate::value::Tag;

/// Bits of [`SpanHead::flags`] above the W3C's: the parent came out of a carrier, and the times
/// that the user gave, in nanoseconds since 1970.
pub(crate) const REMOTE_PARENT: u8 = 4;
pub(crate) const UNIX_START: u8 = 8;
pub(crate) const UNIX_END: u8 = 16;

/// What every span has. Small, for it is moved once on the hot path.
#[derive(Debug)]
pub(crate) struct SpanHead {
    pub(crate) trace_id: [u64; 2],
    pub(crate) span_id: u64,
    pub(crate) parent_id: u64,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) name: Cow<'static, str>,
    /// Number of its tags, which are in a ring beside.
    pub(crate) tags: u32,
    /// Number of its logs' fields, which are behind the tags.
    pub(crate) fields: u32,
    /// Number of [`Item`]s that belong to this span, in a third ring.
    pub(crate) items: u32,
    /// Bytes that its strings hold on the heap.
    pub(crate) heap: u32,
    /// With [`decided_by`](Self::decided_by): the sampler's parameter. Side by side with it the two
    /// would take more room.
    pub(crate) sampler_param: f32,
    /// Who decided, of a local root; the reporter thread makes tags of it.
    pub(crate) decided_by: Option<SamplerKind>,
    pub(crate) kind: SpanKind,
    pub(crate) flags: u8,
}

/// What some spans have beside tags.
#[derive(Debug)]
pub(crate) enum Item {
    Log(LogHead),
    Link(Box<Link>),
    Status(Status),
    /// Where the tracestate is.
    Ext(Arc<Ext>),
    /// Tags, logs and links that the limits cut off.
    Dropped(Dropped),
}

/// A log: its fields are the next ones of its span.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogHead {
    pub(crate) time: Stamp,
    pub(crate) fields: u32,
}

/// Everything of a span beside its head, to be moved out.
#[derive(Debug)]
pub(crate) struct Lists<'a> {
    pub(crate) tags: &'a mut Vec<Tag>,
    pub(crate) logs: &'a mut Vec<LogHead>,
    pub(crate) fields: &'a mut Vec<Tag>,
    pub(crate) links: &'a mut Vec<Link>,
    pub(crate) status: Status,
    pub(crate) ext: Option<Arc<Ext>>,
    pub(crate) dropped: Dropped,
}

impl SpanHead {
    /// Number of what it has in the ring of tags.
    #[inline]
    pub(super) const fn all_tags(&self) -> usize {
        self.tags as usize + self.fields as usize
    }

    /// Whether its trace begins here, in this process.
    pub(super) const fn is_local_root(&self) -> bool {
        self.parent_id == 0 || self.flags & REMOTE_PARENT != 0
    }

    /// Start and end as they were taken: readings of the clock, or what the user gave.
    pub(super) const fn stamps(&self) -> (Stamp, Stamp) {
        const fn stamp(word: u64, is_unix: bool) -> Stamp {
            if is_unix { Stamp::Unix(word) } else { Stamp::Ticks(word) }
        }
        let flags = self.flags;
        (stamp(self.start, flags & UNIX_START != 0), stamp(self.end, flags & UNIX_END != 0))
    }

    /// Start and end in nanoseconds since 1970. A span never ends before it starts.
    #[inline]
    pub(super) fn interval(&self, anchor: &Anchor) -> (u64, u64) {
        let (start, end) = self.stamps();
        Stamp::interval(start, end, anchor)
    }
}

impl Lists<'_> {
    /// Number of [`Item`]s that is.
    #[inline]
    pub(super) fn items(&self) -> usize {
        self.logs.len()
            + self.links.len()
            + usize::from(!matches!(self.status, Status::Unset))
            + usize::from(self.ext.is_some())
            + usize::from(!self.dropped.is_empty())
    }

    /// Moves out all but tags and fields.
    #[inline]
    pub(super) fn drain_items(&mut self, mut put: impl FnMut(Item)) {
        let Lists { tags: _, fields: _, logs, links, status, ext, dropped } = self;
        logs.drain(..).for_each(|log| put(Item::Log(log)));
        links.drain(..).for_each(|link| put(Item::Link(Box::new(link))));
        if !matches!(status, Status::Unset) {
            put(Item::Status(std::mem::take(status)));
        }
        if let Some(ext) = ext.take() {
            put(Item::Ext(ext));
        }
        if !dropped.is_empty() {
            put(Item::Dropped(*dropped));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_crosses_threads_is_small() {
        assert!(size_of::<SpanHead>() <= 96, "{}", size_of::<SpanHead>());
        assert!(size_of::<Item>() <= 32, "{}", size_of::<Item>());
    }
}
