//! Variables that can't be used.

use std::fmt;

use contrib_http::ConfigError;

/// A variable that can't be used, and why. Without its value: it may be a secret that was put in
/// the wrong place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnvError {
    variable: &'static str,
    problem: Problem,
}

/// What is wrong with a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// It is not set, and there is no default.
    Missing,
    /// No truth value: `true`, `false`, `1`, `0`, `t`, `f`.
    NoBool,
    /// No number, or none of the range that is asked for.
    NoNumber,
    /// No duration above zero in Go's words: `1s`, `500ms`, `1h30m`.
    NoDuration,
    /// No list of `key=value`.
    NoTags,
    /// No kind of sampler that there is.
    UnknownSampler,
    /// No list of formats that there are.
    UnknownPropagation,
    /// No URL that can be asked.
    Endpoint(ConfigError),
    /// Too long to be a part of a URL.
    TooLong,
}

impl EnvError {
    pub(super) const fn new(variable: &'static str, problem: Problem) -> Self {
        Self { variable, problem }
    }

    /// The variable's name.
    #[must_use]
    pub const fn variable(&self) -> &'static str {
        self.variable
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn problem(&self) -> Problem {
        self.problem
    }
}

impl fmt::Display for EnvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.variable, self.problem)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "is not set",
            Self::NoBool => "is neither true nor false",
            Self::NoNumber => "is no number, or not in its range",
            Self::NoDuration => "is no duration such as 1s or 500ms",
            Self::NoTags => "is no list of key=value",
            Self::UnknownSampler => "no sampler of this name",
            Self::UnknownPropagation => "is no list of jaeger, b3 and w3c",
            Self::Endpoint(why) => return why.fmt(f),
            Self::TooLong => "is too long",
        })
    }
}

impl std::error::Error for EnvError {}
