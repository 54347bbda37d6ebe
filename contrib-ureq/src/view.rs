//! What the semantic conventions see of a request.

use std::borrow::Cow;

use tracer_core::semconv::http::HttpRequest;

use crate::config::Sent;

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
