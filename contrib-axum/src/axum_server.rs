//! HTTP with what axum knows besides.

use axum::extract::MatchedPath;
use contrib_tower::protocol::{BodyHint, Call, Failure, Http, Protocol, Server};
use contrib_tower::{HttpServer, RequestView, ResponseView};
use tracer_core::observe::Kind;
use tracer_core::{Span, SpanContext, SpanRef, Tracer};

/// HTTP requests that axum serves.
#[derive(Clone, Copy, Debug)]
pub struct AxumServer;

impl Http for AxumServer {}
impl Server for AxumServer {}

impl Protocol for AxumServer {
    const KIND: Kind = HttpServer::KIND;
    const IS_CLIENT: bool = HttpServer::IS_CLIENT;

    fn complete(request: &mut RequestView<'_>) {
        let extensions = request.extensions();
        if let Some(route) = extensions.get::<MatchedPath>() {
            request.set_route(route.as_str());
        }
        #[cfg(feature = "peer")]
        if let Some(peer) = extensions.get::<axum::extract::ConnectInfo<std::net::SocketAddr>>() {
            request.set_peer(peer.0);
        }
    }

    fn start(tracer: &Tracer, request: &RequestView<'_>, parent: &SpanContext) -> Span {
        HttpServer::start(tracer, request, parent)
    }

    fn call(request: &RequestView<'_>) -> Call {
        HttpServer::call(request)
    }

    fn on_head(span: &SpanRef, call: &mut Call, head: &ResponseView<'_>, body: BodyHint) -> bool {
        HttpServer::on_head(span, call, head, body)
    }

    fn on_error(span: &SpanRef, call: &Call, error: &Failure<'_>) {
        HttpServer::on_error(span, call, error);
    }
}
