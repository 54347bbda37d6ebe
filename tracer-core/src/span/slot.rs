//! The state of a recorded span that its handles share, recycled per thread.
//!
//! Nothing here takes a lock unless somebody tags, logs or hands on baggage (or a processor is told
//! of what was written): the hot path writes
//! the ids as plain atomics into a slot that nobody else holds.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard};

use super::body::{Body, Told};
use super::{Limits, Owned, Status};
use crate::baggage::Baggage;
use crate::clock::{self, Stamp};
use crate::context::{DEBUG, Ext, HELD, RECORDED, SAMPLED, SpanContext, TAKEN_BACK};
use crate::fork;
use crate::id::{SpanId, TraceId};
use crate::record::{EndedSpan, Link, Lists, Processing, SpanHead};
use crate::semconv::opentracing;
use crate::tracer::Core;
use crate::value::Tag;

/// Most idle slots that one thread keeps of one tracer.
const MAX_POOL: usize = 64;

#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) core: Arc<Core>,
    trace_high: AtomicU64,
    trace_low: AtomicU64,
    span_id: AtomicU64,
    /// Those of the W3C, and whether somebody insists or it is held.
    flags: AtomicU8,
    /// Whether `body` has anything in it.
    written: AtomicBool,
    /// Whether `body.ext` is set: most spans have neither baggage nor tracestate, and their
    /// children need not take the lock to know.
    has_ext: AtomicBool,
    body: Mutex<Body>,
}

/// Idle spans of one thread and tracer.
#[allow(clippy::vec_box, reason = "spans move in and out as one word")]
#[derive(Debug, Default)]
pub(crate) struct Pool(Vec<Box<Owned>>);

impl Pool {
    #[inline]
    pub(crate) fn take(&mut self) -> Option<Box<Owned>> {
        self.0.pop()
    }

    /// Keeps a span that nobody else holds.
    #[inline]
    pub(crate) fn put(&mut self, span: Box<Owned>) {
        if self.0.len() < MAX_POOL {
            self.0.push(span);
        }
    }
}

impl Slot {
    #[cold]
    pub(crate) fn new(core: &Arc<Core>) -> Arc<Self> {
        Arc::new(Self {
            core: Arc::clone(core),
            trace_high: AtomicU64::new(0),
            trace_low: AtomicU64::new(0),
            span_id: AtomicU64::new(0),
            flags: AtomicU8::new(0),
            written: AtomicBool::new(false),
            has_ext: AtomicBool::new(false),
            body: Mutex::default(),
        })
    }

    /// Begins a span in a slot that nobody else holds, with ids as they are stored.
    #[inline]
    pub(crate) fn begin_words(&self, [high, low]: [u64; 2], span_id: u64, flags: u8) {
        self.trace_high.store(high, Ordering::Relaxed);
        self.trace_low.store(low, Ordering::Relaxed);
        self.span_id.store(span_id, Ordering::Relaxed);
        self.flags.store(flags, Ordering::Relaxed);
    }

    /// Whether there is baggage or tracestate.
    #[inline]
    pub(crate) fn has_ext(&self) -> bool {
        self.has_ext.load(Ordering::Acquire)
    }

    /// Gives a span that has just begun what only some spans have.
    #[inline]
    pub(crate) fn furnish(
        &self,
        ext: Option<Arc<Ext>>,
        tags: &mut Vec<Tag>,
        links: &mut Vec<Link>,
    ) {
        if ext.is_none() && tags.is_empty() && links.is_empty() {
            return;
        }
        self.write(|body, limits| {
            for tag in tags.drain(..) {
                body.set_tag(tag, limits);
            }
            body.add_links(links, limits);
            self.has_ext.store(ext.is_some(), Ordering::Release);
            body.ext = ext;
        });
    }

    /// Gives a span that has just begun the tags of an integration, which differ from one another.
    #[inline]
    pub(crate) fn adopt(&self, tags: &mut Vec<Tag>) {
        self.write(|body, limits| body.adopt(tags, limits));
    }

