//! Who decides whether a trace is recorded.

pub(crate) mod bucket;
mod constant;
mod decision;
mod operations;
mod parent_based;
mod pattern;
mod per_operation;
mod probabilistic;
mod rate_limiting;
mod rules;
#[cfg(test)]
mod tests;
mod updatable;

use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, Ordering};

pub use constant::{AlwaysOff, AlwaysOn};
pub use decision::{Decision, SampledBy, SamplerKind};
pub use operations::OperationSampling;
pub use parent_based::ParentBased;
pub use per_operation::PerOperation;
pub use probabilistic::Probabilistic;
pub use rate_limiting::RateLimiting;
pub use rules::{Rule, Rules};
pub use updatable::Updatable;

use crate::context::SpanContext;
use crate::id::TraceId;
use crate::span::SpanKind;
use crate::value::Tag;

/// Decides for local roots: spans without a parent, or with one in another process. Children
/// inside the process go by their parent.
///
/// | sampler | what it records | `sampler.type` |
/// | --- | --- | --- |
/// | [`AlwaysOn`], [`AlwaysOff`] | everything, nothing | `const` |
/// | [`Probabilistic`] | a share of the traces, the same ones everywhere | `probabilistic` |
/// | [`RateLimiting`] | so many traces a second | `ratelimiting` |
/// | [`PerOperation`] | a share of each operation, and so many a second at least | `probabilistic`, `lowerbound` |
/// | [`ParentBased`] | what the caller records; else what another sampler says | the other's |
/// | [`Rules`] | what the first rule that matches says, by name, route, path, kind, tags | the rule's |
/// | [`Updatable`] | what the sampler says that is in it just now | its |
///
/// A local root that is recorded tells by the tags `sampler.type` and `sampler.param` who decided,
/// unless that was its caller.
pub trait Sampler: Send + Sync + Debug {
    /// Decides.
    fn sample(&self, input: &SamplingInput<'_>) -> Decision;

    /// Whether the decision can depend on [`SamplingInput::tags`]. Where it does not, integrations
    /// make tags for spans alone that are recorded.
    fn reads_tags(&self) -> bool {
        true
    }

    /// Whether it is to be asked for children inside the process too. Looked at once, when the
    /// tracer is built. Default: they go by their parent, and nobody is asked.
    fn samples_children(&self) -> bool {
        false
    }

    /// The answer, where it is the same for every trace that begins here, whatever its name, kind
    /// and tags. Looked at once, when the tracer is built: such traces begin without the sampler
    /// being asked, which is quicker. Default: it is asked for each.
    fn settled(&self) -> Option<Decision> {
        None
    }
}

/// What a sampler may look at.
#[derive(Debug)]
#[non_exhaustive]
pub struct SamplingInput<'a> {
    /// The parent, if there is one: in another process, or with
    /// [`samples_children`](Sampler::samples_children) in this one. It can leave the decision open
    /// ([`SpanContext::is_deferred`]), or know nothing but the decision
    /// ([`SpanContext::is_decision_only`]).
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

/// Whether any tracer of the process has had a sampler that is asked for children: while none has,
/// the children of what is not recorded need not look for their tracer.
static ASKED_FOR_CHILDREN: AtomicBool = AtomicBool::new(false);

/// Whether that a trace is not recorded can cease to hold for what is below it: by such a sampler,
/// or because an application has asked for a trace late. While it cannot, what is below costs
/// next to nothing.
static CAN_CHANGE: AtomicBool = AtomicBool::new(false);

#[inline]
pub(crate) fn decisions_can_change() -> bool {
    CAN_CHANGE.load(Ordering::Relaxed)
}

#[cold]
pub(crate) fn let_decisions_change() {
    CAN_CHANGE.store(true, Ordering::Relaxed);
}

#[inline]
pub(crate) fn children_are_asked_for() -> bool {
    ASKED_FOR_CHILDREN.load(Ordering::Relaxed)
}

/// Whether this sampler is to be asked for children.
pub(crate) fn asks_for_children(sampler: &dyn Sampler) -> bool {
    let asks = sampler.samples_children();
    if asks {
        let_decisions_change();
        ASKED_FOR_CHILDREN.store(true, Ordering::Relaxed);
    }
    asks
}

impl<S: Sampler + ?Sized> Sampler for Box<S> {
    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        (**self).sample(input)
    }

    fn reads_tags(&self) -> bool {
        (**self).reads_tags()
    }

    fn samples_children(&self) -> bool {
        (**self).samples_children()
    }

    fn settled(&self) -> Option<Decision> {
        (**self).settled()
    }
}

impl<S: Sampler + ?Sized> Sampler for std::sync::Arc<S> {
    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        (**self).sample(input)
    }

    fn reads_tags(&self) -> bool {
        (**self).reads_tags()
    }

    fn samples_children(&self) -> bool {
        (**self).samples_children()
    }

    fn settled(&self) -> Option<Decision> {
        (**self).settled()
    }
}
