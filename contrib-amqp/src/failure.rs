//! What a span says of an error.

use std::borrow::Cow;

use lapin::message::BasicReturnMessage;
use lapin::{Confirmation, Error, ErrorKind, Result};
use tracer_core::SpanRef;
use tracer_core::observe::{Observed, Shared};
use tracer_core::semconv::{self, failure, messaging};

use crate::config::Config;

/// lapin could not do it, or the broker would not have it.
pub(crate) fn on_error(config: &Config, span: &SpanRef, error: &Error) {
    let message = config.error_messages.then(|| error.to_string());
    messaging::on_error(span, kind(error), message.as_deref());
}

/// Ends the span of what lapin was asked for.
pub(crate) fn end<T>(config: &Shared<Config>, mut observed: Observed, result: &Result<T>) {
    if let (Err(error), Some(config)) = (result, config.get())
        && observed.is_recording()
    {
        on_error(config, observed.span(), error);
    }
    observed.end();
}

/// The broker's word on a message that was sent.
pub(crate) fn on_confirmation(config: &Config, span: &SpanRef, confirmation: &Confirmation) {
    match confirmation {
        Confirmation::Ack(None) | Confirmation::NotRequested => {}
        Confirmation::Ack(Some(returned)) | Confirmation::Nack(Some(returned)) => {
            on_return(config, span, returned);
        }
        Confirmation::Nack(None) => messaging::on_error(span, "nack", None),
    }
}

fn on_return(config: &Config, span: &SpanRef, returned: &BasicReturnMessage) {
    let message = config.error_messages.then_some(returned.reply_text.as_str());
    messaging::on_error(span, reply(returned.reply_code), message);
}

fn kind(error: &Error) -> Cow<'static, str> {
    match error.kind() {
        ErrorKind::ProtocolError(error) => reply(error.get_id()),
        ErrorKind::IOError(error) | ErrorKind::RuntimeShutdownError(error) => {
            failure::io_kind(&**error).unwrap_or("io_error").into()
        }
        ErrorKind::InvalidChannel(_) | ErrorKind::InvalidChannelState(..) => {
            "channel_closed".into()
        }
        ErrorKind::InvalidConnectionState(_) => "connection_closed".into(),
        ErrorKind::ChannelsLimitReached => "channels_limit".into(),
        ErrorKind::MissingHeartbeatError => "missing_heartbeat".into(),
        ErrorKind::SerialisationError(_) => "serialisation".into(),
        ErrorKind::ParsingError(_) | ErrorKind::InvalidProtocolVersion(_) => "protocol".into(),
        _ => semconv::OTHER.into(),
    }
}

/// The names that AMQP 0-9-1 has for its reply codes.
fn reply(code: u16) -> Cow<'static, str> {
    match code {
        311 => "content_too_large",
        312 => "no_route",
        313 => "no_consumers",
        320 => "connection_forced",
        402 => "invalid_path",
        403 => "access_refused",
        404 => "not_found",
        405 => "resource_locked",
        406 => "precondition_failed",
        501 => "frame_error",
        502 => "syntax_error",
        503 => "command_invalid",
        504 => "channel_error",
        505 => "unexpected_frame",
        506 => "resource_error",
        530 => "not_allowed",
        540 => "not_implemented",
        541 => "internal_error",
        _ => return semconv::OTHER.into(),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use super::*;

    #[test]
    fn kinds() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        for (error, expected) in [
            (ErrorKind::IOError(Arc::new(refused)), "connection_refused"),
            (ErrorKind::InvalidChannel(7), "channel_closed"),
            (ErrorKind::MissingHeartbeatError, "missing_heartbeat"),
            (ErrorKind::FutureCompleted, semconv::OTHER),
        ] {
            assert_eq!(kind(&error.into()), expected);
        }
        assert_eq!([reply(312), reply(404), reply(7)], ["no_route", "not_found", semconv::OTHER]);
    }
}
