//! Calls that came to no answer.

use std::error::Error;
use std::io::ErrorKind;

use contrib_http::{Attempt, Why};
use h2::Reason;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Broken {
    /// There was more of it than is read.
    TooLong,
    /// Reading, writing or connecting failed.
    Io(ErrorKind),
    /// The receiver gave up on the call, or speaks no HTTP/2.
    Protocol(Reason),
    /// The connection is gone, for a reason that nobody gives.
    Gone,
}

impl Broken {
    /// By the innermost of its sources that says anything.
    pub(super) fn from_error(error: impl Error + 'static) -> Self {
        let mut broken = Self::Gone;
        let mut next: Option<&(dyn Error + 'static)> = Some(&error);
        while let Some(error) = next {
            if let Some(error) = error.downcast_ref::<std::io::Error>() {
                broken = Self::Io(error.kind());
            } else if let Some(error) = error.downcast_ref::<h2::Error>() {
                broken = match (error.get_io(), error.reason()) {
                    (Some(error), _) => Self::Io(error.kind()),
                    (None, Some(reason)) => Self::Protocol(reason),
                    (None, None) => Self::Gone,
                };
            }
            next = error.source();
        }
        broken
    }

    /// `sent`: the whole request was handed to the connection.
    pub(super) fn judge(&self, sent: bool) -> (Attempt, Why) {
        let again = |perhaps_taken| Attempt::Again { after: None, perhaps_taken };
        match *self {
            Self::TooLong => (Attempt::Failed, Why::Text("the reply is too long")),
            Self::Io(kind) => io(kind, sent),
            // By the promise of HTTP/2 (RFC 9113, section 8.7) it was not looked at.
            Self::Protocol(Reason::REFUSED_STREAM) => {
                (again(false), Why::Text("the receiver takes no call"))
            }
            // A server that is going away, and what gRPC has as CANCELLED.
            Self::Protocol(Reason::NO_ERROR | Reason::CANCEL) => {
                (again(sent), Why::Text("the receiver broke the call off"))
            }
            Self::Protocol(_) => (Attempt::Failed, Why::Text("no valid HTTP/2 reply")),
            Self::Gone => (again(sent), Why::Text("no connection")),
        }
    }
}

pub(super) fn io(kind: ErrorKind, sent: bool) -> (Attempt, Why) {
    match kind {
        // Failed handshakes of TLS arrive as these: a certificate does not heal by itself.
        ErrorKind::InvalidData | ErrorKind::InvalidInput => (Attempt::Failed, Why::Io(kind)),
        kind => (Attempt::Again { after: None, perhaps_taken: sent }, words(kind)),
    }
}

/// Kinds that say something; of a name that nobody knows, for one, the kind does not.
const fn words(kind: ErrorKind) -> Why {
    match kind {
        ErrorKind::BrokenPipe
        | ErrorKind::ConnectionAborted
        | ErrorKind::ConnectionRefused
        | ErrorKind::ConnectionReset
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::TimedOut
        | ErrorKind::UnexpectedEof => Why::Io(kind),
        _ => Why::Text("no connection"),
    }
}
