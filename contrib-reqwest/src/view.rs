//! What the semantic conventions see of a request.

use std::borrow::Cow;

use reqwest::{Request, Url};
use tracer_core::semconv::http::HttpRequest;

use crate::UrlTemplate;

pub(crate) struct View<'a> {
    pub(crate) request: &'a Request,
    pub(crate) name: Option<Cow<'static, str>>,
    pub(crate) template: Option<UrlTemplate>,
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

    fn template(&self) -> Option<&str> {
        self.template.as_ref().map(|template| &*template.0)
    }

    fn name(&self) -> Option<Cow<'static, str>> {
        self.name.clone()
    }
}
