//! A request that is served (conventions: HTTP server span).

use std::borrow::Cow;

use super::http::{self, HttpRequest};
use super::{failure, furnish, interned, names, redact};
use crate::span::{Span, SpanKind, SpanRef};
use crate::{SpanContext, Tag, Tracer};

/// Starts the span of a request, below its caller. Named `{method} {route}`, or `{method}` where
/// the router knows no route; never after the path.
pub fn start(tracer: &Tracer, request: &impl HttpRequest, caller: &SpanContext) -> Span {
    let original = request.method();
    let (method, word) = http::method_and_word(original);
    let (mut name, route) = match request.route() {
        Some(route) => {
            let (name, _, route) = interned::name(word, route);
            (name, Some(route))
        }
        None => (Cow::Borrowed(word), None),
    };
    if let Some(own) = request.name() {
        name = own;
    }
    let builder = tracer.span(name).kind(SpanKind::Server).child_of(caller);
    furnish::start(tracer, builder, |tags| {
        http::tag_method(tags, method, original);
        tags.push(Tag::new(names::URL_SCHEME, scheme(request.scheme())));
        tags.push(Tag::new(names::URL_PATH, request.path().to_owned()));
        if let Some(route) = route {
            tags.push(Tag::new(names::HTTP_ROUTE, route));
        }
        if let Some(query) = request.query().filter(|query| !query.is_empty()) {
            tags.push(Tag::new(names::URL_QUERY, redact::query(query).into_owned()));
        }
        if let Some(host) = request.authority() {
            http::tag_server(tags, host, None);
        }
        if let Some(agent) = request.user_agent() {
            tags.push(Tag::new(names::USER_AGENT_ORIGINAL, interned::text(agent)));
        }
        if let Some(version) = request.version() {
            tags.push(Tag::new(names::NETWORK_PROTOCOL_VERSION, version));
        }
        let peer = request.peer();
        // Nobody is believed by default: the caller is who is connected.
        if let Some(client) = request.client().or(peer.map(|peer| peer.ip())) {
            tags.push(Tag::new(names::CLIENT_ADDRESS, client.to_string()));
        }
        if let Some(peer) = peer {
            http::tag_peer(tags, peer);
        }
        request.captured(tags);
    })
}

/// Whether a service that answers so has failed: from 500 on; 4xx is the caller's.
#[must_use]
pub const fn is_error(status: u16) -> bool {
    status >= 500
}

/// Records the response's head.
pub fn on_response(span: &SpanRef, status: u16) {
    on_status(span, status, is_error(status));
}

/// Records the response's head, where somebody else has said whether it is a failure.
pub fn on_status(span: &SpanRef, status: u16, failed: bool) {
    http::status(span, status, failed);
}

/// Records a failure that no response tells of: of the service itself, or in the body.
pub fn on_error(span: &SpanRef, kind: impl Into<Cow<'static, str>>, message: Option<&str>) {
    failure::record(span, kind.into(), message);
}

/// What a request without a scheme came over is not known in here: TLS may end in front of it.
fn scheme(scheme: Option<&str>) -> Cow<'static, str> {
    Cow::Borrowed(match scheme {
        None | Some("http") => "http",
        Some("https") => "https",
        Some(_) => super::OTHER,
    })
}
