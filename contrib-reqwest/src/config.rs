//! The middleware's settings.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use reqwest::{Request, Response, StatusCode};
use tracer_core::observe::BorderSettings;
use tracer_core::propagation::Reach;
use tracer_core::{SpanRef, Tracer};

pub(crate) type Decide = Arc<dyn Fn(&Request) -> bool + Send + Sync>;
pub(crate) type Name = Arc<dyn Fn(&Request) -> Option<Cow<'static, str>> + Send + Sync>;
pub(crate) type RequestHook = Arc<dyn Fn(&SpanRef, &Request) + Send + Sync>;
pub(crate) type IsError = Arc<dyn Fn(StatusCode) -> bool + Send + Sync>;
pub(crate) type ResponseHook = Arc<dyn Fn(&SpanRef, &Response) + Send + Sync>;

#[derive(Clone, Default)]
pub(crate) struct Config {
    pub(crate) border: BorderSettings,
    pub(crate) filter: Option<Decide>,
    pub(crate) propagation: Option<Decide>,
    pub(crate) name: Option<Name>,
    pub(crate) on_request: Option<RequestHook>,
    pub(crate) on_response: Option<ResponseHook>,
    pub(crate) is_error: Option<IsError>,
    pub(crate) ends_at_head: bool,
    pub(crate) body_sizes: bool,
}

impl Config {
    pub(crate) fn skips(&self, request: &Request) -> bool {
        self.filter.as_ref().is_some_and(|filter| !filter(request))
    }

    /// What a request may carry of a context: what this middleware allows, and the tracer's lists
    /// of hosts.
    pub(crate) fn reach(&self, tracer: &Tracer, request: &Request) -> Reach {
        if self.propagation.as_ref().is_none_or(|allowed| allowed(request)) {
            tracer.reach(request.url().authority())
        } else {
            Reach::NONE
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("border", &self.border)
            .field("ends_at_head", &self.ends_at_head)
            .finish_non_exhaustive()
    }
}
