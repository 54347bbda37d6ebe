//! What is inside a span while tracing is compiled in. `live_off.rs` is its other half.

use std::borrow::Cow;
use std::sync::Arc;

use super::body::MAX_NAME;
use super::passive::Passive;
use super::slot::Slot;
use super::{SpanKind, Status};
use crate::baggage::Baggage;
use crate::clock::{self, Stamp};
use crate::context::{SpanContext, W3C};
use crate::current::{self, Lean};
use crate::id::{SpanId, TraceId};
use crate::record::{
    Link, NameCache, PlainSpan, SpanHead, UNIX_END, UNIX_START, pack, pack_origin, unpack_name,
    unpack_origin,
};
use crate::sampler::SampledBy;
use crate::tracer::Core;
use crate::value::{self, Tag};

/// A span that does something: hands on a context, or records. Two words, so that moving a span
/// that has just been started costs nothing.
#[derive(Debug)]
pub(crate) enum Live {
    /// Hands a context on.
    Passive(Arc<Passive>),
    /// Is recorded, and this is the one that ends it.
    Owner(Box<Owned>),
    /// A handle of a recorded one.
    Handle(Arc<Slot>),
}

impl Live {
    /// A span that only hands this context on.
    pub(crate) fn passive(context: SpanContext) -> Option<Self> {
        let nothing = context.is_empty() || context.is_linked();
        if nothing && !context.is_suppressed() {
            return None;
        }
        Some(Self::Passive(Arc::new(Passive::new(context))))
    }

    /// What stands for no span where it is current.
    pub(crate) fn nobody() -> Option<Self> {
        Some(Self::Passive(Arc::new(Passive::new(SpanContext::EMPTY))))
    }

    /// The same span, with other baggage for what is below it.
    pub(crate) fn with_baggage(&self, baggage: Baggage) -> Option<Self> {
        let context = self.context().with_baggage(baggage);
        let of = match self {
            Self::Passive(passive) => passive.recorded().map(Arc::clone),
            Self::Owner(owned) => Some(Arc::clone(&owned.slot)),
            Self::Handle(slot) => Some(Arc::clone(slot)),
        };
        Some(Self::Passive(Arc::new(Passive::of(of, context))))
    }

    /// The recorded span that this is or stands for: where what is written goes.
    #[inline]
    pub(crate) fn recorded(&self) -> Option<&Slot> {
        match self {
            Self::Passive(passive) => passive.recorded().map(|slot| &**slot),
            Self::Owner(_) | Self::Handle(_) => self.slot(),
        }
    }

    /// The recorded span's shared state, if this is one.
    #[inline]
    pub(crate) fn slot(&self) -> Option<&Slot> {
        match self {
            Self::Passive(_) => None,
            Self::Owner(owned) => Some(&owned.slot),
            Self::Handle(slot) => Some(slot),
        }
    }

    pub(crate) fn context(&self) -> SpanContext {
        match self {
            Self::Passive(passive) => passive.context(),
            Self::Owner(owned) => owned.slot.context(),
            Self::Handle(slot) => slot.context(),
        }
    }

    /// Ids and W3C flags.
    pub(crate) fn ids(&self) -> Option<(TraceId, SpanId, u8)> {
        let ((trace_id, span_id), flags) = match self {
            Self::Passive(passive) => (passive.ids().ids()?, passive.context().trace_flags()),
            Self::Owner(owned) => (owned.slot.ids()?, owned.slot.flags() & W3C),
            Self::Handle(slot) => (slot.ids()?, slot.flags() & W3C),
        };
        Some((trace_id, span_id, flags))
    }

    pub(crate) fn is_recording(&self) -> bool {
        self.recorded().is_some_and(|slot| slot.is_recorded() && slot.is_open())
    }

    pub(crate) fn is_suppressed(&self) -> bool {
        match self {
            Self::Passive(passive) => passive.ids().is_suppressed(),
            Self::Owner(_) | Self::Handle(_) => false,
        }
    }

    #[inline]
    pub(crate) fn set_tag(&self, tag: Tag) {
        if let Some(slot) = self.recorded() {
            slot.set_tag(tag);
        } else if let Self::Passive(passive) = self {
            passive.set_tag(&tag);
        }
    }

