//! A finished span on its way to the reporter thread.

use std::borrow::Cow;
use std::sync::Arc;

use super::batch::{Dropped, Link};
use crate::clock::Stamp;
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
    /// Number of [`Item`]s that belong to this span, in the ring beside.
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

/// What some spans have. A log is followed by its fields, as tags.
#[derive(Debug)]
pub(crate) enum Item {
    Tag(Tag),
    Log(LogHead),
    Link(Box<Link>),
    Status(Status),
    /// Where the tracestate is.
    Ext(Arc<Ext>),
    /// Tags, logs and links that the limits cut off.
    Dropped(Dropped),
}

/// A log: its fields follow it.
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

/// Whether a span of this parent and these flags is where its trace begins in this process.
pub(super) const fn is_local_root(parent_id: u64, flags: u8) -> bool {
    parent_id == 0 || flags & REMOTE_PARENT != 0
}

impl SpanHead {
    pub(super) const fn is_local_root(&self) -> bool {
        is_local_root(self.parent_id, self.flags)
    }

    pub(super) const fn interval(&self) -> (Stamp, Stamp) {
        let start = if self.flags & UNIX_START == 0 {
            Stamp::Ticks(self.start)
        } else {
            Stamp::Unix(self.start)
        };
        let end =
            if self.flags & UNIX_END == 0 { Stamp::Ticks(self.end) } else { Stamp::Unix(self.end) };
        (start, end)
    }
}

impl Lists<'_> {
    /// Number of items that all of this is.
    pub(super) fn len(&self) -> usize {
        self.tags.len()
            + self.logs.len()
            + self.fields.len()
            + self.links.len()
            + usize::from(self.status != Status::Unset)
            + usize::from(self.ext.is_some())
            + usize::from(!self.dropped.is_empty())
    }

    /// Moves out what comes behind the tags, one after another, in the order the reporter thread
    /// expects.
    #[inline]
    pub(super) fn drain_others(self, mut put: impl FnMut(Item)) {
        let Lists { tags: _, logs, fields, links, status, ext, dropped } = self;
        let mut fields = fields.drain(..);
        for log in logs.drain(..) {
            put(Item::Log(log));
            fields.by_ref().take(log.fields as usize).for_each(|field| put(Item::Tag(field)));
        }
        links.drain(..).for_each(|link| put(Item::Link(Box::new(link))));
        if status != Status::Unset {
            put(Item::Status(status));
        }
        if let Some(ext) = ext {
            put(Item::Ext(ext));
        }
        if !dropped.is_empty() {
            put(Item::Dropped(dropped));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_crosses_threads_is_small() {
        assert!(size_of::<SpanHead>() <= 88, "{}", size_of::<SpanHead>());
        assert!(size_of::<Item>() <= 48, "{}", size_of::<Item>());
    }
}
