//! Whether a trace is recorded: who insists, who is believed, and what the sampler says.

use super::{ReferenceKind, SpanBuilder};
use crate::context::{DEBUG, HELD, SAMPLED, SpanContext};
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
    let reason = if context.is_valid() { None } else { context.debug_id() };
    let own = reason.map_or(SpanContext::EMPTY, |id| SpanContext::EMPTY.with_debug_id(id));
    own.with_debug(context.insists()).with_sampled(context.insists())
}

/// What becomes of the span that starts.
pub(super) struct Verdict {
    /// `SAMPLED`, `DEBUG` and `HELD`.
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
    // One trace asks once, for whatever reason.
    let mut answer = None;
    let mut may_force = || *answer.get_or_insert_with(|| core.forced.allows());
    let handed_on = context.span_flags() & (SAMPLED | DEBUG | core.holds);
    let held = if local { handed_on & HELD } else { 0 };
    match priority(&builder.tags) {
        Some(false) => return Verdict::of(0),
        // What is held of the trace above is kept with it.
        Some(true) if may_force() => return Verdict::of(SAMPLED | DEBUG | held),
        Some(true) if local && context.is_sampled() => return Verdict::of(handed_on),
        _ => {}
    }
    if local && !core.asks_for_children {
        return Verdict::of(handed_on);
    }
    if local {
        let verdict = ask(builder, core, trace_id, context);
        let sampled = verdict.flags & SAMPLED != 0;
        // Below a sampled span a processor hears of it, and it is let go at its end. In a store it
        // would wait for a root that is not held; below what nobody is to hear of, nobody does.
        let is_told = !core.keeps && handed_on & SAMPLED != 0;
        let held = if is_told { core.holds } else { held };
        let rest = if sampled { handed_on & DEBUG } else { held };
        return Verdict { flags: verdict.flags | rest, by: None };
    }
    let reason = if context.is_valid() { None } else { context.debug_id() };
    if (reason.is_some() || context.insists()) && may_force() {
        if let Some(id) = reason {
            builder.tags.push(Tag::new(opentracing::JAEGER_DEBUG_ID, id.to_owned()));
        }
        return Verdict::of(SAMPLED | DEBUG);
    }
    let verdict = if context.is_limited() && context.is_sampled() && !may_force() {
        ask(builder, core, trace_id, &context.clone().with_sampled(false))
    } else {
        ask(builder, core, trace_id, context)
    };
    if verdict.flags == 0 { Verdict::of(core.holds) } else { verdict }
}

/// The flags of a span that goes on as this context. That a caller does not record is a head
/// decision like any other.
pub(super) fn handed_on(core: &Core, context: &SpanContext) -> u8 {
    let unsampled_caller = context.is_remote() && !context.is_sampled();
    let flags = context.span_flags() & (!HELD | core.holds);
    if unsampled_caller { flags | core.holds } else { flags }
}

/// A caller's context that a span goes on as: what it forces has to be paid for all the same.
pub(super) fn paid_for(core: &Core, context: SpanContext) -> SpanContext {
    let costs = context.is_remote() && (context.insists() || context.is_limited());
    if !costs || !context.is_sampled() || core.forced.allows() {
        return context;
    }
    let sampled = !context.is_limited();
    context.with_debug(false).with_sampled(sampled)
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
