//! The shared state of a recorded span, recycled per thread.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Limits, SpanKind, Status};
use crate::baggage::Baggage;
use crate::clock::{self, Stamp};
use crate::context::{Ext, SpanContext};
use crate::id::{SpanId, TraceId};
use crate::record::{Link, Lists, LogHead, SpanHead};
use crate::tracer::Core;
use crate::value::{Tag, Value};

/// Most idle slots that one thread keeps of one tracer.
const MAX_POOL: usize = 64;
/// Lists that grew beyond this are not kept with an idle slot.
const MAX_KEPT: usize = 32;

/// What never changes while a span lives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ids {
    pub(crate) trace_id: TraceId,
    pub(crate) span_id: SpanId,
    /// Zero for a root.
    pub(crate) parent_id: u64,
    /// W3C flags and [`REMOTE_PARENT`](super::REMOTE_PARENT).
    pub(crate) flags: u8,
}

#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) core: Arc<Core>,
    ids: Ids,
    /// Whether `body.ext` is set: most spans have neither baggage nor tracestate, and their
    /// children need not take the lock to know.
    has_ext: AtomicBool,
    body: Mutex<Body>,
}

#[derive(Debug)]
struct Body {
    open: bool,
    name: Cow<'static, str>,
    kind: SpanKind,
    status: Status,
    start: Stamp,
    tags: Vec<Tag>,
    logs: Vec<LogHead>,
    fields: Vec<Tag>,
    links: Vec<Link>,
    ext: Option<Arc<Ext>>,
    dropped: (u32, u32, u32),
    heap: usize,
}

/// What a span starts with.
pub(crate) struct Start {
    pub(crate) ids: Ids,
    pub(crate) name: Cow<'static, str>,
    pub(crate) kind: SpanKind,
    pub(crate) start: Stamp,
    pub(crate) ext: Option<Arc<Ext>>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) links: Vec<Link>,
}

/// Idle slots of one thread and tracer.
#[derive(Debug, Default)]
pub(crate) struct Pool(Vec<Arc<Slot>>);

impl Pool {
    pub(crate) fn take(&mut self) -> Option<Arc<Slot>> {
        self.0.pop()
    }

    /// Keeps a slot that nobody else holds.
    pub(crate) fn put(&mut self, slot: Arc<Slot>) {
        if self.0.len() < MAX_POOL {
            self.0.push(slot);
        }
    }
}

impl Slot {
    /// A started span, in a recycled slot if there is one.
    #[inline]
    pub(crate) fn start(
        recycled: Option<Arc<Self>>,
        core: &Arc<Core>,
        start: &mut Start,
    ) -> Arc<Self> {
        if let Some(mut slot) = recycled
            && let Some(inner) = Arc::get_mut(&mut slot)
        {
            inner.ids = start.ids;
            *inner.has_ext.get_mut() = start.ext.is_some();
            let body = inner.body.get_mut().unwrap_or_else(PoisonError::into_inner);
            body.open = true;
            body.name = std::mem::take(&mut start.name);
            body.kind = start.kind;
            body.status = Status::Unset;
            body.start = start.start;
            body.ext = start.ext.take();
            body.dropped = (0, 0, 0);
            body.heap = 0;
            body.fill(&mut start.tags, &mut start.links, &core.limits);
            return slot;
        }
        Self::allocate(core, start)
    }

    #[cold]
    fn allocate(core: &Arc<Core>, start: &mut Start) -> Arc<Self> {
        let mut body = Body {
            open: true,
            name: std::mem::take(&mut start.name),
            kind: start.kind,
            status: Status::Unset,
            start: start.start,
            tags: Vec::new(),
            logs: Vec::new(),
            fields: Vec::new(),
            links: Vec::new(),
            ext: start.ext.take(),
            dropped: (0, 0, 0),
            heap: 0,
        };
        body.fill(&mut start.tags, &mut start.links, &core.limits);
        Arc::new(Self {
            core: Arc::clone(core),
            ids: start.ids,
            has_ext: AtomicBool::new(body.ext.is_some()),
            body: Mutex::new(body),
        })
    }

    pub(crate) const fn ids(&self) -> &Ids {
        &self.ids
    }

