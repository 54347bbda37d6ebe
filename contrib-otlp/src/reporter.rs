//! The reporter: encode, and send.

use std::fmt;

use contrib_http::{ConfigError, Format, Poster, Settings};
use tracer_core::{Batch, Outcome, Reporter};

use crate::config::{OtlpReporterBuilder, Protocol};
use crate::encode::encode_part;
use crate::reply::rejected_spans;
use crate::settings;

const FORMAT: Format = Format {
    user_agent: concat!("tracer-otlp/", env!("CARGO_PKG_VERSION")),
    content_type: "application/x-protobuf",
    rejected_spans: |reply| rejected_spans(reply).unwrap_or(0),
};

/// Sends spans to an OTLP receiver, over HTTP or gRPC: [`OtlpReporter::new`], [`builder`](Self::builder) or
/// [`from_env`](Self::from_env).
///
/// It works on the tracer's reporter thread and blocks it while it waits: for the server, and
/// between attempts. What came of each batch is in [`Tracer::books`](tracer_core::Tracer::books).
pub struct OtlpReporter {
    delivery: By,
}

/// What brings batches to the receiver.
#[derive(Debug)]
enum By {
    Http(Box<Poster>),
    #[cfg(feature = "grpc")]
    Grpc(Box<contrib_http::Delivery<crate::grpc::Call>>),
}

impl OtlpReporter {
    /// Sends to a collector on this host, at port 4318.
    #[must_use]
    pub fn new() -> Self {
        Self { delivery: http(&OtlpReporterBuilder::new().settings) }
    }

    /// Describes a reporter.
    pub fn builder() -> OtlpReporterBuilder {
        OtlpReporterBuilder::new()
    }

    /// A reporter as the environment's `OTEL_EXPORTER_OTLP_*` variables describe it: see the
    /// [table](crate#environment). A bad value is warned of on standard error and, but for what
    /// follows, ignored.
    ///
    /// # Errors
    /// - [`ConfigError::InvalidEndpoint`], [`ConfigError::TlsNotCompiledIn`], [`ConfigError::InvalidCertificate`]: sending to another
    ///   host than the one that was asked for, or to one that strangers vouch for, would be worse
    ///   than not sending.
    /// - [`ConfigError::GrpcNotCompiledIn`]: what listens for gRPC understands nothing else.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_vars(tracer_core::env_var)
    }

    /// [`from_env`](Self::from_env) with variables from elsewhere.
    ///
    /// # Errors
    /// As `from_env`.
    pub fn from_vars(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        settings::builder_and_warn(&get).build()
    }

    pub(crate) fn with(protocol: Protocol, settings: &Settings) -> Result<Self, ConfigError> {
        let delivery = match protocol {
            Protocol::HttpProtobuf => http(settings),
            #[cfg(feature = "grpc")]
            Protocol::Grpc => {
                let call = crate::grpc::Call::new(settings)?;
                By::Grpc(Box::new(contrib_http::Delivery::by(call, settings)))
            }
            #[cfg(not(feature = "grpc"))]
            Protocol::Grpc => return Err(ConfigError::GrpcNotCompiledIn),
        };
        Ok(Self { delivery })
    }
}

fn http(settings: &Settings) -> By {
    By::Http(Box::new(Poster::new(settings, FORMAT)))
}

impl Reporter for OtlpReporter {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        let encode = |part, request: &mut Vec<u8>| {
            encode_part(batch, part, request);
            Ok(())
        };
        match &mut self.delivery {
            By::Http(poster) => poster.deliver(batch, encode),
            #[cfg(feature = "grpc")]
            By::Grpc(caller) => caller.deliver(batch, encode),
        }
    }
}

impl Default for OtlpReporter {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for OtlpReporter {
    /// Without headers, credentials, path and query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtlpReporter").field("delivery", &self.delivery).finish()
    }
}
