//! The middleware.

use std::borrow::Cow;
use std::sync::Arc;

use http::Extensions;
use reqwest::{Client, Request, Response, StatusCode};
use reqwest_middleware::{Error, Middleware, Next};
use tracer_core::observe::Shared;
use tracer_core::semconv::{self, failure};
use tracer_core::{SpanRef, Tracer};

use crate::config::Config;
use crate::per_call::PerCall;
use crate::{call, error};

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
    pub fn with_filter(self, filter: impl Fn(&Request) -> bool + Send + Sync + 'static) -> Self {
        self.with(|config| config.filter = Some(Arc::new(filter)))
    }

    /// Only requests for which this returns true carry trace context and baggage; from the others
    /// it is removed, whoever has put it there. The tracer's lists of hosts
    /// ([`propagate_to`](tracer_core::TracerBuilder::propagate_to),
    /// [`baggage_to`](tracer_core::TracerBuilder::baggage_to)) hold next to it. Redirects that
    /// reqwest follows itself take along what the first request was given:
    /// [`FollowRedirects`](crate::FollowRedirects) has each hop decided anew.
    #[must_use]
    pub fn with_propagation(
        self,
        allowed: impl Fn(&Request) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.with(|config| config.propagation = Some(Arc::new(allowed)))
    }

    /// Names spans otherwise, where this returns a name. Names group spans: make few of them.
    #[must_use]
    pub fn with_name(
        self,
        name: impl Fn(&Request) -> Option<Cow<'static, str>> + Send + Sync + 'static,
    ) -> Self {
        self.with(|config| config.name = Some(Arc::new(name)))
    }

    /// Called after a recorded span has started, before the request goes on: for more tags.
    #[must_use]
    pub fn on_request(self, hook: impl Fn(&SpanRef, &Request) + Send + Sync + 'static) -> Self {
        self.with(|config| config.on_request = Some(Arc::new(hook)))
    }

    /// Called with the response's head, after the tags of the conventions: it can change them.
    #[must_use]
    pub fn on_response(self, hook: impl Fn(&SpanRef, &Response) + Send + Sync + 'static) -> Self {
        self.with(|config| config.on_response = Some(Arc::new(hook)))
    }

    /// Which status codes are failures; without this, 4xx and 5xx.
    #[must_use]
    pub fn with_error_status(
        self,
        is_error: impl Fn(StatusCode) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.with(|config| config.is_error = Some(Arc::new(is_error)))
    }

    /// Records the sizes of bodies: the request's, where it is no stream
    /// (`http.request.body.size`), the response's in bytes as the program reads them
    /// (`http.response.body.size`). Where reqwest decompresses it, that is not what went over the
    /// wire, which the conventions would have and nobody above reqwest can see. Without this only
    /// the size of a response that was cut short is recorded. Where spans end with the head, a
    /// response's is not known.
    #[must_use]
    pub fn with_body_sizes(self) -> Self {
        self.with(|config| config.body_sizes = true)
    }

    /// Ends spans with the response's head, instead of its body.
    #[must_use]
    pub fn end_on_headers(self) -> Self {
        self.with(|config| config.ends_at_head = true)
    }

    /// Makes one call of a client that has no middleware.
    ///
    /// # Errors
    /// Those of [`Client::execute`].
    pub async fn execute(
        &self,
        client: &Client,
        mut request: Request,
    ) -> reqwest::Result<Response> {
        let mut sent = call::begin(&self.config, &mut request, PerCall::default());
        let (result, observed) = sent.observed.take().drive(client.execute(request)).await;
        sent.observed = observed;
        match result {
            Ok(response) => Ok(sent.on_response(&self.config, response)),
            Err(error) => {
                sent.on_error(error::kind(&error), &error);
                Err(error)
            }
        }
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

#[async_trait::async_trait]
impl Middleware for TraceMiddleware {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        let mut sent = call::begin(&self.config, &mut request, PerCall::next(extensions));
        let next = next.run(request, extensions);
        let (result, observed) = sent.observed.take().drive(next).await;
        sent.observed = observed;
        match result {
            Ok(response) => Ok(sent.on_response(&self.config, response)),
            Err(error) => {
                sent.on_error(kind(&error), &error);
                Err(error)
            }
        }
    }
}

fn kind(error: &Error) -> &'static str {
    match error {
        Error::Reqwest(error) => error::kind(error),
        Error::Middleware(_) => failure::io_kind(error).unwrap_or(semconv::OTHER),
    }
}