    /// Baggage and tracestate, for the next one.
    #[inline]
    pub(crate) fn ext(&self) -> Option<Arc<Ext>> {
        if self.has_ext.load(Ordering::Acquire) {
            self.lock().ext.clone()
        } else {
            None
        }
    }

    pub(crate) fn context(&self) -> SpanContext {
        let Ids {
            trace_id,
            span_id,
            flags,
            ..
        } = self.ids;
        SpanContext::from_parts(trace_id, span_id, flags & 3, self.ext())
    }

    pub(crate) fn set_baggage(&self, key: &str, value: &str) -> bool {
        let mut body = self.lock();
        let mut baggage = body
            .ext
            .as_ref()
            .map(|ext| ext.baggage.clone())
            .unwrap_or_default();
        if !baggage.set(key, value) {
            return false;
        }
        body.ext = Ext::with_baggage(body.ext.as_ref(), baggage);
        self.has_ext.store(body.ext.is_some(), Ordering::Release);
        true
    }

    pub(crate) fn baggage(&self) -> Baggage {
        self.ext()
            .map(|ext| ext.baggage.clone())
            .unwrap_or_default()
    }

    /// Changes the span, if it is still open; a late change is counted.
    fn write(&self, change: impl FnOnce(&mut Body, &Limits)) {
        let mut body = self.lock();
        if body.open {
            change(&mut body, &self.core.limits);
        } else {
            drop(body);
            self.core.recorder.counters().count_late_write();
        }
    }

    pub(crate) fn set_tag(&self, tag: Tag) {
        self.write(|body, limits| body.set_tag(tag, limits));
    }

    pub(crate) fn log(&self, time: Stamp, fields: &mut dyn Iterator<Item = Tag>) {
        self.write(|body, limits| body.log(time, fields, limits));
    }

    pub(crate) fn rename(&self, name: Cow<'static, str>) {
        self.write(|body, limits| body.rename(name, limits));
    }

    pub(crate) fn set_status(&self, status: Status) {
        self.write(|body, limits| {
            body.status = status;
            if let Status::Error(text) = &mut body.status {
                cut(text, limits.value_bytes);
            }
        });
    }

    pub(crate) fn is_open(&self) -> bool {
        self.lock().open
    }

    /// Ends the span: moves it into this thread's chunk, and the slot back into the pool unless a
    /// handle still holds it.
    #[inline]
    pub(crate) fn finish(slot: Arc<Self>, end: Option<Stamp>) {
        let end = end.unwrap_or_else(|| Stamp::Ticks(clock::now()));
        crate::current::finish_on_thread(slot, end);
    }

    /// The slot, and its tracer's core, if nobody else holds it.
    #[inline]
    pub(crate) fn only_holder(slot: &mut Arc<Self>) -> Option<(Closing<'_>, &Core)> {
        let slot = Arc::get_mut(slot)?;
        let body = slot.body.get_mut().unwrap_or_else(PoisonError::into_inner);
        Some((
            Closing {
                ids: &slot.ids,
                body,
            },
            &slot.core,
        ))
    }

    /// Ends the span while handles hold it: moves it out through `push`, under the lock.
    pub(crate) fn close_shared(&self, end: Stamp, push: impl FnOnce(SpanHead, Lists<'_>)) {
        self.lock().close(&self.ids, end, push);
    }

    fn lock(&self) -> MutexGuard<'_, Body> {
        self.body.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A slot that is about to be closed by its only holder, without the lock.
pub(crate) struct Closing<'a> {
    ids: &'a Ids,
    body: &'a mut Body,
}

impl Closing<'_> {
    /// Moves the span out through `push`.
    #[inline]
    pub(crate) fn close(self, end: Stamp, push: impl FnOnce(SpanHead, Lists<'_>)) {
        self.body.close(self.ids, end, push);
    }
}

impl Body {
    #[inline]
    fn fill(&mut self, tags: &mut Vec<Tag>, links: &mut Vec<Link>, limits: &Limits) {
        if self.name.len() > limits.value_bytes {
            cut(&mut self.name, limits.value_bytes);
        }
        if let Cow::Owned(name) = &self.name {
            self.heap += name.capacity();
        }
        for tag in tags.drain(..) {
            self.set_tag(tag, limits);
        }
        if !links.is_empty() {
            let over = links.len().saturating_sub(limits.links);
            self.dropped.2 = u32::try_from(over).unwrap_or(u32::MAX);
            self.links.extend(links.drain(..).take(limits.links));
        }
    }

