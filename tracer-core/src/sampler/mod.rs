//! Who decides whether a trace is recorded.

pub(crate) mod bucket;
mod rate_limiting;

use std::fmt::Debug;

use crate::context::SpanContext;
use crate::id::TraceId;
use crate::span::SpanKind;
use crate::value::Tag;

pub use rate_limiting::RateLimiting;

/// Decides for local roots: spans without a parent, or with one in another process. Children
/// inside the process go by their parent.
pub trait Sampler: Send + Sync + Debug {
    /// Decides.
    fn sample(&self, input: &SamplingInput<'_>) -> Decision;

    /// Whether the decision can depend on [`SamplingInput::tags`]. Where it does not, integrations
    /// make tags for spans alone that are recorded.
    fn reads_tags(&self) -> bool {
        true
    }
}

/// What a sampler may look at.
#[derive(Debug)]
#[non_exhaustive]
pub struct SamplingInput<'a> {
    /// The parent, if there is one: always one in another process.
    pub parent: Option<&'a SpanContext>,
    /// The trace that the span is in.
    pub trace_id: TraceId,
    /// The span's name.
    pub name: &'a str,
    /// The span's kind.
    pub kind: SpanKind,
    /// The tags set before the start.
    pub tags: &'a [Tag],
}

/// A sampler's answer.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Decision {
    /// Whether the span is recorded.
    pub sampled: bool,
    /// Tags that tell why; set on the span if it is recorded.
    pub tags: Vec<Tag>,
}

impl Decision {
    /// Record it.
    #[must_use]
    pub const fn yes() -> Self {
        Self { sampled: true, tags: Vec::new() }
    }

    /// Do not record it; hand the context on.
    #[must_use]
    pub const fn no() -> Self {
        Self { sampled: false, tags: Vec::new() }
    }
}

/// Records every trace.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlwaysOn;

impl Sampler for AlwaysOn {
    fn sample(&self, _: &SamplingInput<'_>) -> Decision {
        Decision::yes()
    }

    fn reads_tags(&self) -> bool {
        false
    }
}

/// Records no trace.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlwaysOff;

impl Sampler for AlwaysOff {
    fn sample(&self, _: &SamplingInput<'_>) -> Decision {
        Decision::no()
    }

    fn reads_tags(&self) -> bool {
        false
    }
}

/// Records a share of the traces, by trace id: the same decision in every service with the same
/// rate, and at a higher rate all of a lower one's traces (OpenTelemetry: `TraceIdRatioBased`).
///
/// The rule is OpenTelemetry's for W3C level 2 trace ids: with `R` the last 56 bits of the id and
/// `T = (1 - rate) * 2^56`, a trace is recorded where `R >= T`. Neither is read from `tracestate`
/// nor written to it.
#[derive(Clone, Copy, Debug)]
pub struct Probabilistic {
    /// Ids with a lower value in their last 56 bits are not sampled.
    threshold: u64,
}

impl Probabilistic {
    /// The random part of a W3C level 2 trace id.
    const RANDOM_BITS: u32 = 56;

    /// A rate from 0 (none) to 1 (all); `None` for anything else.
    #[must_use]
    pub fn new(rate: f64) -> Option<Self> {
        if !(0.0..=1.0).contains(&rate) {
            return None;
        }
        let all = (1u64 << Self::RANDOM_BITS) as f64;
        Some(Self { threshold: ((1.0 - rate) * all).round() as u64 })
    }
}

impl Sampler for Probabilistic {
    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        let random = (input.trace_id.to_u128() as u64) & ((1 << Self::RANDOM_BITS) - 1);
        Decision { sampled: random >= self.threshold, tags: Vec::new() }
    }

    fn reads_tags(&self) -> bool {
        false
    }
}

/// Follows the parent in another process, and asks another sampler for traces that begin here.
#[derive(Clone, Copy, Debug, Default)]
pub struct ParentBased<S>(pub S);

impl<S: Sampler> Sampler for ParentBased<S> {
    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        match input.parent {
            Some(parent) => Decision { sampled: parent.is_sampled(), tags: Vec::new() },
            None => self.0.sample(input),
        }
    }

    fn reads_tags(&self) -> bool {
        self.0.reads_tags()
    }
}

impl<S: Sampler + ?Sized> Sampler for Box<S> {
    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        (**self).sample(input)
    }

    fn reads_tags(&self) -> bool {
        (**self).reads_tags()
    }
}

impl<S: Sampler + ?Sized> Sampler for std::sync::Arc<S> {
    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        (**self).sample(input)
    }

    fn reads_tags(&self) -> bool {
        (**self).reads_tags()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::SpanId;

    fn ask(sampler: &dyn Sampler, trace: u128, parent: Option<bool>) -> bool {
        let trace_id = TraceId::from_u128(trace).unwrap();
        let parent =
            parent.map(|sampled| SpanContext::new(trace_id, SpanId::from_u64(1).unwrap(), sampled));
        let input = SamplingInput {
            parent: parent.as_ref(),
            trace_id,
            name: "n",
            kind: SpanKind::Internal,
            tags: &[],
        };
        sampler.sample(&input).sampled
    }

    #[test]
    fn rates_outside_zero_to_one_are_refused() {
        for rate in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert!(Probabilistic::new(rate).is_none(), "{rate}");
        }
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
    fn parents_decide_over_the_root_sampler() {
        assert!(ask(&ParentBased(AlwaysOff), 1, Some(true)));
        assert!(!ask(&ParentBased(AlwaysOn), 1, Some(false)));
        assert!(ask(&ParentBased(AlwaysOn), 1, None));
    }
}
