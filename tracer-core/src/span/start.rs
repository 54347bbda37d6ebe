//! Starting a span: which state holds, who is the parent, who decides.

use std::borrow::Cow;
use std::sync::Arc;

use super::live::{Owned, take_name};
use super::slot::Slot;
use super::{Live, Parent, Place, SpanBuilder, admit};
use crate::clock::{self, Stamp};
use crate::context::{DEBUG, Ext, HELD, RANDOM, RECORDED, SpanContext};
use crate::current::{self, Local, Top};
use crate::id::SpanId;
use crate::record::{REMOTE_PARENT, UNIX_START};
use crate::sampler::SampledBy;
use crate::tracer::{self, Core, Settled};
use crate::{Tracer, sampler, switch};

pub(super) fn start(builder: &mut SpanBuilder<'_>) -> Option<Live> {
    match builder.parent {
        _ if !switch::is_on() => switched_off(builder),
        Parent::Current => under_current(builder),
        // Whatever parent is named: nothing below a filter, or inside a reporter, starts a span.
        _ if current::is_suppressed() => suppressed(builder),
        Parent::Root => root(builder),
        Parent::Reference(..) | Parent::Itself(_) => under_reference(builder),
    }
}

/// Starts an active span that has nothing but a name: a child of the current one if there is one.
pub(crate) fn start_scope(tracer: Option<&Tracer>, name: &'static str) -> Place {
    if switch::is_on() {
        let lean = current::with_local(|local| local.start_lean(tracer, name));
        if let Some(place) = lean.flatten() {
            return place;
        }
    }
    start_other_scope(tracer, name)
}

/// Not in line: a builder takes much of the stack.
#[inline(never)]
fn start_other_scope(tracer: Option<&Tracer>, name: &'static str) -> Place {
    start_active(&mut SpanBuilder::new(tracer, name.into()))
}

/// Starts a span and makes it current.
pub(super) fn start_active(builder: &mut SpanBuilder<'_>) -> Place {
    if let Some(ticket) = lean_root(builder) {
        return Place::At(ticket);
    }
    let mut live = start(builder);
    if live.is_none() {
        return Place::Nowhere;
    }
    let ticket = current::with_local(|local| live.take().map(|live| local.push(live)));
    // On a thread that is being torn down there is no stack: then the span ends here.
    Live::end(live, None);
    ticket.flatten().map_or(Place::Nowhere, Place::At)
}

/// Starts an active root, if it has nothing but a name and a kind and its tracer's sampler has only
/// one answer.
#[inline]
fn lean_root(builder: &SpanBuilder<'_>) -> Option<usize> {
    let Cow::Borrowed(name) = builder.name else { return None };
    let core = builder.tracer?.core();
    let settled = core.settled.filter(|settled| settled.flags & RECORDED != 0)?;
    let is_root = matches!(builder.parent, Parent::Current | Parent::Root);
    let is_told = core.processor.is_some();
    let is_plain = builder.tags.is_empty() && builder.links.is_empty() && builder.start.is_none();
    if !(is_root && is_plain && !is_told && current::is_empty() && switch::is_on() && core.is_on())
    {
        return None;
    }
    current::with_local(|local| local.start_lean_root(core, name, builder.kind, settled)).flatten()
}

/// Hands the parent's context on, whatever it is.
#[cold]
fn switched_off(builder: &mut SpanBuilder<'_>) -> Option<Live> {
    match std::mem::take(&mut builder.parent) {
        Parent::Current => Live::passive(current::current().context()),
        Parent::Root => None,
        Parent::Reference(context, _) | Parent::Itself(context) => Live::passive(context),
    }
}

/// Hands the parent's context on, and that it is to start no span either.
#[cold]
fn suppressed(builder: &mut SpanBuilder<'_>) -> Option<Live> {
    let context = match std::mem::take(&mut builder.parent) {
        Parent::Reference(context, _) | Parent::Itself(context) => context,
        Parent::Current | Parent::Root => SpanContext::EMPTY,
    };
    Live::passive(context.suppressed())
}

/// A child of the current span takes one look at the thread's state.
#[inline]
fn under_current(builder: &mut SpanBuilder<'_>) -> Option<Live> {
    if current::is_empty() {
        return root(builder);
    }
    if admit::priority(&builder.tags).is_some() {
        return judged_child(builder);
    }
    match current::with_local(|local| implicit_child(local, builder)).flatten() {
        Some(span) => Some(span),
        None => judged_child(builder),
    }
}