    fn set_tag(&mut self, mut tag: Tag, limits: &Limits) {
        if tag.key == "error" {
            return self.set_error(&tag.value);
        }
        tag.value.truncate(limits.value_bytes);
        if tag.key.len() > limits.value_bytes {
            cut(&mut tag.key, limits.value_bytes);
        }
        let heap = heap_of(&tag);
        if let Some(old) = self.tags.iter_mut().find(|old| old.key == tag.key) {
            self.heap = self.heap - heap_of(old) + heap;
            *old = tag;
        } else if self.tags.len() < limits.tags {
            self.heap += heap;
            self.tags.push(tag);
        } else {
            self.dropped.0 += 1;
        }
    }

    /// OpenTracing's tag `error` is a status on the wire.
    fn set_error(&mut self, value: &Value) {
        let failed = *value == Value::Bool(true) || value.as_str() == Some("true");
        match (failed, &self.status) {
            (true, Status::Error(_)) => {}
            (true, _) => self.status = Status::ERROR,
            (false, _) => self.status = Status::Unset,
        }
    }

    fn log(&mut self, time: Stamp, fields: &mut dyn Iterator<Item = Tag>, limits: &Limits) {
        if self.logs.len() >= limits.logs {
            self.dropped.1 += 1;
            return;
        }
        let mut count = 0u32;
        for mut field in fields.take(limits.tags) {
            field.value.truncate(limits.value_bytes);
            self.heap += heap_of(&field);
            self.fields.push(field);
            count += 1;
        }
        self.logs.push(LogHead {
            time,
            fields: count,
        });
    }

    fn rename(&mut self, name: Cow<'static, str>, limits: &Limits) {
        if let Cow::Owned(old) = &self.name {
            self.heap -= old.capacity();
        }
        self.name = name;
        cut(&mut self.name, limits.value_bytes);
        if let Cow::Owned(new) = &self.name {
            self.heap += new.capacity();
        }
    }

    #[inline]
    fn close(&mut self, ids: &Ids, end: Stamp, push: impl FnOnce(SpanHead, Lists<'_>)) {
        self.open = false;
        let trace_id = ids.trace_id.to_u128();
        let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        let head = SpanHead {
            trace_id: [(trace_id >> 64) as u64, trace_id as u64],
            span_id: ids.span_id.to_u64(),
            parent_id: ids.parent_id,
            start: self.start,
            end,
            name: std::mem::take(&mut self.name),
            ext: self.ext.clone().filter(|ext| !ext.tracestate.is_empty()),
            status: std::mem::take(&mut self.status),
            kind: self.kind,
            flags: ids.flags,
            tags: count(self.tags.len()),
            logs: count(self.logs.len()),
            links: count(self.links.len()),
            dropped_tags: self.dropped.0,
            dropped_logs: self.dropped.1,
            dropped_links: self.dropped.2,
            heap: self.heap,
        };
        let lists = Lists {
            tags: &mut self.tags,
            logs: &mut self.logs,
            fields: &mut self.fields,
            links: &mut self.links,
        };
        push(head, lists);
        // A drop left them full; a giant is not kept either way.
        self.tags.clear();
        self.logs.clear();
        self.fields.clear();
        self.links.clear();
        if self.tags.capacity() > MAX_KEPT || self.fields.capacity() > MAX_KEPT {
            self.tags.shrink_to(MAX_KEPT);
            self.fields.shrink_to(MAX_KEPT);
            self.logs.shrink_to(MAX_KEPT);
        }
    }
}

/// Bytes a tag holds on the heap.
fn heap_of(tag: &Tag) -> usize {
    let key = match &tag.key {
        Cow::Owned(key) => key.capacity(),
        Cow::Borrowed(_) => 0,
    };
    key + tag.value.heap()
}

/// Cuts a text at a character's border.
fn cut(text: &mut Cow<'static, str>, limit: usize) {
    crate::value::truncate(text, limit);
}
