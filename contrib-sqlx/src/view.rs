//! What the semantic conventions see of a statement.

use std::borrow::Cow;

use tracer_core::semconv::db::{DbCall, Endpoint};

pub(crate) struct View<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) summary: Option<Cow<'static, str>>,
    pub(crate) text: Option<Cow<'static, str>>,
    pub(crate) name: Option<&'static str>,
}

impl DbCall for View<'_> {
    fn endpoint(&self) -> &Endpoint {
        self.endpoint
    }

    fn summary(&self) -> Option<Cow<'static, str>> {
        self.summary.clone()
    }

    fn text(&self) -> Option<Cow<'static, str>> {
        self.text.clone()
    }

    fn name(&self) -> Option<Cow<'static, str>> {
        self.name.map(Cow::Borrowed)
    }
}
