//! What is said of one request and no other: extensions of reqwest-middleware.

use std::borrow::Cow;

use http::Extensions;

/// The template of a request's URL, which a client would not know: it names the span, and is its
/// `url.template`.
///
/// ```no_run
/// use contrib_reqwest::UrlTemplate;
///
/// # async fn run(client: reqwest_middleware::ClientWithMiddleware) -> Result<(), reqwest_middleware::Error> {
/// let item = client.get("http://shop.test/items/7").with_extension(UrlTemplate::new("/items/{id}"));
/// item.send().await?; // GET /items/{id}
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlTemplate(pub Cow<'static, str>);

impl UrlTemplate {
    /// Of this form. Templates group spans: make few of them.
    pub fn new(template: impl Into<Cow<'static, str>>) -> Self {
        Self(template.into())
    }
}

/// This request has no span; it hands the current one's context on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Untraced;

/// Which attempt it is, counted from 0, and what was said of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct PerCall {
    pub(crate) attempt: u32,
    pub(crate) template: Option<UrlTemplate>,
    pub(crate) is_untraced: bool,
}

/// How often a request has come past, in what its attempts have in common.
#[derive(Clone, Copy)]
struct Attempts(u32);

impl PerCall {
    /// Counts the attempt.
    pub(crate) fn next(extensions: &mut Extensions) -> Self {
        let attempt = extensions.get::<Attempts>().map_or(0, |before| before.0);
        extensions.insert(Attempts(attempt.saturating_add(1)));
        let template = extensions.get::<UrlTemplate>().cloned();
        Self { attempt, template, is_untraced: extensions.get::<Untraced>().is_some() }
    }
}
