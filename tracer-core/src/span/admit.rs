//! Whether a trace is recorded: who insists, who is believed, and what the sampler says.

use super::{ReferenceKind, SpanBuilder};
use crate::context::{DEBUG, SAMPLED, SpanContext};
use crate::id::TraceId;
use crate::record::Link;
use crate::sampler::{SampledBy, SamplingInput};
use crate::semconv::opentracing;
use crate::tracer::Core;
use crate::value::Tag;

/// A caller who is not followed becomes a link of the span, and leaves nothing else behind but the
/// id for which a trace is wanted.
pub(super) fn linked(builder: &mut SpanBuilder<'_>, context: SpanContext) -> SpanContext {
    if !context.is_linked() {
        return context;
    }
    if let Some((trace_id, span_id)) = context.ids() {
        let caller = SpanContext::new(trace_id, span_id, context.is_sampled()).with_remote();
        builder.links.insert(0, Link { context: caller, kind: ReferenceKind::FollowsFrom });
    }
    let insists = if context.is_valid() { None } else { context.debug_id() };
    let debug = context.is_debug() && context.is_sampled();
    insists.map_or(SpanContext::EMPTY, |id| SpanContext::EMPTY.with_debug_id(id)).with_debug(debug)
}

/// What becomes of the span that starts.
pub(super) struct Verdict {
    /// `SAMPLED` and `DEBUG`.
    pub(super) flags: u8,
    /// The sampler that said yes, if it was one.
    pub(super) by: Option<SampledBy>,
}

impl Verdict {
    const fn of(flags: u8) -> Self {
        Self { flags, by: None }
    }
}

pub(super) fn judge(
    builder: &mut SpanBuilder<'_>,
    core: &Core,
    trace_id: TraceId,
    context: &SpanContext,
) -> Verdict {
    let local = context.is_valid() && !context.is_remote();
    match priority(&builder.tags) {
        Some(false) => return Verdict::of(0),
        Some(true) if local && context.is_sampled() => {}
        Some(true) if core.forced.allows() => return Verdict::of(SAMPLED | DEBUG),
        _ => {}
    }
    if local {
        return if core.asks_for_children {
            let debug = context.span_flags() & DEBUG;
            let verdict = ask(builder, core, trace_id, context);
            Verdict { flags: verdict.flags | debug, by: None }
        } else {
            Verdict::of(context.span_flags() & (SAMPLED | DEBUG))
        };
    }
    let insists = if context.is_valid() { None } else { context.debug_id() };
    if (insists.is_some() || context.is_debug()) && core.forced.allows() {
        if let Some(id) = insists {
            builder.tags.push(Tag::new(opentracing::JAEGER_DEBUG_ID, id.to_owned()));
        }
        return Verdict::of(SAMPLED | DEBUG);
    }
    if context.is_limited() && context.is_sampled() && !core.forced.allows() {
        ask(builder, core, trace_id, &context.clone().with_sampled(false))
    } else {
        ask(builder, core, trace_id, context)
    }
}

/// What OpenTracing's tag says before the start: that this is to be recorded, or that it is not.
pub(super) fn priority(tags: &[Tag]) -> Option<bool> {
    let tag = tags.iter().rfind(|tag| tag.key == opentracing::SAMPLING_PRIORITY)?;
    opentracing::priority(tag)
}

fn ask(
    builder: &mut SpanBuilder<'_>,
    core: &Core,
    trace_id: TraceId,
    context: &SpanContext,
) -> Verdict {
    let decides = context.is_valid() || context.is_decision_only();
    let decision = core.sampler.sample(&SamplingInput {
        parent: decides.then_some(context),
        trace_id,
        name: &builder.name,
        kind: builder.kind,
        tags: &builder.tags,
    });
    if !decision.sampled {
        return Verdict::of(0);
    }
    builder.tags.extend(decision.tags);
    Verdict { flags: SAMPLED, by: decision.by }
}
