//! A span that is not recorded and still hands its context on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::context::SpanContext;
use crate::sampler;
use crate::semconv::opentracing;
use crate::value::Tag;

/// A context whose baggage and decision can change.
#[derive(Debug)]
pub(crate) struct Passive {
    context: SpanContext,
    changed: AtomicBool,
    /// Its application has asked for a trace, too late for this span.
    wanted: AtomicBool,
    /// The context since it was first changed.
    current: Mutex<Option<Box<SpanContext>>>,
}

impl Passive {
    #[inline]
    pub(crate) const fn new(context: SpanContext) -> Self {
        Self {
            context,
            changed: AtomicBool::new(false),
            wanted: AtomicBool::new(false),
            current: Mutex::new(None),
        }
    }

    pub(crate) fn context(&self) -> SpanContext {
        if self.changed.load(Ordering::Acquire)
            && let Some(changed) = &*self.lock()
        {
            return (**changed).clone();
        }
        self.context.clone()
    }

    /// The context as it was made: ids, and whether it is suppressed, never change.
    #[inline]
    pub(crate) const fn ids(&self) -> &SpanContext {
        &self.context
    }

    /// Whether the trace was decided against in this process: children need no further look.
    #[inline]
    pub(crate) fn is_decided(&self) -> bool {
        self.context.is_decided() && !self.wanted.load(Ordering::Relaxed)
    }

    /// Nothing is recorded, but that somebody asks for a trace is heard.
    pub(crate) fn set_tag(&self, tag: &Tag) {
        if let Some(wanted) = opentracing::priority(tag)
            && self.context.is_decided()
        {
            let mut current = self.lock();
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
        let mut current = self.lock();
        let context = current.as_deref().unwrap_or(&self.context);
        let mut baggage = context.baggage();
        if !baggage.set(key, value) {
            return false;
        }
        *current = Some(Box::new(context.clone().with_baggage(baggage)));
        self.changed.store(true, Ordering::Release);
        true
    }

    fn lock(&self) -> MutexGuard<'_, Option<Box<SpanContext>>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