/// Where a trace begins: one look at the thread's state, if its sampler has only one answer.
#[inline]
fn root(builder: &mut SpanBuilder<'_>) -> Option<Live> {
    if let Some(core) = builder.tracer.map(Tracer::core)
        && let Some(settled) = core.settled
        && core.is_on()
        && admit::priority(&builder.tags).is_none()
    {
        let begun = current::with_local(|local| settled_root(local, builder, core, settled));
        if let Some(span) = begun.flatten() {
            return Some(span);
        }
    }
    with_tracer(builder, SpanContext::EMPTY, decide)
}

#[inline]
fn settled_root(
    local: &mut Local,
    builder: &mut SpanBuilder<'_>,
    core: &Arc<Core>,
    settled: Settled,
) -> Option<Live> {
    let (_, ids, tracers) = local.parts();
    let (trace_id, span_id) = (ids.trace_id(), ids.span_id());
    if settled.flags & RECORDED == 0 {
        return Live::passive(SpanContext::from_parts(trace_id, span_id, settled.flags, None));
    }
    let home = tracers.index(core);
    let mut span = tracers.start(home)?;
    span.slot.begin_words(trace_id.to_words(), span_id.to_u64(), settled.flags);
    furnish(&span.slot, builder, None);
    describe(&mut span, builder, 0, 0);
    span.by = settled.by;
    Some(Live::Owner(span))
}

/// The child of the current span, where its tracer's sampler, or its own priority, may have a word
/// in it.
#[cold]
fn judged_child(builder: &mut SpanBuilder<'_>) -> Option<Live> {
    let current = current::current();
    let slot = current.live.as_ref().and_then(Live::recorded);
    if let (Some(slot), Some(tracer)) = (slot, builder.tracer)
        && !Arc::ptr_eq(&slot.core, tracer.core())
        && !slot.core.keeps
        && tracer.core().keeps
    {
        // Held for a processor, and not until its trace is decided about: a store would wait for that.
        return under_context(builder, current.context().with_held(false));
    }
    match slot.filter(|_| builder.tracer.is_none()) {
        // The parent's tracer, as always: if that is switched off, no other one stands in for it.
        Some(slot) if slot.core.is_on() => decide(builder, &slot.core, current.context()),
        Some(_) => Live::passive(current.context()),
        None => under_context(builder, current.context()),
    }
}

/// The child of the current span, where that decides everything.
#[inline]
fn implicit_child(local: &mut Local, builder: &mut SpanBuilder<'_>) -> Option<Live> {
    let (top, ids, tracers) = local.parts();
    let (home, (trace_id, parent_id, flags), ext) = match top? {
        Top::Lean(parent) => (parent.home, (parent.trace_id, parent.span_id, parent.flags()), None),
        Top::Live(Live::Passive(parent)) => {
            // A child of an unsampled span in this process needs no sampler and no tracer.
            let decided = parent.is_decided() && !sampler::children_are_asked_for();
            let context = decided.then(|| parent.context())?;
            return Live::passive(context.sibling(ids.span_id()));
        }
        Top::Live(parent) => {
            // One that its application wants no trace of has no recorded children either.
            let parent = parent.slot().filter(|slot| slot.is_recorded())?;
            (tracers.index(&parent.core), parent.words(), parent.ext())
        }
    };
    let home = match builder.tracer {
        // What is held is held for its own tracer: another one looks closer.
        Some(tracer) if !tracers.is_at(home, tracer.core()) => {
            (flags & HELD == 0).then(|| tracers.index(tracer.core()))?
        }
        _ => home,
    };
    if tracers.looks_closer(home, flags) {
        return None;
    }
    let mut child = tracers.start(home)?;
    child.slot.begin_words(trace_id, ids.span_id().to_u64(), flags);
    furnish(&child.slot, builder, ext);
    describe(&mut child, builder, parent_id, 0);
    Some(Live::Owner(child))
}

fn under_reference(builder: &mut SpanBuilder<'_>) -> Option<Live> {
    match std::mem::take(&mut builder.parent) {
        Parent::Reference(context, _) => under_context(builder, context),
        Parent::Itself(context) if context.is_suppressed() => Live::passive(context),
        Parent::Itself(context) => with_tracer(builder, context, go_on_as),
        Parent::Current | Parent::Root => None,
    }
}

fn under_context(builder: &mut SpanBuilder<'_>, context: SpanContext) -> Option<Live> {
    if context.is_suppressed() {
        return Live::passive(context);
    }
    with_tracer(builder, context, decide)
}

