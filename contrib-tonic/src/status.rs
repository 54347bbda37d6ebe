//! A call's status, wherever it is.

use std::borrow::Cow;
use std::error::Error;

use contrib_tower::ResponseView;
use contrib_tower::protocol::{BodyHint, Failure};
use http::HeaderMap;
use tonic::{Code, ConnectError, Status, TimeoutExpired};
use tracer_core::semconv::{failure, rpc};

/// A code with its message.
pub(crate) struct Outcome<'a> {
    pub(crate) code: i32,
    pub(crate) message: Option<Cow<'a, str>>,
}

impl Outcome<'_> {
    const fn of(code: i32) -> Self {
        Self { code, message: None }
    }
}

/// The status in the response's head, if the call ends with it.
pub(crate) fn in_head<'a>(head: &ResponseView<'a>, body: BodyHint) -> Option<Outcome<'a>> {
    if let Some(outcome) = in_headers(head.headers()) {
        return Some(outcome);
    }
    match head.status().as_u16() {
        // Without a status at all, gRPC says: unknown.
        200 if body.is_ended => Some(Outcome::of(rpc::UNKNOWN)),
        200 => None,
        // Not gRPC: a proxy's answer, or a route that is none.
        status => Some(Outcome::of(rpc::code_of_http_status(status))),
    }
}

/// The status at the end of the body.
pub(crate) fn in_trailers(trailers: Option<&HeaderMap>) -> Outcome<'_> {
    trailers.and_then(in_headers).unwrap_or(Outcome::of(rpc::UNKNOWN))
}

/// The status that an error stands for, as tonic would make one of it.
pub(crate) fn in_error(error: &Failure<'_>) -> Outcome<'static> {
    let code = if let Some(status) = error.downcast::<Status>() {
        status.code() as i32
    } else {
        dyn_error(error).and_then(in_causes).unwrap_or(rpc::UNKNOWN)
    };
    Outcome { code, message: Some(Cow::Owned(error.text())) }
}

fn dyn_error<'a>(error: &Failure<'a>) -> Option<&'a (dyn Error + 'static)> {
    #[cfg(feature = "channel")]
    if let Some(error) = error.downcast::<tonic::transport::Error>() {
        return Some(error);
    }
    error.boxed()
}

fn in_causes(error: &(dyn Error + 'static)) -> Option<i32> {
    failure::causes(error).find_map(|cause| {
        if let Some(status) = cause.downcast_ref::<Status>() {
            return Some(status.code() as i32);
        }
        if cause.is::<TimeoutExpired>() {
            return Some(rpc::CANCELLED);
        }
        if cause.is::<ConnectError>() {
            return Some(rpc::UNAVAILABLE);
        }
        #[cfg(feature = "channel")]
        if let Some(error) = cause.downcast_ref::<h2::Error>() {
            return Some(in_reset(error));
        }
        None
    })
}

/// gRPC over HTTP/2, "Errors".
#[cfg(feature = "channel")]
fn in_reset(error: &h2::Error) -> i32 {
    let code = match error.reason() {
        Some(h2::Reason::REFUSED_STREAM) => Code::Unavailable,
        Some(h2::Reason::CANCEL) => Code::Cancelled,
        Some(h2::Reason::ENHANCE_YOUR_CALM) => Code::ResourceExhausted,
        Some(h2::Reason::INADEQUATE_SECURITY) => Code::PermissionDenied,
        Some(
            h2::Reason::NO_ERROR
            | h2::Reason::PROTOCOL_ERROR
            | h2::Reason::INTERNAL_ERROR
            | h2::Reason::FLOW_CONTROL_ERROR
            | h2::Reason::SETTINGS_TIMEOUT
            | h2::Reason::FRAME_SIZE_ERROR
            | h2::Reason::COMPRESSION_ERROR
            | h2::Reason::CONNECT_ERROR,
        ) => Code::Internal,
        _ => Code::Unknown,
    };
    code as i32
}

fn in_headers(headers: &HeaderMap) -> Option<Outcome<'_>> {
    let code = headers.get("grpc-status")?;
    // Anything that is no known code counts as UNKNOWN.
    let code = Code::from_bytes(code.as_bytes()) as i32;
    let message = headers.get("grpc-message").and_then(|message| message.to_str().ok());
    Some(Outcome { code, message: message.map(rpc::decode_message) })
}
