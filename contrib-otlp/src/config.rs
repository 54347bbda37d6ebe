//! Setting a reporter up.

use std::fmt;
use std::time::Duration;

use contrib_http::{Compression, ConfigError, Endpoint, Settings};

use crate::reporter::OtlpReporter;

/// The path of traces below a collector's address (OTLP 1.x, section "OTLP/HTTP Request").
const TRACES_PATH: &str = "v1/traces";

/// The path of traces at a collector's address.
pub(crate) fn collector(url: &str) -> Result<Endpoint, ConfigError> {
    Endpoint::below(url, TRACES_PATH)
}

/// How requests travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// As posts over HTTP/1.1 (`http/protobuf`).
    #[default]
    HttpProtobuf,
    /// As gRPC calls over HTTP/2; needs the feature `grpc`.
    Grpc,
}

/// Describes an [`OtlpReporter`]. Everything has a default that fits a collector on this host.
#[must_use = "nothing happens before `build`"]
#[derive(Clone)]
pub struct OtlpReporterBuilder {
    pub(crate) settings: Settings,
    pub(crate) protocol: Protocol,
    /// Whether somebody has said where requests go.
    pub(crate) has_endpoint: bool,
}

impl OtlpReporterBuilder {
    pub(crate) fn new() -> Self {
        let local = Endpoint::from_static("http://localhost:4318/v1/traces");
        Self {
            settings: Settings::new(local),
            protocol: Protocol::HttpProtobuf,
            has_endpoint: false,
        }
    }

    /// How requests travel. Default: over HTTP.
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// The collector's address, to which `/v1/traces` is appended. Default
    /// `http://localhost:4318`, and `http://localhost:4317` for gRPC, which has a path of its own:
    /// of an address scheme, host and port count, and the credentials. Credentials in it (`http://user:password@host`) go out as an
    /// `Authorization` header.
    pub fn endpoint(mut self, url: &str) -> Self {
        self.settings.set_endpoint(collector(url));
        self.has_endpoint = true;
        self
    }

    /// The whole URL that traces are posted to, taken as it is. For gRPC the same as
    /// [`endpoint`](Self::endpoint).
    pub fn traces_endpoint(mut self, url: &str) -> Self {
        self.settings.set_endpoint(Endpoint::exact(url));
        self.has_endpoint = true;
        self
    }

    /// A header of every request (gRPC: metadata), a token for example. An earlier value under the same name is
    /// replaced.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.settings.set_header(name, value);
        self
    }

    /// Longest time for one attempt, from the look-up of the name to the last byte of the reply.
    /// Default 10 s; held between 1 ms and 1 h.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.set_timeout(timeout);
        self
    }

    /// How requests are compressed. Default: not at all.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.settings.set_compression(compression);
        self
    }

    /// The certificates, in PEM, of those who may vouch for an https receiver, instead of Mozilla's
    /// list: of a private authority, for example. Needs the feature `tls`.
    pub fn root_certificates(mut self, pem: &[u8]) -> Self {
        self.settings.set_root_certificates(pem);
        self
    }

    /// Most bytes of one request, before it is compressed. Default 4 MiB, which is what gRPC's
    /// servers take. A larger batch goes out in parts; a larger span does not go out, and is
    /// counted as [`TooLarge`](tracer_core::DropReason::TooLarge).
    pub fn max_request_bytes(mut self, bytes: usize) -> Self {
        self.settings.set_max_request(bytes);
        self
    }

    /// Longest time for one batch, all attempts and the pauses between them taken together.
    /// Default 60 s, 1 h at most.
    pub fn max_elapsed(mut self, time: Duration) -> Self {
        self.settings.set_max_elapsed(time);
        self
    }

    /// The pause before the second attempt, if the server names none; the next ones are half as
    /// long again each. Default 1 s. All pauses are spread at random by half of their length, and
    /// held between 100 ms and 30 s.
    pub fn retry_delay(mut self, delay: Duration) -> Self {
        self.settings.set_retry_delay(delay);
        self
    }

    /// Makes the reporter. Connects to nothing: that happens with the first batch.
    ///
    /// # Errors
    /// The first of the settings that was unusable.
    pub fn build(mut self) -> Result<OtlpReporter, ConfigError> {
        if self.protocol == Protocol::Grpc && !self.has_endpoint {
            self.settings.set_endpoint(Ok(Endpoint::from_static("http://localhost:4317/")));
        }
        OtlpReporter::with(self.protocol, self.settings.checked()?)
    }
}

impl fmt::Debug for OtlpReporterBuilder {
    /// Without headers, credentials, path and query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtlpReporterBuilder")
            .field("protocol", &self.protocol)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
