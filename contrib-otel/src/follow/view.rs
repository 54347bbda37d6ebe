//! What the kit makes of a `Context`, kept in it.

use std::any::Any;
use std::sync::Arc;

use opentelemetry::Context;
use opentelemetry::context::ObserverContextView;
use tracer_core::{Baggage, SpanRef, current, is_suppressed};

use crate::known::{Named, baggage, merge};
use crate::span_of;

/// A `Context` as the kit sees it.
#[derive(Debug)]
pub(super) struct View {
    /// What it stands for.
    span: SpanRef,
    /// Whether it has a span, or a caller.
    names: bool,
    /// Its baggage, if any was ever set.
    baggage: Option<Baggage>,
    suppressed: bool,
}

impl ObserverContextView for View {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl View {
    pub(super) fn of(cx: &Context) -> Self {
        Self {
            span: span_of(cx),
            names: Named::by(cx).is_some(),
            baggage: baggage(cx),
            suppressed: cx.is_telemetry_suppressed(),
        }
    }

    /// That of a `Context`: the one kept in it, or where it was made before the kit followed, one that
    /// is made now.
    pub(super) fn look(cx: &Context) -> Seen<'_> {
        let kept = cx.observer_view().as_ref().and_then(|view| {
            let view: &Arc<dyn ObserverContextView> = view;
            Some((view, view.as_any().downcast_ref::<Self>()?))
        });
        match kept {
            Some((kept, view)) => Seen::Kept(kept, view),
            None => Seen::Made(Box::new(Self::of(cx))),
        }
    }

    /// What is to be entered where this becomes current after `from`. `None` where that says nothing
    /// new: then what the kit has entered itself meanwhile stays on top.
    pub(super) fn enters(&self, from: &Self) -> Option<SpanRef> {
        if is_suppressed() && !from.suppressed {
            // The kit's own doing, below a filter or inside of a reporter: nobody else undoes that.
            return None;
        }
        if self.suppressed || from.suppressed {
            let both = self.suppressed && from.suppressed;
            return (!both).then(|| self.span_or_none());
        }
        match (self.names, from.names) {
            (true, true) if self.is_same(from) => self.rebagged(from),
            (false, false) => self.rebagged(from),
            _ => Some(self.span_or_none()),
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        let (own, other) = (self.span.context(), other.span.context());
        own.is_valid() && (own.trace_id(), own.span_id()) == (other.trace_id(), other.span_id())
    }

    /// What it stands for, also where that is no span at all.
    fn span_or_none(&self) -> SpanRef {
        if self.span.is_noop() { SpanRef::detached() } else { self.span.clone() }
    }

    /// What is current, with the baggage that has changed.
    fn rebagged(&self, from: &Self) -> Option<SpanRef> {
        if self.baggage == from.baggage {
            return None;
        }
        let span = current();
        let (own, seen) = (span.baggage(), from.baggage.clone().unwrap_or_default());
        let merged = merge(self.baggage.clone().unwrap_or_default(), &own, &seen);
        (merged != own).then(|| span.with_baggage(merged))
    }
}

/// The view of a `Context`.
pub(super) enum Seen<'a> {
    /// Kept in it.
    Kept(&'a Arc<dyn ObserverContextView>, &'a View),
    /// It has none.
    Made(Box<View>),
}

impl Seen<'_> {
    pub(super) fn view(&self) -> &View {
        match self {
            Self::Kept(_, view) => view,
            Self::Made(view) => view,
        }
    }

    pub(super) fn kept(&self) -> Option<&Arc<dyn ObserverContextView>> {
        match self {
            Self::Kept(kept, _) => Some(kept),
            Self::Made(_) => None,
        }
    }
}
