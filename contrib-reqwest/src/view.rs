//! What the semantic conventions see of a request.

use std::borrow::Cow;

use reqwest::{Request, Url};
use tracer_core::semconv::http::HttpRequest;

pub(crate) struct View<'a> {
    pub(crate) request: &'a Request,
    pub(crate) name: Option<Cow<'static, str>>,
}

impl View<'_> {
    fn url(&self) -> &Url {
        self.request.url()
    }
}

impl HttpRequest for View<'_> {
    fn method(&self) -> &str {
        self.request.method().as_str()
    }

    fn scheme(&self) -> Option<&str> {
        Some(self.url().scheme())
    }

    fn authority(&self) -> Option<&str> {
        Some(self.url().authority())
    }

    fn path(&self) -> &str {
        self.url().path()
    }

    fn query(&self) -> Option<&str> {
        self.url().query()
    }

    fn name(&self) -> Option<Cow<'static, str>> {
        self.name.clone()
    }
}
