//! The reporter: encode, and send.

use std::fmt;

use contrib_http::env::bad_variable;
use contrib_http::{ConfigError, Format, Poster, Settings};
use tracer_core::{Batch, Outcome, Reporter};

use crate::config::ZipkinReporterBuilder;
use crate::encode;
use crate::settings;

const FORMAT: Format = Format {
    user_agent: concat!("tracer-zipkin/", env!("CARGO_PKG_VERSION")),
    content_type: "application/json",
    // Zipkin takes a list or it does not.
    rejected_spans: |_reply| 0,
};

/// Sends spans to Zipkin: [`ZipkinReporter::new`], [`builder`](Self::builder) or
/// [`from_env`](Self::from_env).
///
/// It works on the tracer's reporter thread and blocks it while it waits: for the server, and
/// between attempts. What came of each batch is in [`Tracer::books`](tracer_core::Tracer::books).
pub struct ZipkinReporter {
    poster: Poster,
}

impl ZipkinReporter {
    /// Sends to a Zipkin on this host, at port 9411.
    #[must_use]
    pub fn new() -> Self {
        Self::with(&ZipkinReporterBuilder::new().settings)
    }

    /// Describes a reporter.
    pub fn builder() -> ZipkinReporterBuilder {
        ZipkinReporterBuilder::new()
    }

    /// A reporter as the environment's `OTEL_EXPORTER_ZIPKIN_*` variables describe it: see the
    /// [table](crate#environment). A bad value is warned of on standard error and ignored.
    ///
    /// # Errors
    /// [`ConfigError::InvalidEndpoint`], [`ConfigError::TlsNotCompiledIn`]: sending to another host than the one that was asked for
    /// would be worse than not sending.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_vars(tracer_core::env_var)
    }

    /// [`from_env`](Self::from_env) with variables from elsewhere.
    ///
    /// # Errors
    /// As `from_env`.
    pub fn from_vars(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        settings::builder(&get, &mut bad_variable).build()
    }

    pub(crate) fn with(settings: &Settings) -> Self {
        Self { poster: Poster::new(settings, FORMAT) }
    }
}

impl Reporter for ZipkinReporter {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        self.poster.deliver(batch, |part, body| Ok(encode::write(batch, part, body)?))
    }
}

impl Default for ZipkinReporter {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ZipkinReporter {
    /// Without headers, credentials, path and query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZipkinReporter").field("poster", &self.poster).finish()
    }
}
