//! gRPC, called.

use contrib_tower::protocol::{BodyHint, Call, Client, Failure, Protocol};
use contrib_tower::{RequestView, ResponseView};
use http::HeaderMap;
use tracer_core::observe::Kind;
use tracer_core::semconv::rpc;
use tracer_core::{Span, SpanContext, SpanRef, Tracer};

use crate::content::is_other;
use crate::messages;
use crate::status::{self, Outcome};

/// gRPC calls that are made.
#[derive(Clone, Copy, Debug)]
pub struct GrpcClient;

impl Client for GrpcClient {}

impl Protocol for GrpcClient {
    const KIND: Kind = Kind::GrpcClient;
    const IS_CLIENT: bool = true;

    fn speaks(request: &RequestView<'_>) -> bool {
        !is_other(request.headers())
    }

    fn start(tracer: &Tracer, request: &RequestView<'_>, parent: &SpanContext) -> Span {
        rpc::start_client(tracer, request, parent)
    }

    #[inline]
    fn around<R>(is_recorded: bool, work: impl FnOnce() -> R) -> R {
        messages::offered(is_recorded, work)
    }

    fn call(_: &RequestView<'_>) -> Call {
        Call::default()
    }

    fn on_head(span: &SpanRef, _: &mut Call, head: &ResponseView<'_>, body: BodyHint) -> bool {
        match status::in_head(head, body) {
            Some(outcome) => {
                record(span, &outcome);
                true
            }
            None => false,
        }
    }

    fn on_end(span: &SpanRef, _: &Call, trailers: Option<&HeaderMap>) {
        record(span, &status::in_trailers(trailers));
    }

    fn on_error(span: &SpanRef, _: &Call, error: &Failure<'_>) {
        record(span, &status::in_error(error));
    }
}

fn record(span: &SpanRef, outcome: &Outcome<'_>) {
    rpc::on_answered(span, outcome.code, outcome.message.as_deref());
}
