//! A span that is not recorded and still hands its context on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use super::slot::Slot;
use crate::context::{DEBUG, HELD, SAMPLED, SpanContext};
use crate::fork;
use crate::sampler;
use crate::semconv::opentracing;
use crate::value::Tag;

/// A context whose baggage and decision can change.
#[derive(Debug)]
pub(crate) struct Passive {
    context: SpanContext,
    /// The recorded span of which this is a view with other baggage: what is written goes there.
    of: Option<Arc<Slot>>,
    changed: AtomicBool,
    /// Its application has asked for a trace, too late for this span.
    wanted: AtomicBool,
    /// The process that it was made in, as far as that is known.
    process: u32,
    /// The context since it was first changed.
    current: Mutex<Option<Box<SpanContext>>>,
}

impl Passive {
    #[inline]
    pub(crate) fn new(context: SpanContext) -> Self {
        Self::of(None, context)
    }

    /// A recorded span, handed on with this context.
    pub(crate) fn of(of: Option<Arc<Slot>>, context: SpanContext) -> Self {
        Self {
            context,
            of,
            changed: AtomicBool::new(false),
            wanted: AtomicBool::new(false),
            process: fork::latest(),
            current: Mutex::new(None),
        }
    }

    pub(crate) fn context(&self) -> SpanContext {
        let context = self.latest();
        let Some(slot) = &self.of else { return context };
        // Its application may have had another word since.
        let flags = slot.flags();
        let context = context.with_sampled(flags & SAMPLED != 0).with_held(flags & HELD != 0);
        context.with_debug(flags & DEBUG != 0)
    }

    fn latest(&self) -> SpanContext {
        if self.changed.load(Ordering::Acquire)
            && let Some(current) = self.lock()
            && let Some(changed) = &*current
        {
            return (**changed).clone();
        }
        self.context.clone()
    }

    /// The recorded span that this stands for.
    #[inline]
    pub(crate) const fn recorded(&self) -> Option<&Arc<Slot>> {
        self.of.as_ref()
    }

    /// The context as it was made: ids, and whether it is suppressed, never change.
    #[inline]
    pub(crate) const fn ids(&self) -> &SpanContext {
        &self.context
    }

    /// Whether the trace was decided against in this process: children need no further look.
    #[inline]
    pub(crate) fn is_decided(&self) -> bool {
        // What stands for a recorded span has the decision of that, which its application can change.
        self.context.is_decided() && self.of.is_none() && !self.wanted.load(Ordering::Relaxed)
    }

    /// Nothing is recorded, but that somebody asks for a trace is heard.
    pub(crate) fn set_tag(&self, tag: &Tag) {
        if let Some(wanted) = opentracing::priority(tag)
            && self.context.is_decided()
            && let Some(mut current) = self.lock()
        {
            let context = current.as_deref().unwrap_or(&self.context).clone();
            *current = Some(Box::new(context.with_sampled(wanted)));
            if wanted {
                sampler::let_decisions_change();
            }
            self.wanted.store(wanted, Ordering::Relaxed);
            self.changed.store(true, Ordering::Release);
        }
    }

    pub(crate) fn set_baggage(&self, key: &str, value: &str) -> bool {
        let Some(mut current) = self.lock() else { return false };
        let context = current.as_deref().unwrap_or(&self.context);
        let mut baggage = context.baggage();
        if !baggage.set(key, value) {
            return false;
        }
        *current = Some(Box::new(context.clone().with_baggage(baggage)));
        self.changed.store(true, Ordering::Release);
        true
    }

    fn lock(&self) -> Option<MutexGuard<'_, Option<Box<SpanContext>>>> {
        fork::lock_made_in(|| self.process, &self.current)
    }
}
