//! Plain HTTP, served and called.

use http::Method;
use tracer_core::observe::Kind;
use tracer_core::semconv::http::version;
use tracer_core::semconv::{http_client, http_server};
use tracer_core::{Span, SpanContext, SpanRef, Tracer};

use crate::protocol::{BodyHint, Call, Failure, Protocol};
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
        http_server::on_response(span, head.status().as_u16());
        is_all(call, head, body)
    }

    fn on_error(span: &SpanRef, _: &Call, error: &Failure<'_>) {
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
        http_client::on_response(span, head.status().as_u16(), version(head.version()));
        is_all(call, head, body)
    }

    fn on_error(span: &SpanRef, _: &Call, error: &Failure<'_>) {
        http_client::on_error(span, error.kind(), Some(&error.text()));
    }
}

fn call(request: &RequestView<'_>) -> Call {
    let head_only = matches!(*request.method(), Method::HEAD | Method::CONNECT);
    Call { head_only, ..Call::default() }
}

/// Whether nobody will read the body: it is empty, or the head says that it has none. Where its
/// length is known, that is remembered: who has sent all of it does not ask for more.
fn is_all(call: &mut Call, head: &ResponseView<'_>, body: BodyHint) -> bool {
    let status = head.status().as_u16();
    if call.head_only || body.is_ended || matches!(status, 100..=199 | 204 | 304) {
        return true;
    }
    call.left = body.exact.or_else(|| head.content_length());
    call.left == Some(0)
}
