//! So many traces a second.

use std::sync::atomic::{AtomicU64, Ordering};

use super::bucket::TokenBucket;
use super::{Decision, SampledBy, Sampler, SamplerKind, SamplingInput};

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
/// # if !tracer_core::ENABLED { return; }
/// assert_eq!(recorded, [true, true, false]);
/// ```
#[doc(alias = "RateLimitingSampler")]
#[derive(Debug)]
pub struct RateLimiting {
    bucket: TokenBucket,
    /// The rate as the bits of a `f64`, to be told.
    rate: AtomicU64,
}

impl RateLimiting {
    /// At most `n` traces a second, on average. What is no number, negative or 0 records nothing.
    #[must_use]
    pub fn per_second(n: f64) -> Self {
        Self { bucket: TokenBucket::new(n, burst(n)), rate: AtomicU64::new(n.to_bits()) }
    }

    /// Sets another rate. What was left of the old one is kept in proportion: half a second's worth
    /// stays half a second's worth.
    pub fn reconfigure(&self, n: f64) {
        self.bucket.reconfigure(n, burst(n));
        self.rate.store(n.to_bits(), Ordering::Relaxed);
    }
}

/// A second's worth, and one at least where there is to be any.
fn burst(per_second: f64) -> f64 {
    if per_second > 0.0 { per_second.max(1.0) } else { 0.0 }
}

impl Sampler for RateLimiting {
    fn sample(&self, _: &SamplingInput<'_>) -> Decision {
        let rate = f64::from_bits(self.rate.load(Ordering::Relaxed));
        Decision::of(self.bucket.take()).by(SampledBy::new(SamplerKind::RateLimiting, rate))
    }

    fn reads_tags(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ask, asked};
    use super::*;

    #[test]
    fn a_seconds_worth_comes_at_once_and_one_at_least() {
        for (rate, first) in [(2.0, 2), (0.1, 1), (1.0, 1), (10.5, 10), (0.0, 0), (-1.0, 0)] {
            let sampler = RateLimiting::per_second(rate);
            let yes = (0..100).take_while(|_| ask(&sampler, 1, None)).count();
            assert_eq!(yes, first, "{rate}");
        }
        assert!(!ask(&RateLimiting::per_second(f64::NAN), 1, None));
    }

    #[test]
    fn reconfigured_it_keeps_the_fraction_and_tells_the_new_rate() {
        let sampler = RateLimiting::per_second(2.0);
        assert!(ask(&sampler, 1, None));
        sampler.reconfigure(20.0);
        let yes = (0..100).filter(|_| ask(&sampler, 1, None)).count();
        // Half of them, and what the moments in between bring.
        assert!((10..20).contains(&yes), "{yes}");
        let by = SampledBy::new(SamplerKind::RateLimiting, 20.0);
        assert_eq!(asked(&sampler, 1, None).by, Some(by));
    }
}
