//! Following the caller.

use std::fmt;
use std::sync::Arc;

use super::{Decision, Sampler, SamplingInput};

/// Follows the parent, and asks another sampler for traces that begin here.
///
/// What a parent stands for can be told in more detail, by OpenTelemetry's four cases: where it is
/// (in another process or in this one) and what was decided. Each follows the parent unless it is
/// given a sampler of its own.
///
/// ```
/// use tracer_core::{AlwaysOff, ParentBased, RateLimiting, SpanContext, SpanId, Tracer, TraceId};
///
/// # fn main() -> Result<(), &'static str> {
/// // Callers that record are followed for ten traces a second; what begins here is not recorded.
/// let sampler = ParentBased::new(AlwaysOff).remote_sampled(RateLimiting::per_second(10.0));
/// let tracer = Tracer::builder("shop").sampler(sampler).build();
///
/// # let trace_id = TraceId::from_u128(1).ok_or("zero")?;
/// # let span_id = SpanId::from_u64(1).ok_or("zero")?;
/// let caller = SpanContext::new(trace_id, span_id, true).with_remote();
/// let recorded = |_: &u32| tracer.span("GET /cart").child_of(&caller).start().is_recording();
/// # if !tracer_core::ENABLED { return Ok(()); }
/// assert_eq!((0..20u32).filter(recorded).count(), 10);
/// assert!(!tracer.span("job").root().start().is_recording());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct ParentBased<S> {
    root: S,
    remote_sampled: Option<Arc<dyn Sampler>>,
    remote_not_sampled: Option<Arc<dyn Sampler>>,
    local_sampled: Option<Arc<dyn Sampler>>,
    local_not_sampled: Option<Arc<dyn Sampler>>,
}

/// What somebody has decided already.
struct Parent {
    remote: bool,
    sampled: bool,
}

impl<S> ParentBased<S> {
    /// Follows every parent; this sampler decides where there is none.
    #[must_use]
    pub const fn new(root: S) -> Self {
        Self {
            root,
            remote_sampled: None,
            remote_not_sampled: None,
            local_sampled: None,
            local_not_sampled: None,
        }
    }

    /// Decides where a caller in another process records the trace. Default: it is recorded here
    /// too.
    #[must_use]
    pub fn remote_sampled(mut self, sampler: impl Sampler + 'static) -> Self {
        self.remote_sampled = Some(Arc::new(sampler));
        self
    }

    /// Decides where a caller in another process does not record the trace. Default: nor is it
    /// here.
    #[must_use]
    pub fn remote_not_sampled(mut self, sampler: impl Sampler + 'static) -> Self {
        self.remote_not_sampled = Some(Arc::new(sampler));
        self
    }

    /// Decides for the children of a recorded span in this process. Default: they are recorded,
    /// without anybody being asked. With it every span of the tracer asks, which costs more.
    #[must_use]
    pub fn local_sampled(mut self, sampler: impl Sampler + 'static) -> Self {
        self.local_sampled = Some(Arc::new(sampler));
        self
    }

    /// Decides for the children of a span in this process that is not recorded. Default: nor are
    /// they, without anybody being asked. With it every span of the tracer asks, which costs more.
    #[must_use]
    pub fn local_not_sampled(mut self, sampler: impl Sampler + 'static) -> Self {
        self.local_not_sampled = Some(Arc::new(sampler));
        self
    }

    /// The samplers for the four cases, as far as they have one, by name.
    fn cases(&self) -> impl Iterator<Item = (&'static str, &Arc<dyn Sampler>)> {
        let cases = [
            ("remote_sampled", &self.remote_sampled),
            ("remote_not_sampled", &self.remote_not_sampled),
            ("local_sampled", &self.local_sampled),
            ("local_not_sampled", &self.local_not_sampled),
        ];
        cases.into_iter().filter_map(|(name, sampler)| Some((name, sampler.as_ref()?)))
    }
}

/// What the parent says; `None` where nobody has decided yet, which is the root sampler's.
fn parent(input: &SamplingInput<'_>) -> Option<Parent> {
    let parent = input.parent.filter(|parent| !parent.is_deferred())?;
    Some(Parent { remote: parent.is_remote(), sampled: parent.is_sampled() })
}

impl<S: Sampler> Sampler for ParentBased<S> {
    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        let Some(parent) = parent(input) else { return self.root.sample(input) };
        let case = match (parent.remote, parent.sampled) {
            (true, true) => &self.remote_sampled,
            (true, false) => &self.remote_not_sampled,
            (false, true) => &self.local_sampled,
            (false, false) => &self.local_not_sampled,
        };
        // Who has decided is not known where the decision is handed through.
        case.as_ref().map_or(Decision::of(parent.sampled), |sampler| sampler.sample(input))
    }

    fn reads_tags(&self) -> bool {
        self.root.reads_tags() || self.cases().any(|(_, sampler)| sampler.reads_tags())
    }

    fn settled(&self) -> Option<Decision> {
        self.root.settled()
    }

    fn samples_children(&self) -> bool {
        self.local_sampled.is_some() || self.local_not_sampled.is_some()
    }
}