    pub(crate) fn set_tags(&self, tags: &mut Vec<Tag>) {
        if let Some(slot) = self.recorded() {
            slot.set_tags(tags);
        } else if let Self::Passive(passive) = self {
            tags.iter().for_each(|tag| passive.set_tag(tag));
        }
    }

    pub(crate) fn add_link(&self, link: Link) {
        if let Some(slot) = self.recorded() {
            slot.add_link(link);
        }
    }

    pub(crate) fn remove_tag(&self, key: &str) {
        if let Some(slot) = self.recorded() {
            slot.remove_tag(key);
        }
    }

    #[inline]
    pub(crate) fn log(&self, time: Stamp, field: Tag) {
        if let Some(slot) = self.recorded() {
            slot.log(time, field);
        }
    }

    pub(crate) fn log_fields(&self, time: Stamp, fields: &mut dyn Iterator<Item = Tag>) {
        if let Some(slot) = self.recorded() {
            slot.log_fields(time, fields);
        }
    }

    pub(crate) fn rename(&self, name: Cow<'static, str>) {
        if let Some(slot) = self.recorded() {
            slot.rename(name);
        }
    }

    pub(crate) fn set_status(&self, status: Status) {
        if let Some(slot) = self.recorded() {
            slot.set_status(status);
        }
    }

    pub(crate) fn set_baggage(&self, key: &str, value: &str) -> bool {
        match self {
            Self::Passive(passive) => passive.set_baggage(key, value),
            Self::Owner(owned) => owned.slot.set_baggage(key, value),
            Self::Handle(slot) => slot.set_baggage(key, value),
        }
    }

    pub(crate) fn baggage(&self) -> Baggage {
        match self {
            Self::Passive(passive) => passive.context().baggage(),
            Self::Owner(owned) => owned.slot.baggage(),
            Self::Handle(slot) => slot.baggage(),
        }
    }

    /// Ends an owner's span; a handle is let go.
    #[inline]
    pub(crate) fn end(span: Option<Self>, end: Option<Stamp>) {
        if let Some(Self::Owner(owned)) = span {
            let end = end.unwrap_or_else(|| Stamp::Ticks(clock::now()));
            current::finish(owned, end);
        }
    }
}

/// What a lean span would have for a parent.
pub(crate) enum LeanParent<'a> {
    /// A recorded span without baggage or tracestate, of which a lean span could not have any.
    Slot(&'a Slot),
    /// One that is not recorded, and so are its children.
    Decided,
    /// It takes an ordinary span.
    No,
}

impl Live {
    /// Whether its trace was decided against in this process.
    #[inline]
    pub(crate) fn is_decided(&self) -> bool {
        matches!(self, Self::Passive(passive) if passive.is_decided())
    }

    #[inline]
    pub(crate) fn lean_parent(&self) -> LeanParent<'_> {
        match self {
            Self::Passive(passive) if passive.is_decided() => LeanParent::Decided,
            Self::Passive(_) => LeanParent::No,
            Self::Owner(_) | Self::Handle(_) => match self.slot() {
                Some(slot) if !slot.has_ext() && slot.is_recorded() => LeanParent::Slot(slot),
                _ => LeanParent::No,
            },
        }
    }

    pub(crate) const fn from_owned(owned: Box<Owned>) -> Self {
        Self::Owner(owned)
    }

    /// The span, if this is its owner.
    #[inline]
    pub(crate) fn into_owned(self) -> Result<Box<Owned>, Self> {
        match self {
            Self::Owner(owned) => Ok(owned),
            other => Err(other),
        }
    }
}

impl Clone for Live {
    /// A handle.
    fn clone(&self) -> Self {
        match self {
            Self::Passive(passive) => Self::Passive(Arc::clone(passive)),
            Self::Owner(owned) => Self::Handle(Arc::clone(&owned.slot)),
            Self::Handle(slot) => Self::Handle(Arc::clone(slot)),
        }
    }
}

