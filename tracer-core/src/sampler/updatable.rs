//! A sampler that is exchanged under way.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::{Decision, Sampler, SamplingInput};

/// A sampler that can be exchanged while the tracer is running. Clones share it: keep one, and give
/// the other one to the tracer. Asking takes no lock.
///
/// ```
/// use tracer_core::{AlwaysOff, AlwaysOn, Tracer, Updatable};
///
/// let sampler = Updatable::new(AlwaysOff);
/// let tracer = Tracer::builder("shop").sampler(sampler.clone()).build();
/// # if !tracer_core::ENABLED { return; }
/// assert!(!tracer.span("job").root().start().is_recording());
///
/// sampler.set(AlwaysOn);
/// assert!(tracer.span("job").root().start().is_recording());
/// ```
#[derive(Clone)]
pub struct Updatable {
    /// An `Arc` of its own around the sampler, because what is exchanged has to be one word.
    current: Arc<ArcSwap<Arc<dyn Sampler>>>,
}

impl Updatable {
    /// Begins with this sampler.
    #[must_use]
    pub fn new(sampler: impl Sampler + 'static) -> Self {
        Self { current: Arc::new(ArcSwap::from_pointee(Arc::new(sampler))) }
    }

    /// Puts another sampler in the place of this one. What the old one kept, such as what is left
    /// of a rate, is gone with it; samplers that can be changed in place
    /// ([`RateLimiting::reconfigure`](super::RateLimiting::reconfigure),
    /// [`PerOperation::update`](super::PerOperation::update)) keep it.
    pub fn set(&self, sampler: impl Sampler + 'static) {
        self.current.store(Arc::new(Arc::new(sampler)));
    }

    /// The sampler of now.
    #[must_use]
    pub fn current(&self) -> Arc<dyn Sampler> {
        Arc::clone(&self.current.load())
    }
}

impl Sampler for Updatable {
    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        self.current.load().sample(input)
    }

    fn reads_tags(&self) -> bool {
        self.current.load().reads_tags()
    }

    fn samples_children(&self) -> bool {
        self.current.load().samples_children()
    }
}

impl fmt::Debug for Updatable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Updatable").field(&self.current()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ask;
    use super::*;
    use crate::sampler::{AlwaysOff, AlwaysOn, ParentBased};

    #[test]
    fn clones_follow() {
        let sampler = Updatable::new(AlwaysOff);
        let tracers = ParentBased::new(sampler.clone());
        assert!(!ask(&tracers, 1, None) && !tracers.reads_tags());
        sampler.set(ParentBased::new(AlwaysOn).local_sampled(AlwaysOn));
        assert!(ask(&tracers, 1, None) && sampler.samples_children());
        assert!(format!("{tracers:?}").contains("root: AlwaysOn"), "{tracers:?}");
    }

    #[test]
    fn a_sampler_that_is_being_asked_may_be_exchanged() {
        /// Replaces the sampler that it is part of.
        #[derive(Debug)]
        struct Leaves(std::sync::OnceLock<Updatable>);
        impl Sampler for Leaves {
            fn sample(&self, _: &SamplingInput<'_>) -> Decision {
                if let Some(around) = self.0.get() {
                    around.set(AlwaysOff);
                }
                Decision::yes()
            }
        }
        let leaves = Arc::new(Leaves(std::sync::OnceLock::new()));
        let sampler = Updatable::new(Arc::clone(&leaves));
        leaves.0.set(sampler.clone()).unwrap();
        assert!(ask(&sampler, 1, None));
        assert!(!ask(&sampler, 1, None));
    }
}
