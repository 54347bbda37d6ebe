//! So many traces a second.

use super::bucket::TokenBucket;
use super::{Decision, Sampler, SamplingInput};

/// Records so many traces a second, whichever come first.
///
/// A second's worth of them may come at once, and one at least: at 0.1 a second the first trace is
/// recorded, and then one in ten seconds.
///
/// ```
/// use tracer_core::{RateLimiting, Tracer};
///
/// let tracer = Tracer::builder("shop").sampler(RateLimiting::per_second(2.0)).build();
/// let recorded = [(); 3].map(|()| tracer.span("job").root().start().is_recording());
/// assert_eq!(recorded, [true, true, false]);
/// ```
#[doc(alias = "RateLimitingSampler")]
#[derive(Debug)]
pub struct RateLimiting {
    bucket: TokenBucket,
}

impl RateLimiting {
    /// At most `n` traces a second, on average. What is no number, negative or 0 records nothing.
    #[must_use]
    pub fn per_second(n: f64) -> Self {
        Self { bucket: TokenBucket::new(n, burst(n)) }
    }

    /// Sets another rate. What was left of the old one is kept in proportion: half a second's worth
    /// stays half a second's worth.
    pub fn reconfigure(&self, n: f64) {
        self.bucket.reconfigure(n, burst(n));
    }
}

/// A second's worth, and one at least where there is to be any.
fn burst(per_second: f64) -> f64 {
    if per_second > 0.0 { per_second.max(1.0) } else { 0.0 }
}

impl Sampler for RateLimiting {
    fn sample(&self, _: &SamplingInput<'_>) -> Decision {
        Decision { sampled: self.bucket.take(), tags: Vec::new() }
    }

    fn reads_tags(&self) -> bool {
        false
    }
}
