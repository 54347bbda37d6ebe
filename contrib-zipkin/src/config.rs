//! Setting a reporter up.

use std::fmt;
use std::time::Duration;

use contrib_http::{Compression, ConfigError, Endpoint, Settings};

use crate::reporter::ZipkinReporter;

/// Describes a [`ZipkinReporter`]. Everything has a default that fits a Zipkin on this host.
#[must_use = "nothing happens before `build`"]
#[derive(Clone)]
pub struct ZipkinReporterBuilder {
    pub(crate) settings: Settings,
}

impl ZipkinReporterBuilder {
    pub(crate) fn new() -> Self {
        let local = Endpoint::from_static("http://localhost:9411/api/v2/spans");
        Self { settings: Settings::new(local) }
    }

    /// The whole URL that spans are posted to, taken as it is. Default
    /// `http://localhost:9411/api/v2/spans`. Credentials in it (`http://user:password@host`) go
    /// out as an `Authorization` header.
    pub fn endpoint(mut self, url: &str) -> Self {
        self.settings.set_endpoint(Endpoint::exact(url));
        self
    }

    /// A header of every request, a token for example. An earlier value under the same name is
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
    pub fn build(self) -> Result<ZipkinReporter, ConfigError> {
        self.settings.checked().map(ZipkinReporter::with)
    }
}

impl fmt::Debug for ZipkinReporterBuilder {
    /// Without headers, credentials, path and query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZipkinReporterBuilder").field("settings", &self.settings).finish()
    }
}