type Start = fn(&mut SpanBuilder<'_>, &Arc<Core>, SpanContext) -> Option<Live>;

/// Where no tracer is named, whatever parent is, it is that of the current span, if that is recorded: a
/// reference says nothing of a tracer, and whoever makes it here is at work for this one. Spans that
/// are not recorded have none: then it is the global one.
fn with_tracer(builder: &mut SpanBuilder<'_>, context: SpanContext, start: Start) -> Option<Live> {
    let (current, global);
    let core = match builder.tracer {
        Some(tracer) => tracer.core(),
        None => {
            current = current::current();
            match current.live.as_ref().and_then(Live::recorded) {
                Some(slot) => &slot.core,
                None => {
                    global = tracer::global_for_now();
                    match &global {
                        Some(tracer) => tracer.core(),
                        None => return Live::passive(context),
                    }
                }
            }
        }
    };
    if !core.is_on() {
        return Live::passive(context);
    }
    let context = match context.raw() {
        // Taken while tracing was off, which has changed since: now it is worth parsing.
        Some(raw) => core.believe(raw.trust(), raw.extract()),
        None => context,
    };
    start(builder, core, context)
}

/// Children go by their parent; for local roots (no parent, or one in another process) the sampler
/// is asked, and whoever insists.
fn decide(builder: &mut SpanBuilder<'_>, core: &Arc<Core>, context: SpanContext) -> Option<Live> {
    let context = admit::linked(builder, context);
    let (span_id, new_trace_id) = current::ids(|ids| (ids.span_id(), ids.trace_id()));
    let (trace_id, inherited) = match context.trace_id() {
        Some(trace_id) => (trace_id, context.span_flags()),
        // Random all over, as W3C level 2 wants to know.
        None => (new_trace_id, RANDOM),
    };
    let verdict = admit::judge(builder, core, trace_id, &context);
    let flags = (inherited & !(RECORDED | DEBUG)) | verdict.flags;
    let ext = context.ext().and_then(Ext::of_span);
    let own = SpanContext::from_parts(trace_id, span_id, flags, ext);
    begin(builder, core, own, &context, verdict.by)
}

/// A span that is what its context says, ids and decision and all.
fn go_on_as(builder: &mut SpanBuilder<'_>, core: &Arc<Core>, context: SpanContext) -> Option<Live> {
    let Some((trace_id, span_id)) = context.ids().filter(|_| !context.is_linked()) else {
        return decide(builder, core, context);
    };
    let (flags, by) = if context.is_deferred() {
        // Nobody has decided yet.
        let verdict = admit::judge(builder, core, trace_id, &context);
        ((context.span_flags() & !(RECORDED | DEBUG)) | verdict.flags, verdict.by)
    } else {
        (admit::handed_on(core, &admit::paid_for(core, context.clone())), None)
    };
    let ext = context.ext().and_then(Ext::of_span);
    let own = SpanContext::from_parts(trace_id, span_id, flags, ext);
    begin(builder, core, own, &SpanContext::EMPTY, by)
}

/// A span of this context: one that is recorded, or one that only hands it on.
#[inline]
fn begin(
    builder: &mut SpanBuilder<'_>,
    core: &Arc<Core>,
    own: SpanContext,
    parent: &SpanContext,
    by: Option<SampledBy>,
) -> Option<Live> {
    if !own.is_recorded() {
        return Live::passive(own);
    }
    let parent_id = parent.span_id().map_or(0, SpanId::to_u64);
    let remote = if parent.is_remote() && parent_id != 0 { REMOTE_PARENT } else { 0 };
    let mut span = current::start(core);
    let (words, span_id, flags, ext) = own.into_words();
    span.slot.begin_words(words, span_id, flags);
    furnish(&span.slot, builder, ext);
    describe(&mut span, builder, parent_id, remote);
    span.by = by;
    Some(Live::Owner(span))
}

#[inline]
fn describe(own: &mut Owned, builder: &mut SpanBuilder<'_>, parent_id: u64, flags: u8) {
    own.name = take_name(&mut builder.name);
    own.parent_id = parent_id;
    own.kind = builder.kind;
    own.by = None;
    // Last, so that the span's time is its user's.
    let start = builder.start.unwrap_or_else(|| Stamp::Ticks(clock::now()));
    own.start = start.word();
    own.flags = flags | if start.is_unix() { UNIX_START } else { 0 };
}

/// Gives the span what its builder has beside name and kind.
#[inline]
fn furnish(slot: &Slot, builder: &mut SpanBuilder<'_>, ext: Option<Arc<Ext>>) {
    slot.furnish(ext, &mut builder.tags, &mut builder.links);
}
