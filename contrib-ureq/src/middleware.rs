//! The middleware.

use std::borrow::Cow;
use std::sync::Arc;

use tracer_core::observe::Shared;
use tracer_core::{SpanRef, Tracer};
use ureq::http::{Request, Response};
use ureq::middleware::{Middleware, MiddlewareNext};
use ureq::{Body, Error, SendBody};

use crate::call::Call;
use crate::config::Config;

/// Gives each call a span. A clone is one refcount; settings are made before it is used.
#[derive(Clone, Debug)]
pub struct TraceMiddleware {
    config: Shared<Config>,
}

impl TraceMiddleware {
    /// With the global tracer as it is at each call. Traces every call; without a tracer, none.
    #[must_use]
    pub fn new() -> Self {
        Self { config: Shared::new(Config::default()) }
    }

    /// With this tracer.
    #[must_use]
    pub fn with_tracer(self, tracer: Tracer) -> Self {
        self.with(|config| config.border.tracer = Some(tracer))
    }

    /// Only calls for which this returns true. The others hand the current span's context on.
    #[must_use]
    pub fn with_filter(
        self,
        filter: impl Fn(&Request<()>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.with(|config| config.filter = Some(Arc::new(filter)))
    }

    /// Only requests for which this returns true carry trace context and baggage; from the others
    /// it is removed, whoever has put it there. The tracer's lists of hosts
    /// ([`propagate_to`](tracer_core::TracerBuilder::propagate_to),
    /// [`baggage_to`](tracer_core::TracerBuilder::baggage_to)) hold next to it. Redirects take along
    /// what the first request was given.
    #[must_use]
    pub fn with_propagation(
        self,
        allowed: impl Fn(&Request<()>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.with(|config| config.propagation = Some(Arc::new(allowed)))
    }

    /// Names spans otherwise, where this returns a name. Names group spans: make few of them.
    #[must_use]
    pub fn with_name(
        self,
        name: impl Fn(&Request<()>) -> Option<Cow<'static, str>> + Send + Sync + 'static,
    ) -> Self {
        self.with(|config| config.name = Some(Arc::new(name)))
    }

    /// Called after a recorded span has started, before the request goes on: for more tags.
    #[must_use]
    pub fn on_request(self, hook: impl Fn(&SpanRef, &Request<()>) + Send + Sync + 'static) -> Self {
        self.with(|config| config.on_request = Some(Arc::new(hook)))
    }

    /// Called with the response's head, after the tags of the conventions: it can change them. Not
    /// with one that ureq turns into an error (`http_status_as_error`, its default).
    #[must_use]
    pub fn on_response(
        self,
        hook: impl Fn(&SpanRef, &Response<Body>) + Send + Sync + 'static,
    ) -> Self {
        self.with(|config| config.on_response = Some(Arc::new(hook)))
    }

    /// Which status codes are failures; without this, 4xx and 5xx.
    #[must_use]
    pub fn with_error_status(self, is_error: impl Fn(u16) -> bool + Send + Sync + 'static) -> Self {
        self.with(|config| config.is_error = Some(Arc::new(is_error)))
    }

    /// Ends spans with the response's head, instead of its body.
    #[must_use]
    pub fn end_on_headers(self) -> Self {
        self.with(|config| config.ends_at_head = true)
    }

    fn with(self, change: impl FnOnce(&mut Config)) -> Self {
        Self { config: self.config.with(change) }
    }
}

impl Default for TraceMiddleware {
    fn default() -> Self {
        Self::new()
    }
}

impl Middleware for TraceMiddleware {
    fn handle(
        &self,
        request: Request<SendBody<'_>>,
        next: MiddlewareNext<'_>,
    ) -> Result<Response<Body>, Error> {
        let (parts, body) = request.into_parts();
        let mut head = Request::from_parts(parts, ());
        let mut call = Call::begin(&self.config, &mut head);
        let request = head.map(|()| body);
        let result = call.observed.run(|| next.handle(request));
        call.on_result(&self.config, result)
    }
}
