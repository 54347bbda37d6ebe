//! A layer's settings.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use tracer_core::observe::BorderSettings;
use tracer_core::propagation::Reach;
use tracer_core::{SpanRef, Tracer};

use crate::captured::Captured;
use crate::{RequestView, ResponseView};

pub(crate) type Filter = Arc<dyn Fn(&RequestView<'_>) -> bool + Send + Sync>;
pub(crate) type Name = Arc<dyn Fn(&RequestView<'_>) -> Option<Cow<'static, str>> + Send + Sync>;
pub(crate) type RequestHook = Arc<dyn Fn(&SpanRef, &RequestView<'_>) + Send + Sync>;
pub(crate) type IsError = Arc<dyn Fn(StatusCode) -> bool + Send + Sync>;
pub(crate) type ResponseHook = Arc<dyn Fn(&SpanRef, &ResponseView<'_>) + Send + Sync>;

#[derive(Clone, Default)]
pub(crate) struct Config {
    pub(crate) border: BorderSettings,
    pub(crate) filter: Option<Filter>,
    pub(crate) propagation: Option<Filter>,
    pub(crate) skipped_paths: Vec<Cow<'static, str>>,
    pub(crate) name: Option<Name>,
    pub(crate) on_request: Option<RequestHook>,
    pub(crate) on_response: Option<ResponseHook>,
    pub(crate) is_error: Option<IsError>,
    pub(crate) ends_at_head: bool,
    /// Where requests go that don't say so themselves.
    pub(crate) server: Option<Cow<'static, str>>,
    pub(crate) request_headers: Captured,
    /// Shared with open spans, if there are any.
    pub(crate) response_headers: Option<Arc<Captured>>,
    /// Proxies in front of the service that are believed.
    pub(crate) trusted_hops: usize,
    /// Callers are told of the span.
    pub(crate) responds: bool,
    /// Sizes of bodies are recorded.
    pub(crate) body_sizes: bool,
}

impl Config {
    /// What a request may carry of a context: what this layer allows, and the tracer's lists of
    /// hosts. A `Host` header is not where a request goes.
    pub(crate) fn reach(&self, tracer: &Tracer, request: &RequestView<'_>) -> Reach {
        if !self.propagation.as_ref().is_none_or(|allowed| allowed(request)) {
            return Reach::NONE;
        }
        let target = request.uri().authority().map(http::uri::Authority::as_str);
        tracer.reach(target.or(self.server.as_deref()).unwrap_or_default())
    }

    /// Whether a request is to have no span.
    pub(crate) fn skips(&self, request: &RequestView<'_>) -> bool {
        self.skipped_paths.iter().any(|path| path == request.uri().path())
            || self.filter.as_ref().is_some_and(|filter| !filter(request))
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("border", &self.border)
            .field("skipped_paths", &self.skipped_paths)
            .field("ends_at_head", &self.ends_at_head)
            .finish_non_exhaustive()
    }
}
