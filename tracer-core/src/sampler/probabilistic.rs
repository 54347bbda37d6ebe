//! A share of the traces.

use super::{Decision, SampledBy, Sampler, SamplerKind, SamplingInput};

/// Records a share of the traces, by trace id: the same decision in every service with the same
/// rate, and at a higher rate all of a lower one's traces (OpenTelemetry: `TraceIdRatioBased`).
///
/// The rule is OpenTelemetry's for W3C level 2 trace ids: with `R` the last 56 bits of the id and
/// `T = (1 - rate) * 2^56`, a trace is recorded where `R >= T`. Neither is read from `tracestate`
/// nor written to it.
///
/// Callers in front of the service decide as well: put it into a
/// [`ParentBased`](super::ParentBased) to follow them.
///
/// ```
/// use tracer_core::{ParentBased, Probabilistic, Tracer};
///
/// # fn main() -> Result<(), &'static str> {
/// let rate = Probabilistic::new(0.01).ok_or("no rate from 0 to 1")?;
/// let tracer = Tracer::builder("shop").sampler(ParentBased::new(rate)).build();
///
/// let recorded = |_: &u32| tracer.span("job").root().start().is_recording();
/// let recorded = (0..10_000u32).filter(recorded).count();
/// # if !tracer_core::ENABLED { return Ok(()); }
/// assert!((1..1_000).contains(&recorded), "about a hundred");
/// # Ok(())
/// # }
/// ```
#[doc(alias = "TraceIdRatioBased")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probabilistic {
    rate: f64,
    /// Ids with a lower value in their last 56 bits are not sampled.
    threshold: u64,
}

impl Probabilistic {
    /// The random part of a W3C level 2 trace id.
    const RANDOM_BITS: u32 = 56;

    /// A rate from 0 (none) to 1 (all); `None` for anything else.
    #[must_use]
    pub fn new(rate: f64) -> Option<Self> {
        (0.0..=1.0).contains(&rate).then(|| Self::clamped(rate))
    }

    /// The rate, or the nearer one of 0 and 1; 0 for what is no number.
    ///
    /// ```
    /// use tracer_core::Probabilistic;
    ///
    /// assert_eq!(Probabilistic::clamped(7.0), Probabilistic::clamped(1.0));
    /// assert_eq!(Probabilistic::clamped(f64::NAN).rate(), 0.0);
    /// ```
    #[must_use]
    pub fn clamped(rate: f64) -> Self {
        // Adding 0 makes 0 of -0.
        let rate = if rate.is_nan() { 0.0 } else { rate.clamp(0.0, 1.0) + 0.0 };
        let all = (1u64 << Self::RANDOM_BITS) as f64;
        Self { rate, threshold: ((1.0 - rate) * all).round() as u64 }
    }

    /// The rate, 0 to 1.
    #[must_use]
    pub const fn rate(self) -> f64 {
        self.rate
    }
}

impl Sampler for Probabilistic {
    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        let random = (input.trace_id.to_u128() as u64) & ((1 << Self::RANDOM_BITS) - 1);
        Decision::of(random >= self.threshold)
            .by(SampledBy::new(SamplerKind::Probabilistic, self.rate))
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
    fn rates_outside_zero_to_one_are_refused_and_updates_clamped() {
        for (rate, nearest) in [
            (-0.1, 0.0),
            (1.1, 1.0),
            (f64::NAN, 0.0),
            (f64::INFINITY, 1.0),
            (f64::NEG_INFINITY, 0.0),
            (5.0, 1.0),
        ] {
            assert!(Probabilistic::new(rate).is_none(), "{rate}");
            assert_eq!(Probabilistic::clamped(rate).rate(), nearest, "{rate}");
        }
        for rate in [0.0, 0.5, 1.0] {
            assert_eq!(Probabilistic::new(rate).map(Probabilistic::rate), Some(rate));
        }
        assert!(Probabilistic::clamped(-0.0).rate().is_sign_positive());
    }

    #[test]
    fn the_boundary_is_in_the_low_56_bits() {
        let half = Probabilistic::new(0.5).unwrap();
        let boundary = 1u128 << 55;
        assert!(!ask(&half, boundary - 1, None));
        assert!(ask(&half, boundary, None));
        assert!(!ask(&half, (0xffu128 << 56) | 1, None), "higher bits do not count");
        for (rate, sampled) in [(0.0, false), (1.0, true)] {
            let sampler = Probabilistic::new(rate).unwrap();
            for trace in [1, boundary, 1 << 56, (1 << 56) - 1, u128::MAX] {
                assert_eq!(ask(&sampler, trace, None), sampled, "{rate} {trace:x}");
            }
        }
    }

    #[test]
    fn the_threshold_is_what_opentelemetry_has() {
        // The values of `th` in its specification, without their trailing zeros.
        let thresholds =
            [(0.5, 0x80_0000_0000_0000), (0.25, 0xc0_0000_0000_0000), (1.0, 0), (0.0, 1 << 56)];
        for (rate, threshold) in thresholds {
            assert_eq!(Probabilistic::new(rate).unwrap().threshold, threshold, "{rate}");
        }
    }

    #[test]
    fn a_higher_rate_has_all_traces_of_a_lower_one() {
        let rates = [0.01, 0.1, 0.25, 0.5, 0.9].map(|rate| Probabilistic::new(rate).unwrap());
        for nth in 0..10_000u128 {
            let trace = (nth + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            let asked = rates.map(|sampler| ask(&sampler, trace, None));
            assert!(asked.is_sorted(), "{asked:?}");
        }
    }

    #[test]
    fn it_says_at_which_rate_it_decided() {
        let decision = asked(&Probabilistic::clamped(1.0), 7, None);
        assert_eq!(decision.by, Some(SampledBy::new(SamplerKind::Probabilistic, 1.0)));
    }
}
