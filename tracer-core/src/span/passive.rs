//! A span that is not recorded and still hands its context on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::context::SpanContext;

/// A context whose baggage can change.
#[derive(Debug)]
pub(crate) struct Passive {
    context: SpanContext,
    changed: AtomicBool,
    /// The context since it was first changed.
    current: Mutex<Option<Box<SpanContext>>>,
}

impl Passive {
    #[inline]
    pub(crate) const fn new(context: SpanContext) -> Self {
        Self { context, changed: AtomicBool::new(false), current: Mutex::new(None) }
    }

    pub(crate) fn context(&self) -> SpanContext {
        if self.changed.load(Ordering::Acquire)
            && let Some(changed) = &*self.lock()
        {
            return (**changed).clone();
        }
        self.context.clone()
    }

    /// The context as it was made: ids and flags never change.
    #[inline]
    pub(crate) const fn ids(&self) -> &SpanContext {
        &self.context
    }

    /// Whether the trace was decided against in this process: children need no further look.
    #[inline]
    pub(crate) const fn is_decided(&self) -> bool {
        self.context.is_decided()
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
