//! Always the same answer.

use super::{Decision, SampledBy, Sampler, SamplerKind, SamplingInput};

/// Records every trace (Jaeger: `const`, 1).
///
/// ```
/// use tracer_core::{AlwaysOn, Tracer};
///
/// let tracer = Tracer::builder("shop").sampler(AlwaysOn).build();
/// # if !tracer_core::ENABLED { return; }
/// assert!(tracer.span("job").root().start().is_recording());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct AlwaysOn;

/// Records no trace (Jaeger: `const`, 0). Contexts are handed on all the same.
///
/// ```
/// use tracer_core::{AlwaysOff, Tracer};
///
/// let tracer = Tracer::builder("shop").sampler(AlwaysOff).build();
/// let job = tracer.span("job").root().start();
/// # if !tracer_core::ENABLED { return; }
/// assert!(!job.is_recording());
/// assert!(job.context().is_valid());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct AlwaysOff;

impl Sampler for AlwaysOn {
    fn sample(&self, _: &SamplingInput<'_>) -> Decision {
        Decision::yes().by(SampledBy::new(SamplerKind::Const, 1.0))
    }

    fn settled(&self) -> Option<Decision> {
        Some(Decision::yes().by(SampledBy::new(SamplerKind::Const, 1.0)))
    }

    fn reads_tags(&self) -> bool {
        false
    }
}

impl Sampler for AlwaysOff {
    fn sample(&self, _: &SamplingInput<'_>) -> Decision {
        Decision::no().by(SampledBy::new(SamplerKind::Const, 0.0))
    }

    fn settled(&self) -> Option<Decision> {
        Some(Decision::no().by(SampledBy::new(SamplerKind::Const, 0.0)))
    }

    fn reads_tags(&self) -> bool {
        false
    }
}
