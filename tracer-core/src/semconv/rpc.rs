//! A gRPC call, served or made (conventions: RPC spans, release candidate).

use std::borrow::Cow;
use std::net::SocketAddr;

use super::{furnish, http, interned, methods, names, redact};
use crate::observe::furnish::is_recording;
use crate::span::{Span, SpanKind, SpanRef, Status};
use crate::{SpanContext, Tag, Tracer};

/// A call, as an integration sees it: getters only.
pub trait RpcCall {
    /// `package.Service/Method`, with or without a slash in front.
    fn method(&self) -> &str;

    /// `host:port` of the server, where it is known.
    fn authority(&self) -> Option<&str> {
        None
    }

    /// A span name that replaces the method's.
    fn name(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// The other end of the connection.
    fn peer(&self) -> Option<SocketAddr> {
        None
    }

    /// Adds tags that the user has asked for: of headers.
    fn captured(&self, _: &mut Vec<Tag>) {}
}

/// What a call that is served has asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// `package.Service/Method`, with or without a slash in front.
    pub method: &'a str,
    /// The span's name is not the method's.
    pub is_named: bool,
}

/// `OK`.
const OK: i32 = 0;
/// `UNIMPLEMENTED`: the method is nobody's, so its name is the caller's invention.
const UNIMPLEMENTED: i32 = 12;
/// `CANCELLED`.
pub const CANCELLED: i32 = 1;
/// `UNKNOWN`.
pub const UNKNOWN: i32 = 2;
/// `DEADLINE_EXCEEDED`.
pub const DEADLINE_EXCEEDED: i32 = 4;
/// `INTERNAL`.
pub const INTERNAL: i32 = 13;
/// `UNAVAILABLE`.
pub const UNAVAILABLE: i32 = 14;

/// The name of a gRPC status code; of an unknown code, `UNKNOWN`'s, as gRPC prescribes.
#[must_use]
pub const fn code_name(code: i32) -> &'static str {
    match code {
        0 => "OK",
        1 => "CANCELLED",
        3 => "INVALID_ARGUMENT",
        4 => "DEADLINE_EXCEEDED",
        5 => "NOT_FOUND",
        6 => "ALREADY_EXISTS",
        7 => "PERMISSION_DENIED",
        8 => "RESOURCE_EXHAUSTED",
        9 => "FAILED_PRECONDITION",
        10 => "ABORTED",
        11 => "OUT_OF_RANGE",
        12 => "UNIMPLEMENTED",
        13 => "INTERNAL",
        14 => "UNAVAILABLE",
        15 => "DATA_LOSS",
        16 => "UNAUTHENTICATED",
        _ => "UNKNOWN",
    }
}

/// Whether a server that answers with this code has failed. The other codes are the caller's.
#[must_use]
pub const fn is_server_error(code: i32) -> bool {
    !matches!(code, 0 | 1 | 3 | 5..=11 | 16)
}

/// The code that stands for an answer that is plain HTTP (gRPC: "HTTP to gRPC Status Code
/// Mapping").
#[must_use]
pub const fn code_of_http_status(status: u16) -> i32 {
    match status {
        400 => INTERNAL,
        401 => 16,
        403 => 7,
        404 => UNIMPLEMENTED,
        429 | 502 | 503 | 504 => UNAVAILABLE,
        _ => UNKNOWN,
    }
}

/// A status message as it is meant: on the wire (`grpc-message`) it is percent-encoded.
#[must_use]
pub fn decode_message(message: &str) -> Cow<'_, str> {
    if !message.contains('%') {
        return Cow::Borrowed(message);
    }
    Cow::Owned(String::from_utf8_lossy(&redact::decoded(message)).into_owned())
}

/// Starts the span of a call that is served, below its caller.
///
/// Callers choose their methods, so names are bounded: of methods that have not worked yet (see
/// [`on_accepted`]), 256 in a process name their spans. The span of any other is called `grpc`.
pub fn start_server(tracer: &Tracer, call: &impl RpcCall, caller: &SpanContext) -> Span {
    let span = start(tracer, call, caller, SpanKind::Server);
    // What is not recorded takes nobody's place.
    if is_recording(&span) && !methods::admit(bare(call.method())) {
        anonymous(&span, Asked { method: call.method(), is_named: call.name().is_some() });
    }
    span
}

