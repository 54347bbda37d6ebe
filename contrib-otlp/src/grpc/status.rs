//! Statuses, and what they say about a batch (OTLP specification, "OTLP/gRPC Response").

use std::time::Duration;

use contrib_http::{Attempt, Why};
use http::HeaderMap;

use super::base64;
use crate::fields::{Field, Fields};

const RETRY_INFO: &[u8] = b"type.googleapis.com/google.rpc.RetryInfo";

/// How servers say that a message is larger than they take. gRPC has no code for it: most use
/// `RESOURCE_EXHAUSTED`, tonic `OUT_OF_RANGE`.
const TOO_LARGE: [&str; 3] = ["larger than max", "too large", "exceeds maximum size"];

/// What a call came to.
#[derive(Debug, PartialEq)]
pub(super) struct Status {
    code: u8,
    /// The server finds the message too large.
    too_large: bool,
    /// How long it wants to be left alone.
    retry: Option<Duration>,
}

impl Status {
    /// The status in a head or in trailers. `None` where there is none.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let code = headers.get("grpc-status")?.to_str().ok();
        // What is no code is UNKNOWN.
        let code = code.and_then(|code| code.parse().ok()).unwrap_or(2);
        let words = headers.get("grpc-message").and_then(|words| words.to_str().ok());
        let words = words.unwrap_or_default().replace("%20", " ").to_ascii_lowercase();
        let too_large = TOO_LARGE.iter().any(|known| words.contains(known));
        let details = headers.get("grpc-status-details-bin");
        let details = details.and_then(|details| base64::decode(details.as_bytes()));
        let retry = details.and_then(|details| retry_delay(&details));
        Some(Self { code, too_large, retry })
    }

    pub(super) const fn is_ok(&self) -> bool {
        self.code == 0
    }

    pub(super) const fn judge(&self) -> (Attempt, Why) {
        let again = Attempt::Again { after: self.retry, perhaps_taken: false };
        let (attempt, words) = match self.code {
            8 | 11 if self.too_large => (Attempt::TooLarge, "the receiver answered: too large"),
            1 => (again, "the receiver answered CANCELLED"),
            3 => (Attempt::Refused, "the receiver answered INVALID_ARGUMENT"),
            4 => (again, "the receiver answered DEADLINE_EXCEEDED"),
            5 => (Attempt::Refused, "the receiver answered NOT_FOUND"),
            6 => (Attempt::Refused, "the receiver answered ALREADY_EXISTS"),
            7 => (Attempt::Refused, "the receiver answered PERMISSION_DENIED"),
            8 if self.retry.is_some() => (again, "the receiver answered RESOURCE_EXHAUSTED"),
            8 => (Attempt::Refused, "the receiver answered RESOURCE_EXHAUSTED"),
            9 => (Attempt::Refused, "the receiver answered FAILED_PRECONDITION"),
            10 => (again, "the receiver answered ABORTED"),
            11 => (again, "the receiver answered OUT_OF_RANGE"),
            12 => (Attempt::Refused, "the receiver answered UNIMPLEMENTED"),
            13 => (Attempt::Failed, "the receiver answered INTERNAL"),
            14 => (again, "the receiver answered UNAVAILABLE"),
            15 => (again, "the receiver answered DATA_LOSS"),
            16 => (Attempt::Refused, "the receiver answered UNAUTHENTICATED"),
            _ => (Attempt::Failed, "the receiver answered UNKNOWN"),
        };
        (attempt, Why::Text(words))
    }
}

/// What an HTTP status without one of gRPC says: proxies answer so (gRPC, "HTTP to gRPC Status Code
/// Mapping").
pub(super) const fn judge_http(status: u16) -> (Attempt, Why) {
    let attempt = match status {
        429 | 502..=504 => Attempt::Again { after: None, perhaps_taken: false },
        413 => Attempt::TooLarge,
        401 | 403 | 404 => Attempt::Refused,
        _ => Attempt::Failed,
    };
    (attempt, Why::Status(status))
}

/// The delay of the `google.rpc.RetryInfo` in a `google.rpc.Status`.
fn retry_delay(status: &[u8]) -> Option<Duration> {
    const DETAILS: u64 = 3;
    let mut fields = Fields::of(status);
    while !fields.is_empty() {
        if let (DETAILS, Field::Bytes(any)) = fields.next()?
            && let Some(delay) = retry_info(any)
        {
            return Some(delay);
        }
    }
    None
}

/// The delay in a `google.protobuf.Any`, if it holds a `RetryInfo`.
fn retry_info(any: &[u8]) -> Option<Duration> {
    const TYPE_URL: u64 = 1;
    const VALUE: u64 = 2;
    const RETRY_DELAY: u64 = 1;
    let (mut url, mut value) = (&b""[..], &b""[..]);
    let mut fields = Fields::of(any);
    while !fields.is_empty() {
        match fields.next()? {
            (TYPE_URL, Field::Bytes(bytes)) => url = bytes,
            (VALUE, Field::Bytes(bytes)) => value = bytes,
            _ => {}
        }
    }
    if url != RETRY_INFO {
        return None;
    }
    // Without a delay in it, which is a default that is left out, it is zero.
    let mut delay = Duration::ZERO;
    let mut fields = Fields::of(value);
    while !fields.is_empty() {
        if let (RETRY_DELAY, Field::Bytes(bytes)) = fields.next()? {
            delay = duration(bytes)?;
        }
    }
    Some(delay)
}

/// A `google.protobuf.Duration`. What is negative is over already.
fn duration(bytes: &[u8]) -> Option<Duration> {
    let (mut seconds, mut nanos) = (0_i64, 0_i64);
    let mut fields = Fields::of(bytes);
    while !fields.is_empty() {
        match fields.next()? {
            (1, Field::Varint(value)) => seconds = value.cast_signed(),
            (2, Field::Varint(value)) => nanos = value.cast_signed(),
            _ => {}
        }
    }
    let whole = u64::try_from(seconds).unwrap_or(0);
    let part = if seconds < 0 { 0 } else { u32::try_from(nanos.clamp(0, 999_999_999)).ok()? };
    Some(Duration::new(whole, part))
}

#[cfg(test)]
mod tests;
