//! A layer's settings.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use tracer_core::{SpanRef, Tracer};

use crate::{RequestView, ResponseView};

pub(crate) type Filter = Arc<dyn Fn(&RequestView<'_>) -> bool + Send + Sync>;
pub(crate) type Name = Arc<dyn Fn(&RequestView<'_>) -> Option<Cow<'static, str>> + Send + Sync>;
pub(crate) type RequestHook = Arc<dyn Fn(&SpanRef, &RequestView<'_>) + Send + Sync>;
pub(crate) type IsError = Arc<dyn Fn(StatusCode) -> bool + Send + Sync>;
pub(crate) type ResponseHook = Arc<dyn Fn(&SpanRef, &ResponseView<'_>) + Send + Sync>;

#[derive(Clone, Default)]
pub(crate) struct Config {
    tracer: Option<Tracer>,
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
}

impl Config {
    pub(crate) fn set_tracer(&mut self, tracer: Tracer) {
        self.tracer = Some(tracer);
    }

    /// The layer's own tracer, else the global one as it is now.
    pub(crate) fn tracer(&self) -> Option<Cow<'_, Tracer>> {
        match &self.tracer {
            Some(tracer) => Some(Cow::Borrowed(tracer)),
            None => tracer_core::global().map(Cow::Owned),
        }
    }

    /// Whether a request may carry a context.
    pub(crate) fn propagates(&self, request: &RequestView<'_>) -> bool {
        self.propagation.as_ref().is_none_or(|allowed| allowed(request))
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
            .field("tracer", &self.tracer)
            .field("skipped_paths", &self.skipped_paths)
            .field("ends_at_head", &self.ends_at_head)
            .finish_non_exhaustive()
    }
}
