//! Plain HTTP, served and called.

use http::Method;
use tracer_core::observe::Kind;
use tracer_core::semconv::http::{on_broken, version};
use tracer_core::semconv::{http_client, http_server};
use tracer_core::{Span, SpanContext, SpanRef, Tracer};

use crate::protocol::{BodyHint, Call, Client, Failure, Http, Protocol, Server};
use crate::{RequestView, ResponseView};

/// HTTP requests that are served.
#[derive(Clone, Copy, Debug)]
pub struct HttpServer;

/// HTTP requests that are sent.
#[derive(Clone, Copy, Debug)]
pub struct HttpClient;

impl Protocol for HttpServer {
    const KIND: Kind = Kind::HttpServer;
    const IS_CLIENT: bool = false;

    fn start(tracer: &Tracer, request: &RequestView<'_>, parent: &SpanContext) -> Span {
        http_server::start(tracer, request, parent)
    }

    fn call(request: &RequestView<'_>) -> Call {
        call(request)
    }

    fn on_head(span: &SpanRef, call: &mut Call, head: &ResponseView<'_>, body: BodyHint) -> bool {
        let status = head.status().as_u16();
        call.failed = fails(call, head, http_server::is_error(status));
        http_server::on_status(span, status, call.failed);
        is_all(call, head, body)
    }

    fn on_error(span: &SpanRef, call: &Call, error: &Failure<'_>) {
        if call.failed {
            return on_broken(span, error.kind(), Some(&error.text()));
        }
        http_server::on_error(span, error.kind(), Some(&error.text()));
    }
}

impl Protocol for HttpClient {
    const KIND: Kind = Kind::HttpClient;
    const IS_CLIENT: bool = true;

    fn start(tracer: &Tracer, request: &RequestView<'_>, parent: &SpanContext) -> Span {
        http_client::start(tracer, request, parent)
    }

    fn call(request: &RequestView<'_>) -> Call {
        call(request)
    }

    fn on_head(span: &SpanRef, call: &mut Call, head: &ResponseView<'_>, body: BodyHint) -> bool {
        let status = head.status().as_u16();
        call.failed = fails(call, head, http_client::is_error(status));
        http_client::on_status(span, status, version(head.version()), call.failed);
        is_all(call, head, body)
    }

    fn on_error(span: &SpanRef, call: &Call, error: &Failure<'_>) {
        if call.failed {
            return on_broken(span, error.kind(), Some(&error.text()));
        }
        http_client::on_error(span, error.kind(), Some(&error.text()));
    }
}

impl Http for HttpServer {}
impl Server for HttpServer {}
impl Http for HttpClient {}
impl Client for HttpClient {}

fn call(request: &RequestView<'_>) -> Call {
    let method = request.method();
    let (head_only, is_connect) = (*method == Method::HEAD, *method == Method::CONNECT);
    Call { head_only, is_connect, ..Call::default() }
}

fn fails(call: &Call, head: &ResponseView<'_>, usually: bool) -> bool {
    call.is_error.as_ref().map_or(usually, |is_error| is_error(head.status()))
}

/// Whether nobody will read the body: it is empty, or the head says that it has none. Where its
/// length is known, that is remembered: who has sent all of it does not ask for more.
fn is_all(call: &mut Call, head: &ResponseView<'_>, body: BodyHint) -> bool {
    let status = head.status().as_u16();
    let is_tunnel = call.is_connect && head.status().is_success();
    if call.head_only || is_tunnel || body.is_ended || matches!(status, 100..=199 | 204 | 304) {
        return true;
    }
    call.left = body.exact.or_else(|| head.content_length());
    call.left == Some(0)
}
