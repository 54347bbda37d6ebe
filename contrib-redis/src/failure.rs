//! What a span says of a command that failed.

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;

use redis::{ErrorKind, RedisError, ServerError};
use tracer_core::SpanRef;
use tracer_core::semconv::{self, db, failure};

use crate::codes;

const NO_SCRIPT: &str = "NOSCRIPT";

/// The server's answer is an error.
pub(crate) fn on_refusal(
    span: &SpanRef,
    error: &ServerError,
    loads_scripts: bool,
    with_message: bool,
) {
    let message = if with_message { error.details() } else { None };
    on_code(span, error.code(), loads_scripts, message);
}

/// There is no answer, or redis has made an error of it already.
pub(crate) fn on_error(
    span: &SpanRef,
    error: &RedisError,
    loads_scripts: bool,
    with_message: bool,
) {
    let message = with_message.then(|| message(error)).flatten();
    match error.code() {
        Some(code) => on_code(span, code, loads_scripts, message.as_deref()),
        None => db::on_error(span, None, kind(error), message.as_deref()),
    }
}

fn on_code(span: &SpanRef, code: &str, loads_scripts: bool, message: Option<&str>) {
    if loads_scripts && code == NO_SCRIPT {
        span.set_tag(semconv::DB_RESPONSE_STATUS_CODE, NO_SCRIPT);
        return;
    }
    let code = codes::known(code).unwrap_or(semconv::OTHER);
    db::on_error(span, Some(code.into()), semconv::OTHER, message);
}

/// What went wrong, without the code or kind that the span has in its tags: it reads the same
/// whether the error came as an answer or as a failure.
fn message(error: &RedisError) -> Option<Cow<'_, str>> {
    if let Some(detail) = error.detail() {
        return Some(detail.into());
    }
    if error.code().is_some() {
        // Of several, the first: for a transaction it is why the server would not have it.
        let errors = error.clone().into_server_errors()?;
        let detail = errors.iter().find_map(|(_, error)| error.details())?;
        return Some(detail.to_owned().into());
    }
    let mut text = error.to_string();
    let kind = format!(" - {:?}", error.kind());
    if text.ends_with(&kind) {
        text.truncate(text.len() - kind.len());
    }
    Some(text.into())
}

fn kind(error: &RedisError) -> &'static str {
    if error.is_timeout() {
        return semconv::TIMEOUT;
    }
    // Of a socket's path it is another I/O error.
    if error.is_connection_refusal() {
        return "connection_refused";
    }
    if let Some(kind) = io_kind(error) {
        return kind;
    }
    match error.kind() {
        ErrorKind::Io => "io_error",
        ErrorKind::Parse => "parse",
        ErrorKind::AuthenticationFailed => "authentication_failed",
        ErrorKind::UnexpectedReturnType => "unexpected_type",
        ErrorKind::InvalidClientConfig => "client_config",
        ErrorKind::Client => "client",
        ErrorKind::MasterNameNotFoundBySentinel
        | ErrorKind::NoValidReplicasFoundBySentinel
        | ErrorKind::EmptySentinelList => "sentinel",
        ErrorKind::ClusterConnectionNotFound => "cluster_connection_not_found",
        ErrorKind::RESP3NotSupported => "resp3_not_supported",
        _ => semconv::OTHER,
    }
}

/// The cause stands in an `Arc`, which hides it from whoever walks the sources.
fn io_kind(error: &RedisError) -> Option<&'static str> {
    let source = error.source()?;
    match source.downcast_ref::<Arc<dyn Error + Send + Sync>>() {
        Some(shared) => failure::io_kind(&**shared),
        None => failure::io_kind(source),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn kinds() {
        let io = |kind: io::ErrorKind| RedisError::from(io::Error::from(kind));
        for (error, expected) in [
            (io(io::ErrorKind::TimedOut), semconv::TIMEOUT),
            (io(io::ErrorKind::WouldBlock), semconv::TIMEOUT),
            (io(io::ErrorKind::ConnectionRefused), "connection_refused"),
            (io(io::ErrorKind::BrokenPipe), "broken_pipe"),
            (io(io::ErrorKind::ConnectionReset), "connection_reset"),
            (io(io::ErrorKind::UnexpectedEof), "unexpected_eof"),
            (io(io::ErrorKind::Other), "io_error"),
            ((ErrorKind::Io, "gone").into(), "io_error"),
            ((ErrorKind::Parse, "what?").into(), "parse"),
            ((ErrorKind::Client, "empty command").into(), "client"),
            ((ErrorKind::ClusterConnectionNotFound, "no").into(), "cluster_connection_not_found"),
            ((ErrorKind::Extension, "no").into(), semconv::OTHER),
        ] {
            assert_eq!(kind(&error), expected, "{error}");
        }
    }

    #[test]
    fn messages() {
        let refused = |code: &str, detail: Option<&str>| {
            redis::make_extension_error(code.to_owned(), detail.map(str::to_owned))
        };
        for (error, expected) in [
            (refused("WRONGTYPE", Some("of a list")), Some("of a list")),
            (refused("BUSY", None), None),
            ((ErrorKind::Client, "empty command").into(), Some("empty command")),
            ((ErrorKind::Parse, "what?", "at 7".to_owned()).into(), Some("at 7")),
            (io::Error::other("gone").into(), Some("gone")),
        ] {
            let error: RedisError = error;
            assert_eq!(message(&error).as_deref(), expected, "{error}");
        }
    }
}
