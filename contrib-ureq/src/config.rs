//! The middleware's settings, and what the conventions see of a request.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use tracer_core::observe::BorderSettings;
use tracer_core::propagation::Reach;
use tracer_core::semconv::http::HttpRequest;
use tracer_core::{SpanRef, Tracer};
use ureq::Body;
use ureq::http::{Request, Response};

/// What goes out, without its body.
pub(crate) type Sent = Request<()>;
pub(crate) type Decide = Arc<dyn Fn(&Sent) -> bool + Send + Sync>;
pub(crate) type Name = Arc<dyn Fn(&Sent) -> Option<Cow<'static, str>> + Send + Sync>;
pub(crate) type RequestHook = Arc<dyn Fn(&SpanRef, &Sent) + Send + Sync>;
pub(crate) type ResponseHook = Arc<dyn Fn(&SpanRef, &Response<Body>) + Send + Sync>;
pub(crate) type IsError = Arc<dyn Fn(u16) -> bool + Send + Sync>;

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
}

impl Config {
    pub(crate) fn skips(&self, request: &Sent) -> bool {
        self.filter.as_ref().is_some_and(|filter| !filter(request))
    }

    /// What a request may carry of a context: what this middleware allows, and the tracer's lists
    /// of hosts.
    pub(crate) fn reach(&self, tracer: &Tracer, request: &Sent) -> Reach {
        if self.propagation.as_ref().is_none_or(|allowed| allowed(request)) {
            let target = request.uri().authority();
            tracer.reach(target.map_or("", |target| target.as_str()))
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

/// A request as the conventions see it.
pub(crate) struct View<'a> {
    pub(crate) request: &'a Sent,
    pub(crate) name: Option<Cow<'static, str>>,
}

impl HttpRequest for View<'_> {
    fn method(&self) -> &str {
        self.request.method().as_str()
    }

    fn scheme(&self) -> Option<&str> {
        self.request.uri().scheme_str()
    }

    fn authority(&self) -> Option<&str> {
        self.request.uri().authority().map(|authority| authority.as_str())
    }

    fn path(&self) -> &str {
        self.request.uri().path()
    }

    fn query(&self) -> Option<&str> {
        self.request.uri().query()
    }

    fn name(&self) -> Option<Cow<'static, str>> {
        self.name.clone()
    }
}
