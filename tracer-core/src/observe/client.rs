//! What every integration of an HTTP client can be told, and what it does before a request goes.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::{BorderSettings, Kind, Observed};
use crate::propagation::{Inject, Reach};
use crate::span::{Span, SpanKind, SpanRef};
use crate::{Tracer, current};

type Decide<Q> = Arc<dyn Fn(&Q) -> bool + Send + Sync>;
type Name<Q> = Arc<dyn Fn(&Q) -> Option<Cow<'static, str>> + Send + Sync>;
type Hook<T> = Arc<dyn Fn(&SpanRef, &T) + Send + Sync>;

/// Settings of an HTTP client's integration, by the library's types: of a request, of an answer, and
/// of its status.
pub struct ClientSettings<Q, A, S> {
    /// The tracer.
    pub border: BorderSettings,
    /// Which requests have a span; without it, all.
    pub filter: Option<Decide<Q>>,
    /// Which requests carry a context; without it, all.
    pub propagation: Option<Decide<Q>>,
    /// The span's name, where this has one.
    pub name: Option<Name<Q>>,
    /// Called with a span that is recorded, before its request goes.
    pub on_request: Option<Hook<Q>>,
    /// Called with the answer's head.
    pub on_response: Option<Hook<A>>,
    /// Which statuses are failures, if that is not as usual.
    pub is_error: Option<Arc<dyn Fn(S) -> bool + Send + Sync>>,
    /// Spans do not wait for the body.
    pub ends_at_head: bool,
    /// Sizes of bodies are recorded.
    pub body_sizes: bool,
}

impl<Q, A, S> ClientSettings<Q, A, S> {
    /// Decides about a request that is about to go, has its span started, and puts the context into
    /// its headers: the span's, or the current one where it has none. `quiet` is one that wants no
    /// span itself; `authority` is where it goes. `start` is given the name that the settings have
    /// for it.
    #[must_use]
    pub fn begin<I: Inject>(
        &self,
        request: &mut Q,
        quiet: bool,
        authority: impl FnOnce(&Q) -> &str,
        headers: impl FnOnce(&mut Q) -> &mut I,
        start: impl FnOnce(&Tracer, &Q, Option<Cow<'static, str>>) -> Span,
    ) -> Observed {
        let Some(tracer) = self.border.tracer() else {
            return Observed::none();
        };
        let current = current::current();
        let context = current.context();
        let quiet = quiet || !tracer.is_enabled() || current.is_suppressed();
        let span = if quiet || self.filter.as_ref().is_some_and(|filter| !filter(request)) {
            None
        } else if tracer.has_decided_against(&context) {
            // Its parent's decision holds, so no tag is worth its making.
            Some(tracer.span("").kind(SpanKind::Client).start())
        } else {
            let name = self.name.as_ref().and_then(|name| name(request));
            Some(start(&tracer, request, name))
        };
        let observed =
            span.map_or_else(Observed::none, |span| Observed::new(Kind::HttpClient, span, ()));
        if let Some(hook) = self.on_request.as_ref().filter(|_| observed.is_recording()) {
            hook(observed.span(), request);
        }
        let context = if observed.is_none() { context } else { observed.span().context() };
        let reach = self.reach(&tracer, request, authority);
        tracer.inject_within(reach, &context, headers(request));
        observed
    }

    /// What a request may carry: what these settings allow, and the tracer's lists of hosts.
    fn reach(&self, tracer: &Tracer, request: &Q, authority: impl FnOnce(&Q) -> &str) -> Reach {
        if self.propagation.as_ref().is_none_or(|allowed| allowed(request)) {
            tracer.reach(authority(request))
        } else {
            Reach::NONE
        }
    }
}

// Not derived: that would ask the same of the library's types.
impl<Q, A, S> Clone for ClientSettings<Q, A, S> {
    fn clone(&self) -> Self {
        Self {
            border: self.border.clone(),
            filter: self.filter.clone(),
            propagation: self.propagation.clone(),
            name: self.name.clone(),
            on_request: self.on_request.clone(),
            on_response: self.on_response.clone(),
            is_error: self.is_error.clone(),
            ends_at_head: self.ends_at_head,
            body_sizes: self.body_sizes,
        }
    }
}

impl<Q, A, S> Default for ClientSettings<Q, A, S> {
    fn default() -> Self {
        Self {
            border: BorderSettings::default(),
            filter: None,
            propagation: None,
            name: None,
            on_request: None,
            on_response: None,
            is_error: None,
            ends_at_head: false,
            body_sizes: false,
        }
    }
}

impl<Q, A, S> fmt::Debug for ClientSettings<Q, A, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSettings")
            .field("border", &self.border)
            .field("ends_at_head", &self.ends_at_head)
            .field("body_sizes", &self.body_sizes)
            .finish_non_exhaustive()
    }
}
