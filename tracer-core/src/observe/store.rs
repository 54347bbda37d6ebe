//! What every integration of a store can be told, and when it traces a call.

use std::borrow::Cow;

use super::border::chosen;
use crate::current::{self, Below};
use crate::{SpanContext, Tracer};

/// Settings that the clients of all stores have.
#[derive(Clone, Debug, Default)]
pub struct StoreSettings {
    /// The tracer; without one, the global one as it is at each call.
    pub tracer: Option<Tracer>,
    /// No call begins a trace.
    pub only_with_parent: bool,
    /// The store's messages are kept with its errors. They can quote values.
    pub error_messages: bool,
}

impl StoreSettings {
    /// The tracer for a call that is to be traced, now. A store is the end of the line: nothing
    /// has to be handed on, so that a call whose span would not be recorded needs none.
    #[must_use]
    pub fn tracer(&self) -> Option<Cow<'_, Tracer>> {
        let tracer = chosen(self.tracer.as_ref()).filter(|tracer| tracer.is_enabled())?;
        let wanted = match current::below() {
            Below::Suppressed => false,
            Below::Recorded => true,
            Below::Nothing => !self.only_with_parent,
            Below::Other => {
                let context = current::current().context();
                // A remote decision is one that this tracer's sampler may see otherwise.
                let decided = context.is_valid() && !context.is_remote();
                if decided { context.is_recorded() } else { self.begins(&context) }
            }
        };
        wanted.then_some(tracer)
    }

    /// Whether there is no tracer, or one that is switched off: no span that is entered later on
    /// changes that.
    #[must_use]
    pub fn is_off(&self) -> bool {
        chosen(self.tracer.as_ref()).is_none_or(|tracer| !tracer.is_enabled())
    }

    const fn begins(&self, parent: &SpanContext) -> bool {
        parent.is_valid() || !self.only_with_parent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AlwaysOff, ENABLED, Span};

    #[test]
    fn when_a_call_is_traced() {
        if !ENABLED {
            return assert!(StoreSettings::default().tracer().is_none());
        }
        let tracer = Tracer::builder("test").build();
        let settings = StoreSettings { tracer: Some(tracer.clone()), ..Default::default() };
        let picky = StoreSettings { only_with_parent: true, ..settings.clone() };
        assert!(settings.tracer().is_some(), "it may begin a trace");
        assert!(picky.tracer().is_none());

        let parent = tracer.span("parent").start();
        let entered = parent.enter();
        assert!(picky.tracer().is_some());
        tracer.set_enabled(false);
        assert!(settings.tracer().is_none(), "off");
        tracer.set_enabled(true);
        drop(entered);

        let unsampled = Tracer::builder("test").sampler(AlwaysOff).build();
        let parent = unsampled.span("parent").start();
        let entered = parent.enter();
        assert!(settings.tracer().is_none(), "its parent is not recorded");
        drop(entered);

        let filtered = Span::passive(SpanContext::default().suppressed());
        let _entered = filtered.enter();
        assert!(settings.tracer().is_none(), "filtered");
    }
}