/// Starts the span of a call that is made, below `parent` or, where that is empty, below the
/// current span.
pub fn start_client(tracer: &Tracer, call: &impl RpcCall, parent: &SpanContext) -> Span {
    start(tracer, call, parent, SpanKind::Client)
}

fn start(tracer: &Tracer, call: &impl RpcCall, parent: &SpanContext, kind: SpanKind) -> Span {
    let method = bare(call.method());
    let name = call.name().unwrap_or_else(|| interned::text(method));
    let builder = tracer.span(name).kind(kind).child_of(parent);
    furnish::start(tracer, builder, |tags| {
        tags.push(Tag::new(names::RPC_SYSTEM_NAME, "grpc"));
        tags.push(Tag::new(names::RPC_METHOD, interned::text(method)));
        if let Some(server) = call.authority() {
            http::tag_server(tags, server, None);
        }
        if let Some(peer) = call.peer() {
            http::tag_peer(tags, peer);
        }
        call.captured(tags);
    })
}

/// Records the status of a call that was served. What it asked for leaves the span's name when
/// nobody implements it.
pub fn on_served(span: &SpanRef, code: i32, message: Option<&str>, asked: Option<Asked<'_>>) {
    match asked {
        Some(asked) if code == OK => on_accepted(span, asked),
        Some(asked) if code == UNIMPLEMENTED => {
            methods::disown(bare(asked.method));
            anonymous(span, Asked { is_named: false, ..asked });
        }
        _ => {}
    }
    record(span, code, message, is_server_error(code));
}

/// Records that the server has the method: the call is `OK`, or it sends messages.
pub fn on_accepted(span: &SpanRef, asked: Asked<'_>) {
    let method = bare(asked.method);
    if methods::accept(method) {
        span.set_tag(names::RPC_METHOD, method.to_owned());
        span.remove_tag(names::RPC_METHOD_ORIGINAL);
        if !asked.is_named {
            span.rename(method.to_owned());
        }
    }
}

/// Takes the method out of what spans are grouped by.
#[cold]
fn anonymous(span: &SpanRef, asked: Asked<'_>) {
    if !asked.is_named {
        span.rename("grpc");
    }
    span.set_tag(names::RPC_METHOD, super::OTHER);
    span.set_tag(names::RPC_METHOD_ORIGINAL, bare(asked.method).to_owned());
}

/// Records the status of a call that was made: everything but `OK` is an error.
pub fn on_answered(span: &SpanRef, code: i32, message: Option<&str>) {
    record(span, code, message, code != 0);
}

/// Messages in one direction of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    /// How many.
    pub count: u64,
    /// Their bytes, as they are on the wire, without the prefix that each has.
    pub size: u64,
}

/// Records what a call has sent and got.
pub fn on_messages(span: &SpanRef, request: Messages, response: Messages) {
    span.set_tag(names::RPC_REQUEST_MESSAGE_COUNT, request.count);
    span.set_tag(names::RPC_REQUEST_MESSAGE_SIZE, request.size);
    span.set_tag(names::RPC_RESPONSE_MESSAGE_COUNT, response.count);
    span.set_tag(names::RPC_RESPONSE_MESSAGE_SIZE, response.size);
}

fn record(span: &SpanRef, code: i32, message: Option<&str>, failed: bool) {
    let name = code_name(code);
    span.set_tag(names::RPC_RESPONSE_STATUS_CODE, name);
    if failed {
        span.set_tag(names::ERROR_TYPE, name);
        let message = message.map(|message| redact::text(message).into_owned());
        span.set_status(Status::Error(message.unwrap_or_default().into()));
    }
}

fn bare(method: &str) -> &str {
    method.strip_prefix('/').unwrap_or(method)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_a_server() {
        let failing: Vec<_> =
            (0..=17).filter(|code| is_server_error(*code)).map(code_name).collect();
        assert_eq!(
            failing,
            [
                "UNKNOWN",
                "DEADLINE_EXCEEDED",
                "UNIMPLEMENTED",
                "INTERNAL",
                "UNAVAILABLE",
                "DATA_LOSS",
                "UNKNOWN"
            ]
        );
    }
}
