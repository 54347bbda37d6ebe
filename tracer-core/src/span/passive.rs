//! A span that is not recorded and still hands its context on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::context::SpanContext;

/// A context whose baggage can change. Until a second handle exists it is a plain value.
#[derive(Debug, Default)]
pub(crate) struct Passive {
    context: SpanContext,
    shared: OnceLock<Arc<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    changed: AtomicBool,
    /// The context since it was first changed.
    context: Mutex<SpanContext>,
}

impl Passive {
    pub(crate) const fn new(context: SpanContext) -> Self {
        Self {
            context,
            shared: OnceLock::new(),
        }
    }

    pub(crate) fn context(&self) -> SpanContext {
        match self.shared.get() {
            Some(shared) if shared.changed.load(Ordering::Acquire) => shared
                .context
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
            _ => self.context.clone(),
        }
    }

    /// The context as it was made: ids and flags never change.
    pub(crate) const fn ids(&self) -> &SpanContext {
        &self.context
    }

    pub(crate) fn set_baggage(&self, key: &str, value: &str) -> bool {
        let shared = self.shared.get_or_init(Arc::default);
        let mut context = shared
            .context
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if !shared.changed.load(Ordering::Relaxed) {
            *context = self.context.clone();
        }
        let mut baggage = context.baggage();
        if !baggage.set(key, value) {
            return false;
        }
        *context = std::mem::take(&mut *context).with_baggage(baggage);
        shared.changed.store(true, Ordering::Release);
        true
    }
}

impl Clone for Passive {
    /// A second handle of the same span: both see baggage that either sets.
    fn clone(&self) -> Self {
        let shared = OnceLock::from(Arc::clone(self.shared.get_or_init(Arc::default)));
        Self {
            context: self.context.clone(),
            shared,
        }
    }
}
