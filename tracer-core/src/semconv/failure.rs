//! `error.type` for errors that are not the protocol's own.

use std::borrow::Cow;
use std::error::Error;
use std::io;

use super::{names, redact};
use crate::{SpanRef, Status};

/// Errors that are wrapped more often than this are not worth a longer look.
const MAX_DEPTH: usize = 16;

/// The kind of the first I/O error among an error's causes.
#[must_use]
pub fn io_kind(error: &(dyn Error + 'static)) -> Option<&'static str> {
    causes(error)
        .find_map(|cause| cause.downcast_ref::<io::Error>())
        .map(|error| name(error.kind()))
}

/// An error and its causes, outermost first; a bounded number of them.
pub fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (**error).source()).take(MAX_DEPTH)
}

/// Records a failure. URLs in the message are redacted.
pub(super) fn record(span: &SpanRef, kind: Cow<'static, str>, message: Option<&str>) {
    let message = message.map(|message| redact::text(message).into_owned());
    span.set_tag(names::ERROR_TYPE, kind);
    span.set_status(Status::Error(message.unwrap_or_default().into()));
}

const fn name(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::TimedOut => names::TIMEOUT,
        io::ErrorKind::ConnectionRefused => "connection_refused",
        io::ErrorKind::ConnectionReset => "connection_reset",
        io::ErrorKind::ConnectionAborted => "connection_aborted",
        io::ErrorKind::NotConnected => "not_connected",
        io::ErrorKind::BrokenPipe => "broken_pipe",
        io::ErrorKind::UnexpectedEof => "unexpected_eof",
        io::ErrorKind::HostUnreachable => "host_unreachable",
        io::ErrorKind::NetworkUnreachable => "network_unreachable",
        io::ErrorKind::AddrNotAvailable => "address_not_available",
        io::ErrorKind::PermissionDenied => "permission_denied",
        io::ErrorKind::InvalidData => "invalid_data",
        _ => "io_error",
    }
}