    #[inline]
    pub(crate) fn ids(&self) -> Option<(TraceId, SpanId)> {
        let span_id = self.span_id.load(Ordering::Relaxed);
        Some((TraceId::from_words(self.trace_words())?, SpanId::from_u64(span_id)?))
    }

    /// Trace id, span id and flags as they are stored.
    #[inline]
    pub(crate) fn words(&self) -> ([u64; 2], u64, u8) {
        (self.trace_words(), self.span_id.load(Ordering::Relaxed), self.flags())
    }

    #[inline]
    fn trace_words(&self) -> [u64; 2] {
        [self.trace_high.load(Ordering::Relaxed), self.trace_low.load(Ordering::Relaxed)]
    }

    #[inline]
    pub(crate) fn flags(&self) -> u8 {
        self.flags.load(Ordering::Relaxed)
    }

    /// Baggage and tracestate, for the next one.
    #[inline]
    pub(crate) fn ext(&self) -> Option<Arc<Ext>> {
        if self.has_ext() { self.lock()?.ext.clone() } else { None }
    }

    pub(crate) fn context(&self) -> SpanContext {
        match self.ids() {
            Some((trace_id, span_id)) => {
                SpanContext::from_parts(trace_id, span_id, self.flags(), self.ext())
            }
            None => SpanContext::EMPTY,
        }
    }

    pub(crate) fn set_baggage(&self, key: &str, value: &str) -> bool {
        let Some(mut body) = self.lock() else { return false };
        let mut baggage = body.ext.as_ref().map(|ext| ext.baggage.clone()).unwrap_or_default();
        let replaces = baggage.get(key).is_some();
        let fits = baggage.set(key, value);
        if self.core.log_baggage && self.is_recorded() && !body.closed {
            self.written.store(true, Ordering::Relaxed);
            let fields = opentracing::of_baggage(key, value, replaces, fits);
            body.log(Stamp::Ticks(clock::now()), fields.into_iter(), &self.core.limits);
        }
        if fits {
            body.ext = Ext::with_baggage(body.ext.as_ref(), baggage);
            self.written.store(true, Ordering::Relaxed);
            self.has_ext.store(body.ext.is_some(), Ordering::Release);
        }
        fits
    }

    pub(crate) fn baggage(&self) -> Baggage {
        self.ext().map(|ext| ext.baggage.clone()).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn set_tag(&self, tag: Tag) {
        self.write(|body, limits| self.write_tag(body, tag, limits));
    }

    /// Several tags under one lock.
    pub(crate) fn set_tags(&self, tags: &mut Vec<Tag>) {
        self.write(|body, limits| {
            tags.drain(..).for_each(|tag| self.write_tag(body, tag, limits));
        });
    }

    #[inline]
    fn write_tag(&self, body: &mut Body, tag: Tag, limits: &Limits) {
        if let Some(wanted) = opentracing::priority(&tag) {
            self.prioritise(wanted);
        }
        body.set_tag(tag, limits);
    }

    /// Its application asks for a trace, or for none. That somebody has insisted stays true. Called
    /// under the lock: nobody else changes the flags.
    #[cold]
    fn prioritise(&self, wanted: bool) {
        let old = self.flags();
        let was_held = old & (HELD | TAKEN_BACK) != 0;
        let rest = old & !(RECORDED | TAKEN_BACK);
        let flags = if !wanted {
            // What is held of its trace is let go with it.
            rest | if was_held { TAKEN_BACK } else { 0 }
        } else {
            // What is held of its trace is kept with it.
            let held = if was_held { HELD } else { 0 };
            let insists = rest & DEBUG == 0 && self.core.forced.allows();
            rest | SAMPLED | held | if insists { DEBUG } else { 0 }
        };
        self.flags.store(flags, Ordering::Relaxed);
    }

    /// Whether it is reported, or held: false once its application has asked for no trace.
    #[inline]
    pub(crate) fn is_recorded(&self) -> bool {
        self.flags() & RECORDED != 0
    }

    pub(crate) fn add_link(&self, link: Link) {
        self.write(|body, limits| body.add_links(&mut vec![link], limits));
    }

    pub(crate) fn remove_tag(&self, key: &str) {
        self.write(|body, _| body.remove_tag(key));
    }

    /// A log of one field.
    pub(crate) fn log(&self, time: Stamp, field: Tag) {
        self.write(|body, limits| body.log(time, std::iter::once(field), limits));
    }

    /// A log of several fields.
    pub(crate) fn log_fields(&self, time: Stamp, fields: &mut dyn Iterator<Item = Tag>) {
        // Users' code, and not to be run under the lock.
        let fields: Vec<Tag> = fields.collect();
        self.write(|body, limits| body.log(time, fields.into_iter(), limits));
    }

    pub(crate) fn rename(&self, name: Cow<'static, str>) {
        self.write(|body, _| body.rename(name));
    }

    pub(crate) fn set_status(&self, status: Status) {
        self.write(|body, limits| body.set_status(status, limits));
    }

    pub(crate) fn is_open(&self) -> bool {
        self.lock().is_some_and(|body| !body.closed)
    }

    /// Changes the span, if it is still open; a late change is counted.
    #[inline]
    fn write(&self, change: impl FnOnce(&mut Body, &Limits)) {
        let Some(mut body) = self.lock() else { return };
        if body.closed {
            drop(body);
            self.core.recorder.counters().count_late_write();
            return;
        }
        self.written.store(true, Ordering::Relaxed);
        change(&mut body, &self.core.limits);
    }

    #[inline]
    fn lock(&self) -> Option<MutexGuard<'_, Body>> {
        fork::lock_made_in(|| self.core.recorder.process(), &self.body)
    }
}

