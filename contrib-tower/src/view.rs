//! What hooks and the semantic conventions see of a request and a response.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

use http::{Extensions, HeaderMap, Method, Request, Response, StatusCode, Uri, Version, header};
use tracer_core::Tag;
use tracer_core::semconv::http::{HttpRequest, version};
use tracer_core::semconv::redact;
use tracer_core::semconv::rpc::RpcCall;

use crate::captured::Captured;
use crate::forwarded::Forwarded;

/// A request's head.
#[derive(Clone)]
pub struct RequestView<'a> {
    method: &'a Method,
    uri: &'a Uri,
    version: Version,
    headers: &'a HeaderMap,
    extensions: &'a Extensions,
    route: Option<&'a str>,
    peer: Option<SocketAddr>,
    name: Option<Cow<'static, str>>,
    server: Option<&'a str>,
    captured: Option<&'a Captured>,
    forwarded: Option<Forwarded>,
}

impl<'a> RequestView<'a> {
    pub(crate) fn new<B>(request: &'a Request<B>) -> Self {
        Self {
            method: request.method(),
            uri: request.uri(),
            version: request.version(),
            headers: request.headers(),
            extensions: request.extensions(),
            route: None,
            peer: None,
            name: None,
            server: None,
            captured: None,
            forwarded: None,
        }
    }

    /// The method.
    #[must_use]
    pub const fn method(&self) -> &'a Method {
        self.method
    }

    /// The request's target.
    #[must_use]
    pub const fn uri(&self) -> &'a Uri {
        self.uri
    }

    /// The headers.
    #[must_use]
    pub const fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// What layers above have left.
    #[must_use]
    pub const fn extensions(&self) -> &'a Extensions {
        self.extensions
    }

    /// The route's template, where the framework tells it.
    #[must_use]
    pub const fn route(&self) -> Option<&'a str> {
        self.route
    }

    /// The other end of the connection, where the framework tells it.
    #[must_use]
    pub const fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// For frameworks: the route's template.
    pub const fn set_route(&mut self, route: &'a str) {
        self.route = Some(route);
    }

    /// For frameworks: the other end of the connection.
    pub const fn set_peer(&mut self, peer: SocketAddr) {
        self.peer = Some(peer);
    }

    pub(crate) fn set_name(&mut self, name: Option<Cow<'static, str>>) {
        self.name = name;
    }

    pub(crate) const fn set_server(&mut self, server: &'a str) {
        self.server = Some(server);
    }

    pub(crate) const fn set_captured(&mut self, captured: &'a Captured) {
        self.captured = Some(captured);
    }

    pub(crate) fn set_trusted_hops(&mut self, hops: usize) {
        self.forwarded = Some(Forwarded::of(self.headers, hops));
    }

    fn tag_captured(&self, tags: &mut Vec<Tag>) {
        if let Some(captured) = self.captured {
            tags.extend(captured.tags(self.headers));
        }
    }

    /// What the layer was told, what a proxy that is believed says, the target if it is absolute, or
    /// the `Host` header.
    fn host(&self) -> Option<&str> {
        let forwarded = self.forwarded.as_ref().and_then(|forwarded| forwarded.host.as_deref());
        if let Some(host) = self.server.or(forwarded) {
            return Some(host);
        }
        match self.uri.authority() {
            Some(authority) => Some(authority.as_str()),
            None => text(self.headers, &header::HOST),
        }
    }

    /// Bytes of the body, if the head tells them.
    pub(crate) fn content_length(&self) -> Option<u64> {
        content_length(self.headers)
    }
}

impl HttpRequest for RequestView<'_> {
    fn method(&self) -> &str {
        self.method.as_str()
    }

    fn scheme(&self) -> Option<&str> {
        let forwarded = self.forwarded.as_ref().and_then(|forwarded| forwarded.scheme);
        forwarded.or_else(|| self.uri.scheme_str())
    }

    fn client(&self) -> Option<IpAddr> {
        self.forwarded.as_ref().and_then(|forwarded| forwarded.client)
    }

    fn authority(&self) -> Option<&str> {
        self.host()
    }

    fn path(&self) -> &str {
        self.uri.path()
    }

    fn query(&self) -> Option<&str> {
        self.uri.query()
    }

    fn route(&self) -> Option<&str> {
        self.route
    }

    fn name(&self) -> Option<Cow<'static, str>> {
        self.name.clone()
    }

    fn version(&self) -> Option<&'static str> {
        version(self.version)
    }

    fn user_agent(&self) -> Option<&str> {
        text(self.headers, &header::USER_AGENT)
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    fn captured(&self, tags: &mut Vec<Tag>) {
        self.tag_captured(tags);
    }
}

impl RpcCall for RequestView<'_> {
    fn method(&self) -> &str {
        self.uri.path()
    }

    fn authority(&self) -> Option<&str> {
        self.host()
    }

    fn name(&self) -> Option<Cow<'static, str>> {
        self.name.clone()
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    fn captured(&self, tags: &mut Vec<Tag>) {
        self.tag_captured(tags);
    }
}

/// A response's head.
#[derive(Clone, Copy)]
pub struct ResponseView<'a> {
    status: StatusCode,
    version: Version,
    headers: &'a HeaderMap,
}

impl<'a> ResponseView<'a> {
    pub(crate) fn new<B>(response: &'a Response<B>) -> Self {
        Self { status: response.status(), version: response.version(), headers: response.headers() }
    }

    /// The status code.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The protocol's version.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The headers.
    #[must_use]
    pub const fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    pub(crate) fn content_length(&self) -> Option<u64> {
        content_length(self.headers)
    }
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    text(headers, &header::CONTENT_LENGTH)?.parse().ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Header values can be secrets, and so can parts of the target: a view in somebody's log shows
/// neither.
impl fmt::Debug for RequestView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestView")
            .field("method", self.method)
            .field("uri", &redact::url(&self.uri.to_string()))
            .field("version", &self.version)
            .field("headers", &Names(self.headers))
            .field("route", &self.route)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ResponseView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseView")
            .field("status", &self.status)
            .field("version", &self.version)
            .field("headers", &Names(self.headers))
            .finish()
    }
}

struct Names<'a>(&'a HeaderMap);

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys().map(header::HeaderName::as_str)).finish()
    }
}
