//! How a span is described before it starts.

use std::borrow::Cow;
use std::fmt;
use std::mem::ManuallyDrop;
use std::time::SystemTime;

use super::{ActiveSpan, Place, ReferenceKind, Span, SpanKind, SpanRef, start};
use crate::clock::Stamp;
use crate::context::SpanContext;
use crate::record::Link;
use crate::semconv::opentracing;
use crate::tracer::Tracer;
use crate::value::{Tag, Value};
use crate::{ENABLED, current, switch};

/// Describes a span to be started. Without a reference it becomes a child of the current span, or
/// a root where there is none.
#[must_use = "nothing happens before `start`"]
pub struct SpanBuilder<'a> {
    pub(super) tracer: Option<&'a Tracer>,
    pub(super) name: Cow<'static, str>,
    pub(super) kind: SpanKind,
    pub(super) parent: Parent,
    pub(super) start: Option<Stamp>,
    pub(super) tags: Vec<Tag>,
    pub(super) links: Vec<Link>,
}

/// Which span is the parent.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Parent {
    /// The current span, if there is one.
    #[default]
    Current,
    /// None, whatever is current.
    Root,
    /// This one.
    Reference(SpanContext, ReferenceKind),
    /// None: the span is the one of this context.
    Itself(SpanContext),
}

/// Anything that stands for a span.
pub trait ToContext {
    /// Its context; empty where there is none.
    fn to_context(&self) -> SpanContext;
}

impl<'a> SpanBuilder<'a> {
    #[inline]
    pub(crate) const fn new(tracer: Option<&'a Tracer>, name: Cow<'static, str>) -> Self {
        Self {
            tracer,
            name,
            kind: SpanKind::Internal,
            parent: Parent::Current,
            start: None,
            tags: Vec::new(),
            links: Vec::new(),
        }
    }

    /// The part the span plays in a call.
    #[inline]
    pub fn kind(mut self, kind: SpanKind) -> Self {
        self.kind = kind;
        self
    }

    /// A tag that samplers can see. An earlier value under the same key is replaced.
    ///
    /// OpenTracing's `span.kind` is the [kind](Self::kind), which samplers can see too.
    ///
    /// OpenTracing's `sampling.priority` decides: above zero the span is recorded, whatever
    /// samplers say, as far as the [budget](crate::TracerBuilder::forced_sampling) goes, and zero
    /// it is not.
    #[inline]
    pub fn tag(mut self, key: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        if ENABLED {
            let tag = Tag::new(key, value);
            if let Some(kind) = opentracing::kind(&tag) {
                return self.kind(kind);
            }
            if self.tags.capacity() == 0 {
                self.tags = current::scratch();
            }
            self.tags.push(tag);
        }
        self
    }

    /// The span it is a part of. The first one given is the parent, later ones become links.
    /// A context with nothing in it adds no reference.
    #[inline]
    pub fn child_of(self, parent: &(impl ToContext + ?Sized)) -> Self {
        self.reference(parent, ReferenceKind::ChildOf)
    }

    /// A span that caused it and does not wait for it. Becomes the parent where there is no
    /// [`child_of`](Self::child_of), else a link.
    #[inline]
    pub fn follows_from(self, cause: &(impl ToContext + ?Sized)) -> Self {
        self.reference(cause, ReferenceKind::FollowsFrom)
    }

    /// A link to another span (FollowsFrom), never the parent.
    #[inline]
    pub fn link(mut self, context: &(impl ToContext + ?Sized)) -> Self {
        self.push_link(context.to_context(), ReferenceKind::FollowsFrom);
        self
    }

    /// Begins a new trace, whatever is current.
    #[inline]
    pub fn root(mut self) -> Self {
        self.parent = Parent::Root;
        self
    }

    /// The span itself is the one of this context: it has its ids, decision and baggage, and no
    /// parent (Jaeger's client: `SelfRef`). For work that goes on where another process has left
    /// it, or under ids that were given out before. References become links; a context without ids
    /// is a parent like any other.
    ///
    /// ```
    /// # let tracer = tracer_core::Tracer::builder("shop").build();
    /// let ids = tracer.span("order").start().context();
    /// let span = tracer.span("order").continue_as(&ids).start();
    /// assert_eq!(span.context(), ids);
    /// ```
    #[doc(alias = "SelfRef")]
    pub fn continue_as(mut self, context: &(impl ToContext + ?Sized)) -> Self {
        let context = context.to_context();
        if !ENABLED || context.is_empty() {
            return self;
        }
        match std::mem::replace(&mut self.parent, Parent::Itself(context)) {
            Parent::Reference(context, kind) => self.push_link(context, kind),
            Parent::Current | Parent::Root | Parent::Itself(_) => {}
        }
        self
    }

