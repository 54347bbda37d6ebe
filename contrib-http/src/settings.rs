//! What requests are made with.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ureq::http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE,
    EXPECT, HOST, TE, TRANSFER_ENCODING, UPGRADE,
};
use ureq::http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::endpoint::Endpoint;
use crate::tls;

/// Longest time that any of the settings can be: keeps sums of times far from overflow.
pub(crate) const MAX_TIME: Duration = Duration::from_secs(3600);
/// Most bytes of a request, by default: what gRPC's servers take if nobody has told them anything
/// else, and web servers take more.
const MAX_REQUEST: usize = 4 << 20;
/// A timeout below this would fail every batch.
const MIN_TIME: Duration = Duration::from_millis(1);

/// Headers that say how a request is written, which is not the user's to choose.
const RESERVED: [HeaderName; 12] = [
    ACCEPT_ENCODING,
    CONNECTION,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    EXPECT,
    HOST,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
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
    /// gRPC was asked for, and the feature `grpc` is not compiled in.
    GrpcNotCompiledIn,
    /// The root certificates can't be read, or are no certificates in PEM.
    InvalidCertificate,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidEndpoint => "the endpoint is no http(s) URL",
            Self::TlsNotCompiledIn => "the endpoint is https: enable the feature `tls`",
            Self::InvalidHeader => "a header is malformed, or reserved for HTTP itself",
            Self::GzipNotCompiledIn => "gzip was asked for: enable the feature `gzip`",
            Self::GrpcNotCompiledIn => "gRPC was asked for: enable the feature `grpc`",
            Self::InvalidCertificate => "there is no readable certificate in PEM",
        })
    }
}

impl std::error::Error for ConfigError {}

/// What requests are made with. Everything but the endpoint has a default.
///
/// The first setting that is wrong is kept for [`checked`](Self::checked), so that a builder on
/// top of this can be chained.
#[derive(Clone)]
pub struct Settings {
    pub(crate) endpoint: Endpoint,
    pub(crate) headers: HeaderMap,
    pub(crate) compression: Compression,
    pub(crate) timeout: Duration,
    pub(crate) max_elapsed: Duration,
    pub(crate) retry_delay: Duration,
    pub(crate) max_request: usize,
    roots: Option<Arc<[u8]>>,
    error: Option<ConfigError>,
}

impl Settings {
    /// Requests to this endpoint, plain ones, with the default times.
    #[must_use]
    pub fn new(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            headers: HeaderMap::new(),
            compression: Compression::None,
            timeout: Duration::from_secs(10),
            max_elapsed: Duration::from_secs(60),
            retry_delay: Duration::from_secs(1),
            max_request: MAX_REQUEST,
            roots: None,
            error: None,
        }
    }

    /// Another endpoint, if it is one.
    pub fn set_endpoint(&mut self, endpoint: Result<Endpoint, ConfigError>) {
        match endpoint {
            Ok(endpoint) => self.endpoint = endpoint,
            Err(error) => self.fail(error),
        }
    }

    /// A header of every request. An earlier value under the same name is replaced.
    pub fn set_header(&mut self, name: &str, value: &str) {
        match header(name, value) {
            Some((name, value)) => {
                self.headers.insert(name, value);
            }
            None => self.fail(ConfigError::InvalidHeader),
        }
    }

    /// How posts are compressed. Default: not at all.
    pub fn set_compression(&mut self, compression: Compression) {
        if compression == Compression::Gzip && !cfg!(feature = "gzip") {
            self.fail(ConfigError::GzipNotCompiledIn);
        } else {
            self.compression = compression;
        }
    }

    /// Longest time for one attempt to post, from the look-up of the name to the last byte of the
    /// reply. Default 10 s; held between 1 ms and 1 h.
    pub fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout.clamp(MIN_TIME, MAX_TIME);
    }

    /// Longest time for one batch, all attempts and the pauses between them taken together.
    /// Default 60 s; held between 1 ms and 1 h.
    pub fn set_max_elapsed(&mut self, time: Duration) {
        self.max_elapsed = time.clamp(MIN_TIME, MAX_TIME);
    }

    /// The pause before the second attempt, if the server names none; the next ones are half as
    /// long again each. Default 1 s. All pauses are spread at random by half of their length, and
    /// held between 100 ms and 30 s.
    pub fn set_retry_delay(&mut self, delay: Duration) {
        self.retry_delay = delay.min(MAX_TIME);
    }

    /// Most bytes of one request, before it is compressed. Default 4 MiB. A batch that is larger
    /// goes out in parts, and a span that is larger by itself does not go out.
    pub fn set_max_request(&mut self, bytes: usize) {
        self.max_request = bytes;
    }

    /// The certificates, in PEM, of those who may vouch for an https receiver, instead of Mozilla's
    /// list. Needs the feature `tls`.
    pub fn set_root_certificates(&mut self, pem: &[u8]) {
        match tls::check(pem) {
            Ok(()) => self.roots = Some(pem.into()),
            Err(error) => self.fail(error),
        }
    }

    /// What was set with [`set_root_certificates`](Self::set_root_certificates).
    #[must_use]
    pub fn root_certificates(&self) -> Option<&[u8]> {
        self.roots.as_deref()
    }

    /// The headers of every request: those that were set, and the authorization that the
    /// endpoint's credentials stand for, unless one was set. Secrets, marked as such.
    #[must_use]
    pub fn request_headers(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        if let Some(value) = self.endpoint.authorization() {
            headers.entry(AUTHORIZATION).or_insert_with(|| value.clone());
        }
        headers
    }

    /// Where requests go.
    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The value of a header that was set; `None` where none was. A secret, as a rule.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Longest time for one attempt.
    #[must_use]
    pub const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// How posts are compressed.
    #[must_use]
    pub const fn compression(&self) -> Compression {
        self.compression
    }

    /// The settings, if all that was set is usable.
    ///
    /// # Errors
    /// The first that was not.
    pub const fn checked(&self) -> Result<&Self, ConfigError> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }

    pub(crate) fn fail(&mut self, error: ConfigError) {
        self.error.get_or_insert(error);
    }
}

/// A header that may be sent, marked so that no library prints its value.
fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let name: HeaderName = name.parse().ok()?;
    let mut value: HeaderValue = value.parse().ok()?;
    value.set_sensitive(true);
    (!RESERVED.contains(&name)).then_some((name, value))
}

impl fmt::Debug for Settings {
    /// Without headers, credentials, path and query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("endpoint", &self.endpoint)
            .field("headers", &self.headers.len())
            .field("compression", &self.compression)
            .field("timeout", &self.timeout)
            .field("max_elapsed", &self.max_elapsed)
            .field("max_request", &self.max_request)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}