/// A span at its end.
pub(crate) struct Closing<'a> {
    slot: &'a Slot,
    /// Whether no handle is left: then nobody can write any more, and the slot can serve again.
    pub(crate) alone: bool,
}

impl<'a> Closing<'a> {
    #[inline]
    pub(crate) fn new(slot: &'a Arc<Slot>) -> Self {
        let alone = Arc::strong_count(slot) == 1;
        if alone {
            // Whatever the handles wrote before they were dropped is seen from here on.
            fence(Ordering::Acquire);
        }
        Self { slot, alone }
    }

    /// Whether there is nothing but the head.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.alone && !self.slot.written.load(Ordering::Relaxed)
    }

    /// Tells a processor of the span, which takes no more from here on. Not under the lock, for it
    /// is users' code: what was written is taken out meanwhile.
    pub(crate) fn tell(&self, processing: &Processing, owned: &Owned, end: Stamp) {
        let (trace_id, span_id, flags) = self.slot.words();
        if flags & RECORDED == 0 || !processing.listens() {
            return;
        }
        let (name, kind, start) = owned.beginning();
        let tell = |written: &Told| {
            processing.tell(&EndedSpan {
                name: written.name.as_deref().unwrap_or(name),
                kind: written.kind.unwrap_or(kind),
                ids: (trace_id, span_id),
                flags,
                start,
                end,
                tags: &written.tags,
                status: &written.status,
            });
        };
        if self.is_plain() {
            return tell(&Told::default());
        }
        let Some(mut body) = self.slot.lock() else { return };
        body.closed = true;
        let mut written = body.take_told();
        drop(body);
        tell(&written);
        if let Some(mut body) = self.slot.lock() {
            body.put_back(&mut written);
        }
    }

    /// Moves the written part out, through `push`, and closes the span for late writers.
    pub(crate) fn close(&self, head: SpanHead, push: impl FnOnce(SpanHead, Lists<'_>)) {
        let slot = self.slot;
        let Some(mut body) = slot.lock() else { return };
        body.closed = true;
        if body.cut > 0 {
            slot.core.recorder.counters().count_cut(body.cut);
        }
        body.finish(head, push);
        if self.alone {
            // Ready for the next span. A handle keeps the context: it stays good after the end.
            body.closed = false;
            body.ext = None;
            slot.has_ext.store(false, Ordering::Relaxed);
            slot.written.store(false, Ordering::Relaxed);
        }
    }
}
