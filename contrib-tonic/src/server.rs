//! gRPC, served.

use contrib_tower::protocol::{BodyHint, Call, Failure, Protocol, Server};
use contrib_tower::{RequestView, ResponseView};
use http::HeaderMap;
use tracer_core::observe::Kind;
use tracer_core::semconv::rpc::{self, Asked, RpcCall};
use tracer_core::{Span, SpanContext, SpanRef, Tracer};

use crate::content::is_grpc;
use crate::messages;
use crate::status::{self, Outcome};

/// gRPC calls that are served.
#[derive(Clone, Copy, Debug)]
pub struct GrpcServer;

impl Server for GrpcServer {}

impl Protocol for GrpcServer {
    const KIND: Kind = Kind::GrpcServer;
    const IS_CLIENT: bool = false;

    fn speaks(request: &RequestView<'_>) -> bool {
        is_grpc(request.headers())
    }

    #[cfg(feature = "server")]
    fn complete(request: &mut RequestView<'_>) {
        use tonic::transport::server::TcpConnectInfo;

        let connection = request.extensions().get::<TcpConnectInfo>();
        if let Some(peer) = connection.and_then(TcpConnectInfo::remote_addr) {
            request.set_peer(peer);
        }
    }

    fn start(tracer: &Tracer, request: &RequestView<'_>, parent: &SpanContext) -> Span {
        rpc::start_server(tracer, request, parent)
    }

    #[inline]
    fn around<R>(is_recorded: bool, work: impl FnOnce() -> R) -> R {
        messages::offered(is_recorded, work)
    }

    fn call(request: &RequestView<'_>) -> Call {
        Call::of_method(request.uri().path_and_query().cloned(), request.name().is_some())
    }

    fn on_head(span: &SpanRef, call: &mut Call, head: &ResponseView<'_>, body: BodyHint) -> bool {
        match status::in_head(head, body) {
            Some(outcome) => {
                record(span, call, &outcome);
                true
            }
            None => {
                // Only who handles the call begins a stream of messages.
                if let Some(asked) = asked(call).filter(|_| is_grpc(head.headers())) {
                    rpc::on_accepted(span, asked);
                }
                false
            }
        }
    }

    fn on_end(span: &SpanRef, call: &Call, trailers: Option<&HeaderMap>) {
        record(span, call, &status::in_trailers(trailers));
    }

    fn on_error(span: &SpanRef, call: &Call, error: &Failure<'_>) {
        record(span, call, &status::in_error(error));
    }
}

fn record(span: &SpanRef, call: &Call, outcome: &Outcome<'_>) {
    rpc::on_served(span, outcome.code, outcome.message.as_deref(), asked(call));
}

fn asked(call: &Call) -> Option<Asked<'_>> {
    let path = call.path.as_ref()?;
    Some(Asked { method: path.path(), is_named: call.is_named })
}
