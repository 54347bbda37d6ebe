//! What HTTP servers and clients have in common.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use super::{OTHER, interned, names, opentracing};
use crate::span::Status;
use crate::{SpanRef, Tag};

/// A request, as an integration sees it: getters only.
pub trait HttpRequest {
    /// The method as it was sent.
    fn method(&self) -> &str;

    /// `http` or `https`, where it is known.
    fn scheme(&self) -> Option<&str> {
        None
    }

    /// `host:port` of the URL, or what the `Host` header says. Credentials may be in it.
    fn authority(&self) -> Option<&str>;

    /// The path.
    fn path(&self) -> &str;

    /// The query, without its `?`. Secrets may be in it.
    fn query(&self) -> Option<&str>;

    /// The route's template. Never the path: it goes into the span's name.
    fn route(&self) -> Option<&str> {
        None
    }

    /// The template of the URL, of requests that are sent. It goes into the span's name, too.
    fn template(&self) -> Option<&str> {
        None
    }

    /// A span name that replaces the one made of method and route.
    fn name(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// `1.0`, `1.1`, `2`, `3`.
    fn version(&self) -> Option<&'static str> {
        None
    }

    /// `User-Agent`.
    fn user_agent(&self) -> Option<&str> {
        None
    }

    /// The other end of the connection.
    fn peer(&self) -> Option<SocketAddr> {
        None
    }

    /// The caller, where somebody who is believed says who that is; else it is the
    /// [`peer`](Self::peer).
    fn client(&self) -> Option<IpAddr> {
        None
    }

    /// Adds tags that the user has asked for: of headers.
    fn captured(&self, _: &mut Vec<Tag>) {}
}

/// A method of RFC 9110, `PATCH` or `QUERY`; `None` for any other. Case counts.
#[must_use]
pub fn known_method(method: &str) -> Option<&'static str> {
    Some(match method {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "PATCH" => "PATCH",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        "CONNECT" => "CONNECT",
        "TRACE" => "TRACE",
        "QUERY" => "QUERY",
        _ => return None,
    })
}

/// `network.protocol.version`.
#[cfg(feature = "http")]
#[must_use]
pub fn version(version: http::Version) -> Option<&'static str> {
    Some(match version {
        http::Version::HTTP_11 => "1.1",
        http::Version::HTTP_2 => "2",
        http::Version::HTTP_3 => "3",
        http::Version::HTTP_10 => "1.0",
        http::Version::HTTP_09 => "0.9",
        _ => return None,
    })
}

/// The method for tags, and the word for it in a span's name.
pub(super) fn method_and_word(method: &str) -> (&'static str, &'static str) {
    match known_method(method) {
        Some(known) => (known, known),
        None => (OTHER, "HTTP"),
    }
}

/// Most bytes kept of a method that nobody knows: it is the caller's to choose.
const MAX_METHOD: usize = 64;

/// The tags of the method.
pub(super) fn tag_method(tags: &mut Vec<Tag>, method: &'static str, original: &str) {
    tags.push(Tag::new(names::HTTP_REQUEST_METHOD, method));
    // Methods are ASCII; whatever else this is, it is not worth a tag.
    if method == OTHER
        && let Some(cut) = original.get(..original.len().min(MAX_METHOD))
    {
        tags.push(Tag::new(names::HTTP_REQUEST_METHOD_ORIGINAL, cut.to_owned()));
    }
}

/// The tags of the connection's other end.
pub(super) fn tag_peer(tags: &mut Vec<Tag>, peer: SocketAddr) {
    tags.push(Tag::new(names::NETWORK_PEER_ADDRESS, peer.ip().to_string()));
    tags.push(Tag::new(names::NETWORK_PEER_PORT, peer.port()));
}

/// The tags of the server, at `host:port`.
/// `known` is the port where `authority` names none.
pub(super) fn tag_server(tags: &mut Vec<Tag>, authority: &str, known: Option<u16>) {
    let (host, port) = interned::server(authority);
    tags.push(Tag::new(names::SERVER_ADDRESS, host));
    if let Some(port) = port.or(known) {
        tags.push(Tag::new(names::SERVER_PORT, port));
    }
}

/// Records the status code, and whether it stands for a failure.
pub(super) fn status(span: &SpanRef, code: u16, failed: bool) {
    span.set_tag(names::HTTP_RESPONSE_STATUS_CODE, code);
    if failed {
        span.set_tag(names::ERROR_TYPE, code_text(code));
        span.set_status(Status::ERROR);
    }
}

/// Records that the body of a response broke off that is a failure by itself: its status code
/// stays `error.type`. URLs in the message are redacted.
pub fn on_broken(span: &SpanRef, kind: impl Into<Cow<'static, str>>, message: Option<&str>) {
    let message = message.map(|message| super::redact::text(message).into_owned());
    let fields = [
        Some(Tag::new(opentracing::EVENT, opentracing::ERROR_EVENT)),
        Some(Tag::new(opentracing::ERROR_KIND, kind.into())),
        message.map(|message| Tag::new(opentracing::MESSAGE, message)),
    ];
    span.log_fields(fields.into_iter().flatten());
}

fn code_text(code: u16) -> Cow<'static, str> {
    Cow::Borrowed(match code {
        400 => "400",
        401 => "401",
        403 => "403",
        404 => "404",
        405 => "405",
        408 => "408",
        409 => "409",
        410 => "410",
        413 => "413",
        415 => "415",
        422 => "422",
        429 => "429",
        500 => "500",
        501 => "501",
        502 => "502",
        503 => "503",
        504 => "504",
        other => return Cow::Owned(other.to_string()),
    })
}
