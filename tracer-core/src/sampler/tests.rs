//! What the samplers' tests share.

use super::*;
use crate::id::SpanId;

/// Where a parent is, and what it says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller {
    pub(super) remote: bool,
    pub(super) sampled: bool,
}

/// What the sampler says of a trace `n`.
pub(super) fn asked(sampler: &dyn Sampler, trace: u128, caller: Option<Caller>) -> Decision {
    of_name(sampler, "n", trace, caller)
}

pub(super) fn ask(sampler: &dyn Sampler, trace: u128, caller: Option<Caller>) -> bool {
    asked(sampler, trace, caller).sampled
}

pub(super) fn of_name(
    sampler: &dyn Sampler,
    name: &str,
    trace: u128,
    caller: Option<Caller>,
) -> Decision {
    let trace_id = TraceId::from_u128(trace).unwrap();
    let parent = caller.map(|caller| {
        let context = SpanContext::new(trace_id, SpanId::from_u64(1).unwrap(), caller.sampled);
        if caller.remote { context.with_remote() } else { context }
    });
    let kind = SpanKind::Internal;
    sampler.sample(&SamplingInput { parent: parent.as_ref(), trace_id, name, kind, tags: &[] })
}