/// Moves a name word by word. Names are moved right after they were written, and a processor that
/// has to put two fresh words together for one wide load waits for both to reach its cache.
#[inline]
pub(super) fn take_name(name: &mut Cow<'static, str>) -> Cow<'static, str> {
    match name {
        Cow::Borrowed(text) => Cow::Borrowed(*text),
        Cow::Owned(text) => Cow::Owned(std::mem::take(text)),
    }
}

/// A recorded span's state, and what its owner keeps to itself: nobody else can look at that, so
/// it needs no lock.
#[derive(Debug)]
pub(crate) struct Owned {
    pub(crate) slot: Arc<Slot>,
    pub(crate) name: Cow<'static, str>,
    /// Ticks, or nanoseconds since 1970 with [`UNIX_START`](crate::record::UNIX_START).
    pub(crate) start: u64,
    /// Zero for a root.
    pub(crate) parent_id: u64,
    /// Who decided, of a local root.
    pub(crate) by: Option<SampledBy>,
    pub(crate) kind: SpanKind,
    /// Bits of [`SpanHead`](crate::record::SpanHead).
    pub(crate) flags: u8,
}

impl Owned {
    #[cold]
    pub(crate) fn new(core: &Arc<Core>) -> Box<Self> {
        Box::new(Self {
            slot: Slot::new(core),
            name: Cow::Borrowed(""),
            start: 0,
            parent_id: 0,
            by: None,
            kind: SpanKind::Internal,
            flags: 0,
        })
    }

    #[inline]
    pub(crate) const fn slot(&self) -> &Arc<Slot> {
        &self.slot
    }

    /// Name and kind as they were at the start, and when that was.
    pub(crate) fn beginning(&self) -> (&str, SpanKind, Stamp) {
        let is_unix = self.flags & UNIX_START != 0;
        let start = if is_unix { Stamp::Unix(self.start) } else { Stamp::Ticks(self.start) };
        (&self.name, self.kind, start)
    }

    /// Takes over what a lean span has.
    pub(crate) fn furnish(&mut self, lean: &Lean) {
        let (kind, sampler, param) = unpack_origin(lean.origin);
        self.slot.begin_words(lean.trace_id, lean.span_id, lean.flags());
        self.name = Cow::Borrowed(unpack_name(lean.name));
        self.start = lean.start;
        self.parent_id = lean.parent_id;
        self.by = SampledBy::from_parts(sampler, param);
        self.kind = kind;
        self.flags = 0;
    }

    /// Cuts a name that was made at run time. Returns the bytes that it holds on the heap.
    #[cold]
    fn hold_to_limit(&self, name: &mut Cow<'static, str>) -> u32 {
        let core = &self.slot.core;
        if value::truncate(name, MAX_NAME) {
            core.recorder.counters().count_cut(1);
        }
        match name {
            Cow::Owned(name) => u32::try_from(name.capacity()).unwrap_or(u32::MAX),
            Cow::Borrowed(_) => 0,
        }
    }

    /// The span as the ring for plain ones takes it, if its name is static.
    #[inline]
    pub(crate) fn plain(&self, end: Stamp, names: &mut NameCache) -> Option<PlainSpan> {
        let Cow::Borrowed(name) = self.name else { return None };
        let name = names.get(name)?;
        let (trace_id, span_id, flags) = self.slot.words();
        let flags = flags | self.flags | if end.is_unix() { UNIX_END } else { 0 };
        Some(PlainSpan {
            trace_id,
            span_id,
            parent_id: self.parent_id,
            start: self.start,
            end: end.word(),
            name: pack(name, flags),
            origin: pack_origin(self.kind, self.by),
        })
    }

    /// What every span has, for the ring of all others.
    pub(crate) fn head(&mut self, end: Stamp) -> SpanHead {
        let (trace_id, span_id, flags) = self.slot.words();
        let mut name = take_name(&mut self.name);
        let heap = if let Cow::Owned(_) = name { self.hold_to_limit(&mut name) } else { 0 };
        let (decided_by, sampler_param) = SampledBy::into_parts(self.by);
        SpanHead {
            trace_id,
            span_id,
            parent_id: self.parent_id,
            start: self.start,
            end: end.word(),
            heap,
            name,
            tags: 0,
            fields: 0,
            items: 0,
            sampler_param,
            decided_by,
            kind: self.kind,
            flags: flags | self.flags | if end.is_unix() { UNIX_END } else { 0 },
        }
    }
}
