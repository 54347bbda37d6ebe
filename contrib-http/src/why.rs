//! Why a request came to nothing.

use std::fmt;
use std::io::ErrorKind;

/// Why a request came to nothing. Fit for standard error: nothing in its words comes from a server
/// or from the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The receiver answered with this status.
    Status(u16),
    /// Reading or writing failed.
    Io(ErrorKind),
    /// Anything else, in words.
    Text(&'static str),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the receiver answered with status {status}"),
            Self::Io(kind) => kind.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Why {}
