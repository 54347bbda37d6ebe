//! Starting a span: which state holds, who is the parent, who decides.

use std::borrow::Cow;
use std::sync::Arc;

use super::slot::{Ids, Start};
use super::{Live, Parent, REMOTE_PARENT, Span, SpanBuilder};
use crate::clock::{self, Stamp};
use crate::context::{Ext, SpanContext};
use crate::current;
use crate::id::TraceId;
use crate::sampler::SamplingInput;
use crate::tracer::{self, Core};
use crate::{Tracer, switch};

/// W3C level 2: the trace ids made here are random all over.
const RANDOM: u8 = 2;
const SAMPLED: u8 = 1;

#[inline]
pub(super) fn start(builder: SpanBuilder<'_>) -> Span {
    if !switch::is_on() {
        return switched_off(builder.parent);
    }
    match builder.parent {
        Parent::Current => under_current(builder),
        Parent::Root => with_tracer(builder, SpanContext::EMPTY),
        Parent::Reference(..) => under_reference(builder),
    }
}

/// Hands the parent's context on, whatever it is.
#[cold]
fn switched_off(parent: Parent) -> Span {
    match parent {
        Parent::Current => Span::passive(current::current().context()),
        Parent::Root => Span::noop(),
        Parent::Reference(context, _) => Span::passive(context),
    }
}

/// The hot path: a child of the current span takes one look at the thread's state.
#[inline]
fn under_current(mut builder: SpanBuilder<'_>) -> Span {
    let mut child = None;
    let mut context = SpanContext::EMPTY;
    current::with_local(|local| match local.top() {
        None => {}
        Some(Live::Passive(passive)) => context = passive.context(),
        Some(Live::Recording(parent)) => {
            let parent = Arc::clone(parent);
            let core = builder.tracer.map_or(&parent.core, Tracer::core);
            if !core.is_on() {
                context = parent.context();
                return;
            }
            let Ids {
                trace_id,
                span_id,
                flags,
                ..
            } = *parent.ids();
            let ids = Ids {
                trace_id,
                span_id: local.ids().span_id(),
                parent_id: span_id.to_u64(),
                flags: flags & !REMOTE_PARENT,
            };
            let mut start = describe(&mut builder, ids, parent.ext());
            child = Some(local.start(core, &mut start));
        }
    });
    match child {
        Some(slot) => Span::from_live(Some(Live::Recording(slot))),
        None => under_context(builder, context),
    }
}

fn under_reference(mut builder: SpanBuilder<'_>) -> Span {
    let parent = std::mem::take(&mut builder.parent);
    let Parent::Reference(context, _) = parent else {
        return Span::noop();
    };
    under_context(builder, context)
}

fn under_context(builder: SpanBuilder<'_>, context: SpanContext) -> Span {
    if context.is_suppressed() {
        return Span::passive(context);
    }
    match context.raw() {
        // Taken while tracing was off, which has changed since: now it is worth parsing.
        Some(raw) => {
            let parsed = raw.parse().unwrap_or_default();
            with_tracer(builder, parsed)
        }
        None => with_tracer(builder, context),
    }
}

fn with_tracer(builder: SpanBuilder<'_>, context: SpanContext) -> Span {
    match builder.tracer {
        Some(tracer) => decide(builder, tracer.core(), context),
        None => match tracer::global() {
            Some(tracer) => decide(builder, tracer.core(), context),
            None => Span::passive(context),
        },
    }
}

/// Children go by their parent; local roots (no parent, or one in another process) ask the sampler.
fn decide(mut builder: SpanBuilder<'_>, core: &Arc<Core>, context: SpanContext) -> Span {
    if !core.is_on() {
        return Span::passive(context);
    }
    let parent = context.ids();
    let (trace_id, inherited) = match parent {
        Some((trace_id, _)) => (trace_id, context.trace_flags()),
        None => (current::ids(|ids| ids.trace_id()), RANDOM),
    };
    let sampled = match parent {
        Some(_) if !context.is_remote() => context.is_sampled(),
        _ => ask(&mut builder, core, trace_id, &context),
    };
    let flags = (inherited & !SAMPLED) | u8::from(sampled);
    let span_id = current::ids(|ids| ids.span_id());
    if !sampled {
        current::give_back(std::mem::take(&mut builder.tags));
        return Span::passive(SpanContext::from_parts(
            trace_id,
            span_id,
            flags,
            context.ext().cloned(),
        ));
    }
    let remote = if context.is_remote() && parent.is_some() {
        REMOTE_PARENT
    } else {
        0
    };
    let ids = Ids {
        trace_id,
        span_id,
        parent_id: parent.map_or(0, |(_, span_id)| span_id.to_u64()),
        flags: flags | remote,
    };
    let start = describe(&mut builder, ids, context.ext().cloned());
    Span::from_live(Some(Live::Recording(current::start(core, start))))
}

fn ask(
    builder: &mut SpanBuilder<'_>,
    core: &Arc<Core>,
    trace_id: TraceId,
    context: &SpanContext,
) -> bool {
    let decision = core.sampler.sample(&SamplingInput {
        parent: context.is_valid().then_some(context),
        trace_id,
        name: &builder.name,
        kind: builder.kind,
        tags: &builder.tags,
    });
    builder.tags.extend(decision.tags);
    decision.sampled
}

#[inline]
fn describe(builder: &mut SpanBuilder<'_>, ids: Ids, ext: Option<Arc<Ext>>) -> Start {
    Start {
        ids,
        name: std::mem::replace(&mut builder.name, Cow::Borrowed("")),
        kind: builder.kind,
        start: builder.start.unwrap_or_else(|| Stamp::Ticks(clock::now())),
        ext,
        tags: std::mem::take(&mut builder.tags),
        links: std::mem::take(&mut builder.links),
    }
}