    /// When the work began, if not now.
    #[inline]
    pub fn start_time(mut self, time: SystemTime) -> Self {
        self.start = Some(Stamp::explicit(time));
        self
    }

    /// Starts the span.
    #[inline]
    pub fn start(mut self) -> Span {
        if !ENABLED || self.is_idle() {
            self.spend();
            return Span::noop();
        }
        let live = start::start(&mut self);
        self.spend();
        Span::from_live(live)
    }

    /// Starts the span and makes it current on this thread until the guard is dropped, which ends
    /// it (OpenTracing: `startActiveSpan`). [`Tracer::scope`] is quicker where a name is enough.
    #[doc(alias = "start_active_span")]
    #[inline]
    pub fn start_active(mut self) -> ActiveSpan {
        if !ENABLED || self.is_idle() {
            self.spend();
            return ActiveSpan::new(Place::Nowhere);
        }
        let place = start::start_active(&mut self);
        self.spend();
        ActiveSpan::new(place)
    }

    /// It has done its work. The thread keeps the list's room for the next builder. Of one that has
    /// nothing else to give back, as most have not, nothing is dropped: to have each field looked at
    /// for that takes as long as the start of a span. Compiled out it owns a name at most.
    #[inline(always)]
    fn spend(mut self) {
        if !ENABLED {
            drop(std::mem::take(&mut self.name));
            let _nothing = ManuallyDrop::new(self);
            return;
        }
        if self.tags.capacity() > 0 {
            current::give_back(std::mem::take(&mut self.tags));
        }
        let owns_nothing = self.links.capacity() == 0
            && matches!(self.name, Cow::Borrowed(_))
            && matches!(self.parent, Parent::Current | Parent::Root);
        if owns_nothing {
            let _nothing = ManuallyDrop::new(self);
        }
    }

    /// Whether tracing is off and there is nothing to hand on.
    #[inline]
    fn is_idle(&self) -> bool {
        !switch::is_on() && matches!(self.parent, Parent::Current) && current::is_empty()
    }

    /// OpenTracing's rule: the first ChildOf, else the first reference, is the parent.
    #[inline]
    fn reference(mut self, span: &(impl ToContext + ?Sized), kind: ReferenceKind) -> Self {
        if !ENABLED {
            return self;
        }
        let context = span.to_context();
        if context.is_empty() && !context.is_suppressed() {
            return self;
        }
        match &self.parent {
            Parent::Current | Parent::Root => self.parent = Parent::Reference(context, kind),
            Parent::Reference(_, ReferenceKind::FollowsFrom) if kind == ReferenceKind::ChildOf => {
                let first = std::mem::replace(&mut self.parent, Parent::Reference(context, kind));
                if let Parent::Reference(context, kind) = first {
                    self.links.insert(0, Link { context, kind });
                }
            }
            Parent::Reference(..) | Parent::Itself(_) => self.push_link(context, kind),
        }
        self
    }

    #[inline]
    fn push_link(&mut self, context: SpanContext, kind: ReferenceKind) {
        if ENABLED && context.is_valid() {
            self.links.push(Link { context, kind });
        }
    }
}

impl ToContext for SpanContext {
    #[inline]
    fn to_context(&self) -> SpanContext {
        self.clone()
    }
}

impl ToContext for SpanRef {
    #[inline]
    fn to_context(&self) -> SpanContext {
        self.context()
    }
}

impl ToContext for Span {
    #[inline]
    fn to_context(&self) -> SpanContext {
        self.context()
    }
}

impl<T: ToContext> ToContext for Option<T> {
    #[inline]
    fn to_context(&self) -> SpanContext {
        self.as_ref().map(ToContext::to_context).unwrap_or_default()
    }
}

impl fmt::Debug for SpanBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpanBuilder")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("parent", &self.parent)
            .finish_non_exhaustive()
    }
}
