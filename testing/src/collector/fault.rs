//! What a collector can be told to do wrong.

use std::time::Duration;

/// How the next request is treated. A port that refuses is
/// [`Refusing`](super::Refusing), or a collector that was stopped.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Stored, and answered with an empty 200.
    None,
    /// Stored, and answered with an empty 200 after so long.
    Slow(Duration),
    /// Read, and never answered.
    Hang,
    /// Never read.
    HangUnread,
    /// Answered one byte at a time, for ever.
    SlowLoris,
    /// Answered with a status and nothing else. A 2xx has taken the spans.
    Status {
        /// The status.
        code: u16,
        /// The value of `Retry-After`.
        retry_after: Option<String>,
    },
    /// Answered with 200 and a body that comes one byte at a time, for ever.
    SlowBody,
    /// Answered with this status and a body without an end.
    EndlessBody {
        /// The status.
        code: u16,
    },
    /// Answered with 413 where it holds more bytes than so many, and stored where it does not.
    Limit(usize),
    /// Answered with 200 and ten megabytes, packed into ten thousand bytes.
    Bomb,
    /// Answered with 200 and this many headers.
    ManyHeaders(usize),
    /// Answered with 200 and these bytes as its body. Its spans count as taken.
    Reply(Vec<u8>),
    /// Stored but for so many spans, and said so.
    PartialSuccess {
        /// Spans that the answer calls rejected.
        rejected: i64,
        /// Its words.
        message: String,
    },
    /// Answered with a redirect.
    Redirect {
        /// The status.
        code: u16,
        /// The URL.
        to: String,
    },
    /// Answered with bytes that are no HTTP.
    NoHttp,
    /// The connection is reset when the head of the request has come.
    ResetInRequest,
    /// The connection is closed where the answer should be.
    CloseUnanswered,
    /// The connection is closed in the middle of a 200's body.
    CloseInReply,
}

impl Fault {
    /// A status without `Retry-After`.
    #[must_use]
    pub const fn status(code: u16) -> Self {
        Self::Status { code, retry_after: None }
    }

    /// A status with `Retry-After`.
    #[must_use]
    pub fn retry_after(code: u16, value: &str) -> Self {
        Self::Status { code, retry_after: Some(value.to_owned()) }
    }
}
