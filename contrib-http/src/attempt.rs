//! What an answer, or none, says about a batch.

use std::io::ErrorKind;
use std::time::SystemTime;

use ureq::http::Response;
use ureq::http::header::{CONTENT_ENCODING, HeaderMap, RETRY_AFTER};
use ureq::{Body, Error};

use crate::reply::{self, MAX_REPLY, ReadError};
use crate::retry::retry_after;
use crate::transport::Attempt;
use crate::why::Why;

/// Judges by the status. The reply to an accepted batch is read into `reply`, and `rejected_spans`
/// asked about it.
pub(crate) fn judge(
    mut response: Response<Body>,
    reply: &mut Vec<u8>,
    rejected_spans: fn(&[u8]) -> u64,
) -> (Attempt, Why) {
    let status = response.status().as_u16();
    let attempt = match status {
        200..=299 if is_packed(response.headers()) => {
            // Nobody asked for it: this is no collector, and what it unpacks to is not worth it.
            return (Attempt::Failed, Why::Text("the reply is compressed"));
        }
        200..=299 => return judge_accepted(response.body_mut(), reply, rejected_spans),
        429 | 502..=504 => {
            let after = response.headers().get(RETRY_AFTER);
            let after = after.and_then(|value| value.to_str().ok());
            let after = after.and_then(|value| retry_after(value, SystemTime::now()));
            drain(response.body_mut(), reply);
            Attempt::Again { after, perhaps_taken: false }
        }
        413 => Attempt::TooLarge,
        400..=499 => Attempt::Refused,
        _ => Attempt::Failed,
    };
    (attempt, Why::Status(status))
}

fn is_packed(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_ENCODING).is_some_and(|coding| coding != "identity")
}

fn judge_accepted(
    body: &mut Body,
    reply: &mut Vec<u8>,
    rejected_spans: fn(&[u8]) -> u64,
) -> (Attempt, Why) {
    match reply::read(body.as_reader(), MAX_REPLY, reply) {
        Ok(()) => {
            let rejected = rejected_spans(reply);
            (Attempt::Accepted { rejected }, Why::Text("the receiver rejected some spans"))
        }
        // Whoever answers like this is no collector.
        Err(error @ ReadError::TooLong) => (Attempt::Failed, unread(error)),
        // How many spans were rejected will never be known.
        Err(error @ ReadError::Io(_)) => (Attempt::Unanswered, unread(error)),
    }
}

/// Why a reply was not read to its end.
pub(crate) fn unread(error: ReadError) -> Why {
    match error {
        ReadError::TooLong => Why::Text("the reply is too long"),
        // ureq's own errors, that time is up for one, are inside of this one.
        ReadError::Io(error) => judge_error(&error.into(), true).1,
    }
}

/// Reads a reply away, so that the connection can be used again.
fn drain(body: &mut Body, reply: &mut Vec<u8>) {
    if body.content_length().is_some_and(|len| len < MAX_REPLY as u64) {
        // If it fails the connection is closed, which is all that there is to do.
        let _ = reply::read(body.as_reader(), MAX_REPLY, reply);
    }
}

/// `sent`: the whole request was handed to the connection.
pub(crate) fn judge_error(error: &Error, sent: bool) -> (Attempt, Why) {
    let again = Attempt::Again { after: None, perhaps_taken: sent };
    match error {
        Error::Timeout(_) if sent => (Attempt::Unanswered, Why::Text("no answer in time")),
        Error::Timeout(_) => (again, Why::Text("not sent in time")),
        Error::Io(error) => match error.kind() {
            kind @ ErrorKind::TimedOut if sent => (Attempt::Unanswered, Why::Io(kind)),
            // Failed handshakes of TLS arrive as these: a certificate does not heal by itself.
            kind @ (ErrorKind::InvalidData | ErrorKind::InvalidInput) => {
                (Attempt::Failed, Why::Io(kind))
            }
            kind => (again, Why::Io(kind)),
        },
        Error::HostNotFound => (again, Why::Text("host not found")),
        Error::ConnectionFailed | Error::ConnectProxyFailed(_) => {
            (again, Why::Text("no connection"))
        }
        // What answers does not speak HTTP/1.1, or not to an end.
        _ => (Attempt::Failed, Why::Text("no valid HTTP reply")),
    }
}
