//! The layer and its settings.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use http::{HeaderName, StatusCode};
use tower_layer::Layer;
use tracer_core::observe::Shared;
use tracer_core::{SpanRef, Tracer, Trust};

use crate::config::Config;
use crate::{HttpClient, HttpServer, RequestView, ResponseView, TraceService, captured, protocol};

/// Traces a service: [`ServerLayer`](crate::ServerLayer) what it serves,
/// [`ClientLayer`](crate::ClientLayer) what it sends.
///
/// A clone is one refcount; settings are made before the layer is used.
pub struct TraceLayer<P = HttpServer> {
    config: Shared<Config>,
    protocol: PhantomData<fn() -> P>,
}

impl<P> TraceLayer<P> {
    /// With the global tracer as it is at each request. Traces every request; without a tracer,
    /// none.
    #[must_use]
    pub fn new() -> Self {
        Self { config: Shared::new(Config::default()), protocol: PhantomData }
    }

    /// With this tracer.
    #[must_use]
    pub fn with_tracer(self, tracer: Tracer) -> Self {
        self.with(|config| config.border.tracer = Some(tracer))
    }

    /// Only requests for which this returns true. For the others nothing below starts a span, and
    /// their callers' context is handed on unread.
    #[must_use]
    pub fn with_filter(
        self,
        filter: impl Fn(&RequestView<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.with(|config| config.filter = Some(Arc::new(filter)))
    }

    /// Not these paths, compared as a whole: `/health`, `/metrics`. As
    /// [`with_filter`](Self::with_filter), and next to it.
    #[must_use]
    pub fn skip_paths<I>(self, paths: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Cow<'static, str>>,
    {
        self.with(|config| config.skipped_paths.extend(paths.into_iter().map(Into::into)))
    }

    /// `host:port` of the server, for clients below which it is chosen, and for servers that know
    /// it better than their callers.
    #[must_use]
    pub fn with_server(self, authority: impl Into<Cow<'static, str>>) -> Self {
        self.with(|config| config.server = Some(authority.into()))
    }

    /// Names spans otherwise, where this returns a name. Names group spans: make few of them.
    #[must_use]
    pub fn with_name(
        self,
        name: impl Fn(&RequestView<'_>) -> Option<Cow<'static, str>> + Send + Sync + 'static,
    ) -> Self {
        self.with(|config| config.name = Some(Arc::new(name)))
    }

    /// Called after a recorded span has started, before the request goes on: for more tags.
    #[must_use]
    pub fn on_request(
        self,
        hook: impl Fn(&SpanRef, &RequestView<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.with(|config| config.on_request = Some(Arc::new(hook)))
    }

    /// Called with the response's head, after the tags of the conventions: it can change them.
    #[must_use]
    pub fn on_response(
        self,
        hook: impl Fn(&SpanRef, &ResponseView<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.with(|config| config.on_response = Some(Arc::new(hook)))
    }

    /// Records these headers of requests, which nothing else does: `http.request.header.<name>`, of
    /// gRPC `rpc.request.metadata.<name>`, a list of the lines that are text. Samplers see them. What
    /// is a secret is the caller's of this to know.
    ///
    /// ```
    /// use contrib_tower::ServerLayer;
    /// use http::{HeaderName, header::ACCEPT};
    ///
    /// let layer = ServerLayer::new()
    ///     .with_request_headers([ACCEPT, HeaderName::from_static("x-tenant")]);
    /// # let _: ServerLayer = layer;
    /// ```
    #[must_use]
    pub fn with_request_headers(self, names: impl IntoIterator<Item = HeaderName>) -> Self
    where
        P: protocol::Protocol,
    {
        let [prefix, _] = captured::prefixes(P::KIND);
        self.with(|config| config.request_headers.add(prefix, names))
    }

    /// The same of responses: `http.response.header.<name>`, `rpc.response.metadata.<name>`.
    #[must_use]
    pub fn with_response_headers(self, names: impl IntoIterator<Item = HeaderName>) -> Self
    where
        P: protocol::Protocol,
    {
        let [_, prefix] = captured::prefixes(P::KIND);
        self.with(|config| {
            Arc::make_mut(config.response_headers.get_or_insert_default()).add(prefix, names);
        })
    }

    fn with(self, change: impl FnOnce(&mut Config)) -> Self {
        Self { config: self.config.with(change), ..self }
    }
}

impl<P: protocol::Http> TraceLayer<P> {
    /// Which status codes are failures; without this, on a server 5xx, on a client 4xx as well.
    #[must_use]
    pub fn with_error_status(
        self,
        is_error: impl Fn(StatusCode) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.with(|config| config.is_error = Some(Arc::new(is_error)))
    }

    /// Records the sizes of bodies: the request's as its `Content-Length` says
    /// (`http.request.body.size`), the response's in bytes as they pass here, compressed or not
    /// (`http.response.body.size`). Without this only that of a response that was cut short is
    /// recorded. Where spans end with the head, a response's is not known.
    #[must_use]
    pub fn with_body_sizes(self) -> Self {
        self.with(|config| config.body_sizes = true)
    }
}

impl<P: protocol::Server> TraceLayer<P> {
    /// How far callers are believed, if not as far as by the tracer
    /// ([`TracerBuilder::trust`](tracer_core::TracerBuilder::trust)): for the part of a service
    /// that the whole world can call.
    #[must_use]
    pub fn with_trust(self, trust: Trust) -> Self {
        self.with(|config| config.border.trust = Some(trust))
    }
}

impl<P: protocol::Server + protocol::Http> TraceLayer<P> {
    /// Believes so many proxies in front of the service: what the outermost of them says in
    /// `Forwarded` (RFC 7239), else in `X-Forwarded-For`, `-Host` and `-Proto`, is the caller's
    /// address, the server's and the scheme. Each of them has to add to these headers, or to set them:
    /// else callers choose. Without this none is believed.
    #[must_use]
    pub fn with_trusted_hops(self, hops: usize) -> Self {
        self.with(|config| config.trusted_hops = hops)
    }

    /// Tells callers which trace their request became a part of, by the header `traceresponse`
    /// ([`respond`](tracer_core::propagation::respond)): for those who report an error with the id
    /// of its trace. Not while tracing is off, and not for what a filter takes out.
    #[must_use]
    pub fn with_trace_response(self) -> Self {
        self.with(|config| config.responds = true)
    }
}

impl<P: protocol::Client> TraceLayer<P> {
    /// Only requests for which this returns true carry trace context and baggage; from the others
    /// it is removed, whoever has put it there. The tracer's lists of hosts
    /// ([`propagate_to`](tracer_core::TracerBuilder::propagate_to),
    /// [`baggage_to`](tracer_core::TracerBuilder::baggage_to)) hold next to it, for the host in the
    /// request's target, or else the one of [`with_server`](Self::with_server). Below a layer that
    /// follows redirects both are asked again for each hop.
    #[must_use]
    pub fn with_propagation(
        self,
        allowed: impl Fn(&RequestView<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.with(|config| config.propagation = Some(Arc::new(allowed)))
    }
}

impl TraceLayer<HttpClient> {
    /// Ends spans with the response's head, instead of its body.
    #[must_use]
    pub fn end_on_headers(self) -> Self {
        self.with(|config| config.ends_at_head = true)
    }
}

impl<S, P> Layer<S> for TraceLayer<P> {
    type Service = TraceService<S, P>;

    fn layer(&self, inner: S) -> Self::Service {
        TraceService::new(inner, self.config.clone())
    }
}

impl<P> Clone for TraceLayer<P> {
    fn clone(&self) -> Self {
        Self { config: self.config.clone(), protocol: PhantomData }
    }
}

impl<P> Default for TraceLayer<P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P> fmt::Debug for TraceLayer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TraceLayer").field(&self.config).finish()
    }
}