impl<S: fmt::Debug> fmt::Debug for ParentBased<S> {
    /// The cases are shown where they are more than following.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.cases().next().is_none() {
            return f.debug_tuple("ParentBased").field(&self.root).finish();
        }
        let mut out = f.debug_struct("ParentBased");
        out.field("root", &self.root);
        for (name, sampler) in self.cases() {
            out.field(name, sampler);
        }
        out.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Caller, ask, asked};
    use super::*;
    use crate::SpanContext;
    use crate::id::{SpanId, TraceId};
    use crate::sampler::{AlwaysOff, AlwaysOn, Probabilistic, RateLimiting};
    use crate::span::SpanKind;

    const CALLERS: [Caller; 4] = [
        Caller { remote: true, sampled: true },
        Caller { remote: true, sampled: false },
        Caller { remote: false, sampled: true },
        Caller { remote: false, sampled: false },
    ];

    #[test]
    fn parents_decide_over_the_root_sampler() {
        for caller in CALLERS {
            assert_eq!(ask(&ParentBased::new(AlwaysOff), 1, Some(caller)), caller.sampled);
            assert_eq!(ask(&ParentBased::new(AlwaysOn), 1, Some(caller)), caller.sampled);
        }
        assert!(ask(&ParentBased::new(AlwaysOn), 1, None));
        assert!(!ask(&ParentBased::new(AlwaysOff), 1, None));
    }

    #[test]
    fn each_case_has_a_sampler_of_its_own() {
        let follow = || ParentBased::new(AlwaysOn);
        let turned = [
            follow().remote_sampled(AlwaysOff),
            follow().remote_not_sampled(AlwaysOn),
            follow().local_sampled(AlwaysOff),
            follow().local_not_sampled(AlwaysOn),
        ];
        for (nth, sampler) in turned.iter().enumerate() {
            for (at, caller) in CALLERS.into_iter().enumerate() {
                let expected = caller.sampled != (at == nth);
                assert_eq!(ask(sampler, 1, Some(caller)), expected, "{sampler:?} {caller:?}");
            }
            assert!(ask(sampler, 1, None));
            assert_eq!(sampler.samples_children(), nth >= 2, "{sampler:?}");
        }
        assert!(!follow().samples_children());
    }

    #[test]
    fn a_caller_who_leaves_it_open_is_no_decision() {
        let trace_id = TraceId::from_u128(1).unwrap();
        let caller = SpanContext::new(trace_id, SpanId::from_u64(1).unwrap(), true).with_remote();
        let input = SamplingInput {
            parent: Some(&caller.with_deferred()),
            trace_id,
            name: "n",
            kind: SpanKind::Server,
            tags: &[],
        };
        for (root, sampled) in
            [(Probabilistic::clamped(0.0), false), (Probabilistic::clamped(1.0), true)]
        {
            let sampler =
                ParentBased::new(root).remote_not_sampled(AlwaysOn).remote_sampled(AlwaysOff);
            let decision = sampler.sample(&input);
            assert_eq!((decision.sampled, decision.by.is_some()), (sampled, true));
        }
        let no_trace = SpanContext::decision(true);
        let input = SamplingInput { parent: Some(&no_trace), ..input };
        assert!(
            ParentBased::new(AlwaysOff).sample(&input).sampled,
            "a decision without ids is one"
        );
    }

    #[test]
    fn a_decision_that_is_handed_through_names_nobody() {
        let sampler = ParentBased::new(AlwaysOn).remote_not_sampled(AlwaysOn);
        let by = CALLERS.map(|caller| asked(&sampler, 1, Some(caller)).by.is_some());
        assert_eq!(by, [false, true, false, false]);
        assert!(asked(&sampler, 1, None).by.is_some());
    }

    #[test]
    fn tags_are_read_where_any_of_its_samplers_does() {
        #[derive(Debug)]
        struct Reads;
        impl Sampler for Reads {
            fn sample(&self, input: &SamplingInput<'_>) -> Decision {
                Decision::of(!input.tags.is_empty())
            }
        }
        assert!(!ParentBased::new(AlwaysOn).remote_sampled(AlwaysOn).reads_tags());
        assert!(ParentBased::new(Reads).reads_tags());
        assert!(ParentBased::new(AlwaysOn).remote_not_sampled(Reads).reads_tags());
    }

    #[test]
    fn it_shows_what_is_out_of_the_ordinary() {
        let sampler = ParentBased::new(AlwaysOn);
        assert_eq!(format!("{sampler:?}"), "ParentBased(AlwaysOn)");
        let sampler = sampler.remote_not_sampled(RateLimiting::per_second(1.0));
        let text = format!("{sampler:?}");
        assert!(
            text.starts_with("ParentBased { root: AlwaysOn, remote_not_sampled: RateLimiting"),
            "{text}"
        );
    }
}
