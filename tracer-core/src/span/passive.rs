//! A span that is not recorded and still hands its context on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::context::SpanContext;

/// A context whose baggage can change.
#[derive(Debug)]
pub(crate) struct Passive {
    context: SpanContext,
    changed: AtomicBool,
    /// The context since it was first changed.
    current: Mutex<SpanContext>,
}

impl Passive {
    pub(crate) const fn new(context: SpanContext) -> Self {
        Self { context, changed: AtomicBool::new(false), current: Mutex::new(SpanContext::EMPTY) }
    }

    pub(crate) fn context(&self) -> SpanContext {
        if self.changed.load(Ordering::Acquire) {
            self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
        } else {
            self.context.clone()
        }
    }

    /// The context as it was made: ids and flags never change.
    #[inline]
    pub(crate) const fn ids(&self) -> &SpanContext {
        &self.context
    }

    /// Whether the trace was decided against in this process: children need no further look.
    #[inline]
    pub(crate) const fn is_decided(&self) -> bool {
        let context = &self.context;
        context.is_valid()
            && !context.is_sampled()
            && !context.is_remote()
            && !context.is_suppressed()
    }

    pub(crate) fn set_baggage(&self, key: &str, value: &str) -> bool {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.changed.load(Ordering::Relaxed) {
            *current = self.context.clone();
        }
        let mut baggage = current.baggage();
        if !baggage.set(key, value) {
            return false;
        }
        *current = std::mem::take(&mut *current).with_baggage(baggage);
        self.changed.store(true, Ordering::Release);
        true
    }
}
