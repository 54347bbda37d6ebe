//! A sampler's answer, and who gave it.

use crate::semconv;
use crate::value::{Tag, Value};

/// A sampler's answer.
///
/// ```
/// use tracer_core::{Decision, SampledBy, Sampler, SamplerKind, SamplingInput};
///
/// /// Records what has a short name.
/// #[derive(Debug)]
/// struct Short;
///
/// impl Sampler for Short {
///     fn sample(&self, input: &SamplingInput<'_>) -> Decision {
///         Decision::of(input.name.len() < 8).by(SampledBy::new(SamplerKind::Const, 1.0))
///     }
/// }
/// ```
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Decision {
    /// Whether the span is recorded.
    pub sampled: bool,
    /// Tags that tell why; set on the span if it is recorded.
    pub tags: Vec<Tag>,
    /// Who decided; `None` where that is the caller, or nobody to be named. Becomes the tags
    /// `sampler.type` and `sampler.param` of a span that is recorded, on top of the limit of tags
    /// and without a tag being made on the thread that starts it.
    pub by: Option<SampledBy>,
}

/// Which kind of sampler decided, and with which parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampledBy {
    kind: SamplerKind,
    param: f32,
}

/// A kind of sampler, by its name in Jaeger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SamplerKind {
    /// Always the same answer. The parameter is the answer.
    Const,
    /// A share of the traces. The parameter is the share, 0 to 1.
    Probabilistic,
    /// So many traces a second. The parameter says how many.
    RateLimiting,
    /// What an operation records at least, where the probability has said no. The parameter is the
    /// probability.
    LowerBound,
}

impl Decision {
    /// Record it.
    #[must_use]
    pub const fn yes() -> Self {
        Self::of(true)
    }

    /// Do not record it; hand the context on.
    #[must_use]
    pub const fn no() -> Self {
        Self::of(false)
    }

    /// Record it, or not.
    #[must_use]
    pub const fn of(sampled: bool) -> Self {
        Self { sampled, tags: Vec::new(), by: None }
    }

    /// This decision, with who made it.
    #[must_use]
    pub const fn by(mut self, by: SampledBy) -> Self {
        self.by = Some(by);
        self
    }
}

impl SampledBy {
    /// A sampler's kind and parameter. Seven digits of the parameter are kept.
    #[must_use]
    pub const fn new(kind: SamplerKind, param: f64) -> Self {
        Self { kind, param: param as f32 }
    }

    /// The kind.
    #[must_use]
    pub const fn kind(self) -> SamplerKind {
        self.kind
    }

    /// The parameter, as the tag `sampler.param` has it: a truth value for [`SamplerKind::Const`],
    /// else a number, the shortest that stands for what was given.
    #[must_use]
    pub fn param(self) -> Value {
        if self.kind == SamplerKind::Const {
            return Value::Bool(self.param != 0.0);
        }
        // The digits of the `f32`, not its exact value: 0.001 is 0.001 again.
        let digits = self.param.to_string();
        Value::F64(digits.parse().unwrap_or_else(|_| f64::from(self.param)))
    }

    /// As they are kept beside a span on its way to the reporter thread.
    #[inline]
    pub(crate) fn into_parts(by: Option<Self>) -> (Option<SamplerKind>, f32) {
        by.map_or((None, 0.0), |by| (Some(by.kind), by.param))
    }

    pub(crate) fn from_parts(kind: Option<SamplerKind>, param: f32) -> Option<Self> {
        kind.map(|kind| Self { kind, param })
    }

    pub(crate) fn tags(self) -> [Tag; 2] {
        [
            Tag::new(semconv::SAMPLER_TYPE, self.kind.as_str()),
            Tag::new(semconv::SAMPLER_PARAM, self.param()),
        ]
    }
}

impl SamplerKind {
    /// The value of the tag `sampler.type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Const => "const",
            Self::Probabilistic => "probabilistic",
            Self::RateLimiting => "ratelimiting",
            Self::LowerBound => "lowerbound",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_reads_as_it_was_given() {
        for param in [0.001, 0.1, 0.25, 1.0 / 1024.0, 2.0, 1e-6, 12_345.0, 0.333_333, 1e9] {
            let by = SampledBy::new(SamplerKind::Probabilistic, param);
            assert_eq!(by.param(), Value::F64(param), "{param}");
        }
        assert_eq!(SampledBy::new(SamplerKind::Const, 1.0).param(), Value::Bool(true));
        assert_eq!(SampledBy::new(SamplerKind::Const, 0.0).param(), Value::Bool(false));
    }

    #[test]
    fn it_is_small() {
        assert_eq!(size_of::<Option<SampledBy>>(), 8);
        assert_eq!(size_of::<Option<SamplerKind>>(), 1);
    }
}
