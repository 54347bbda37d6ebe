//! A request that is sent (conventions: HTTP client span).

use std::borrow::Cow;
use std::net::SocketAddr;

use super::http::{self, HttpRequest};
use super::{authority, failure, furnish, interned, names, redact};
use crate::span::{Span, SpanKind, SpanRef};
use crate::{SpanContext, Tag, Tracer};

/// Starts the span of one attempt to send a request, below `parent` or, where that is empty, below
/// the current span. Named `{method} {template}`, or after the method alone where the caller has not
/// told the URL's template: a client would not know it.
pub fn start(tracer: &Tracer, request: &impl HttpRequest, parent: &SpanContext) -> Span {
    let original = request.method();
    let (method, word) = http::method_and_word(original);
    let (mut name, template) = match request.template() {
        Some(template) => {
            let (name, _, template) = interned::name(word, template);
            (name, Some(template))
        }
        None => (Cow::Borrowed(word), None),
    };
    if let Some(own) = request.name() {
        name = own;
    }
    let builder = tracer.span(name).kind(SpanKind::Client).child_of(parent);
    furnish::start(tracer, builder, |tags| {
        http::tag_method(tags, method, original);
        if let Some(template) = template {
            tags.push(Tag::new(names::URL_TEMPLATE, template));
        }
        if let Some(full) = full_url(request) {
            tags.push(Tag::new(names::URL_FULL, full));
        }
        if let Some(authority) = request.authority() {
            let known = match request.scheme() {
                Some("http") => Some(80),
                Some("https") => Some(443),
                _ => None,
            };
            http::tag_server(tags, authority, known);
        }
        if let Some(peer) = request.peer() {
            http::tag_peer(tags, peer);
        }
        request.captured(tags);
    })
}

/// Records which attempt this is: 1 for the first repetition.
pub fn on_resend(span: &SpanRef, count: u32) {
    if count > 0 {
        span.set_tag(names::HTTP_REQUEST_RESEND_COUNT, count);
    }
}

/// Whether a call that is answered so has failed: from 400 on.
#[must_use]
pub const fn is_error(status: u16) -> bool {
    status >= 400
}

/// Records the response's head.
pub fn on_response(span: &SpanRef, status: u16, version: Option<&'static str>) {
    on_status(span, status, version, is_error(status));
}

/// Records the response's head, where somebody else has said whether it is a failure.
pub fn on_status(span: &SpanRef, status: u16, version: Option<&'static str>, failed: bool) {
    http::status(span, status, failed);
    if let Some(version) = version {
        span.set_tag(names::NETWORK_PROTOCOL_VERSION, version);
    }
}

/// Records who has answered: the other end of the connection, a proxy's where there is one.
pub fn on_peer(span: &SpanRef, peer: SocketAddr) {
    let mut tags = Vec::with_capacity(2);
    http::tag_peer(&mut tags, peer);
    span.set_tags(tags);
}

/// Records that there was no response, or that its body broke off. URLs in the message are
/// redacted.
pub fn on_error(span: &SpanRef, kind: impl Into<Cow<'static, str>>, message: Option<&str>) {
    failure::record(span, kind.into(), message);
}

/// `None` for a request that does not say where it goes: the layer below knows.
fn full_url(request: &impl HttpRequest) -> Option<String> {
    let (scheme, full) = (request.scheme()?, request.authority()?);
    let address = authority::after_credentials(full);
    let (path, query) = (request.path(), request.query());
    let room = scheme.len() + address.len() + path.len() + query.map_or(0, str::len) + 24;
    let mut url = String::with_capacity(room);
    url.push_str(scheme);
    url.push_str("://");
    if address.len() < full.len() {
        url.push_str("REDACTED:REDACTED@");
    }
    url.push_str(address);
    url.push_str(path);
    if let Some(query) = query {
        url.push('?');
        url.push_str(&redact::query(query));
    }
    Some(url)
}
