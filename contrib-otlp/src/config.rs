//! Setting a reporter up.

use std::fmt;
use std::time::Duration;

use ureq::http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST,
    TRANSFER_ENCODING,
};
use ureq::http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::endpoint::Endpoint;
use crate::reporter::OtlpReporter;

/// Longest time that any of the settings can be: keeps sums of times far from overflow.
const MAX_TIME: Duration = Duration::from_secs(3600);
/// A timeout below this would fail every batch.
const MIN_TIME: Duration = Duration::from_millis(1);

/// Headers that say how a request is written, which is not the user's to choose.
const RESERVED: [HeaderName; 8] = [
    ACCEPT_ENCODING,
    CONNECTION,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    EXPECT,
    HOST,
    TRANSFER_ENCODING,
];

/// How requests are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// By gzip; needs the feature `gzip`.
    Gzip,
}

/// Why a reporter can't be made. Says what is wrong, and never with which value: settings of this
/// kind hold secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// The endpoint is no URL of the form `http://host:port/path`.
    InvalidEndpoint,
    /// The endpoint is https, and the feature `tls` is not compiled in.
    TlsNotCompiledIn,
    /// A header's name or value is malformed, or it is one that HTTP itself needs.
    InvalidHeader,
    /// Gzip was asked for, and the feature `gzip` is not compiled in.
    GzipNotCompiledIn,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidEndpoint => "the OTLP endpoint is no http(s) URL",
            Self::TlsNotCompiledIn => {
                "the OTLP endpoint is https: enable the feature `tls` of contrib-otlp"
            }
            Self::InvalidHeader => "an OTLP header is malformed, or reserved for HTTP itself",
            Self::GzipNotCompiledIn => {
                "gzip was asked for: enable the feature `gzip` of contrib-otlp"
            }
        })
    }
}

impl std::error::Error for ConfigError {}

/// Describes an [`OtlpReporter`]. Everything has a default that fits a collector on this host.
#[must_use = "nothing happens before `build`"]
#[derive(Clone)]
pub struct OtlpReporterBuilder {
    pub(crate) endpoint: Endpoint,
    pub(crate) headers: HeaderMap,
    pub(crate) compression: Compression,
    pub(crate) timeout: Duration,
    pub(crate) max_elapsed: Duration,
    pub(crate) retry_delay: Duration,
    /// The first thing that was wrong; told by `build`, so that calls can be chained.
    error: Option<ConfigError>,
}

impl OtlpReporterBuilder {
    pub(crate) fn new() -> Self {
        Self {
            endpoint: Endpoint::local(),
            headers: HeaderMap::new(),
            compression: Compression::None,
            timeout: Duration::from_secs(10),
            max_elapsed: Duration::from_secs(60),
            retry_delay: Duration::from_secs(1),
            error: None,
        }
    }

    /// The collector's address, to which `/v1/traces` is appended. Default
    /// `http://localhost:4318`. Credentials in it (`http://user:password@host`) go out as an
    /// `Authorization` header.
    pub fn endpoint(mut self, url: &str) -> Self {
        match Endpoint::collector(url) {
            Ok(endpoint) => self.endpoint = endpoint,
            Err(error) => self.fail(error),
        }
        self
    }

    /// The whole URL that traces are posted to, taken as it is.
    pub fn traces_endpoint(mut self, url: &str) -> Self {
        match Endpoint::exact(url) {
            Ok(endpoint) => self.endpoint = endpoint,
            Err(error) => self.fail(error),
        }
        self
    }

    /// A header of every request, a token for example. An earlier value under the same name is
    /// replaced.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match header(name, value) {
            Some((name, value)) => {
                self.headers.insert(name, value);
            }
            None => self.fail(ConfigError::InvalidHeader),
        }
        self
    }

    /// Longest time for one attempt, from the look-up of the name to the last byte of the reply.
    /// Default 10 s; held between 1 ms and 1 h.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.clamp(MIN_TIME, MAX_TIME);
        self
    }

    /// How requests are compressed. Default: not at all.
    pub fn compression(mut self, compression: Compression) -> Self {
        if compression == Compression::Gzip && !cfg!(feature = "gzip") {
            self.fail(ConfigError::GzipNotCompiledIn);
        } else {
            self.compression = compression;
        }
        self
    }

    /// Longest time for one batch, all attempts and the pauses between them taken together.
    /// Default 60 s, 1 h at most.
    pub fn max_elapsed(mut self, time: Duration) -> Self {
        self.max_elapsed = time.clamp(MIN_TIME, MAX_TIME);
        self
    }

    /// The pause before the second attempt, if the server names none; the next ones are half as
    /// long again each. Default 1 s. All pauses are spread at random by half of their length, and
    /// held between 100 ms and 30 s.
    pub fn retry_delay(mut self, delay: Duration) -> Self {
        self.retry_delay = delay.min(MAX_TIME);
        self
    }

    /// Makes the reporter. Connects to nothing: that happens with the first batch.
    ///
    /// # Errors
    /// The first of the settings that was unusable.
    pub fn build(self) -> Result<OtlpReporter, ConfigError> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(OtlpReporter::with(&self)),
        }
    }

    pub(crate) const fn error(&self) -> Option<ConfigError> {
        self.error
    }

    fn fail(&mut self, error: ConfigError) {
        self.error.get_or_insert(error);
    }
}

/// A header that may be sent, marked so that no library prints its value.
pub(crate) fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let name: HeaderName = name.parse().ok()?;
    let mut value: HeaderValue = value.parse().ok()?;
    value.set_sensitive(true);
    (!RESERVED.contains(&name)).then_some((name, value))
}

impl fmt::Debug for OtlpReporterBuilder {
    /// Without headers, credentials, path and query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtlpReporterBuilder")
            .field("endpoint", &self.endpoint)
            .field("headers", &self.headers.len())
            .field("compression", &self.compression)
            .field("timeout", &self.timeout)
            .field("max_elapsed", &self.max_elapsed)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}
