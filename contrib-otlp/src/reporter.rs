//! The reporter: encode, send, try again.

use std::fmt;
use std::time::{Duration, Instant};

use tracer_core::{Batch, Outcome, Reporter};

use crate::config::{Compression, ConfigError, OtlpReporterBuilder};
use crate::encode::encode;
use crate::retry::Backoff;
use crate::say::Failures;
use crate::send::{Attempt, Sender};
use crate::settings;

/// Memory that is kept from one batch to the next.
const KEEP: usize = 1 << 20;
/// At a shutdown, an attempt ends this long before the deadline, so that its outcome still gets
/// into the books.
const MARGIN: Duration = Duration::from_millis(50);

/// Sends spans to an OTLP receiver over HTTP: [`OtlpReporter::new`], [`builder`](Self::builder) or
/// [`from_env`](Self::from_env).
///
/// It works on the tracer's reporter thread and blocks it while it waits: for the server, and
/// between attempts. What came of each batch is in [`Tracer::books`](tracer_core::Tracer::books).
pub struct OtlpReporter {
    sender: Sender,
    compression: Compression,
    timeout: Duration,
    max_elapsed: Duration,
    retry_delay: Duration,
    failures: Failures,
    body: Vec<u8>,
    #[cfg_attr(not(feature = "gzip"), allow(dead_code, reason = "for compressed bodies"))]
    packed: Vec<u8>,
}

impl OtlpReporter {
    /// Sends to a collector on this host, at port 4318.
    #[must_use]
    pub fn new() -> Self {
        Self::with(&OtlpReporterBuilder::new())
    }

    /// Describes a reporter.
    pub fn builder() -> OtlpReporterBuilder {
        OtlpReporterBuilder::new()
    }

    /// A reporter as the environment's `OTEL_EXPORTER_OTLP_*` variables describe it: see the
    /// [table](crate#environment). A bad value is warned of on standard error and ignored.
    ///
    /// # Errors
    /// [`ConfigError::TlsNotCompiledIn`]: sending to another host than the one that was asked for
    /// would be worse than not sending.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_vars(|name| std::env::var(name).ok())
    }

    /// [`from_env`](Self::from_env) with variables from elsewhere.
    ///
    /// # Errors
    /// As `from_env`.
    pub fn from_vars(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        settings::builder_and_warn(&get).build()
    }

    pub(crate) fn with(config: &OtlpReporterBuilder) -> Self {
        Self {
            sender: Sender::new(config),
            compression: config.compression,
            timeout: config.timeout,
            max_elapsed: config.max_elapsed,
            retry_delay: config.retry_delay,
            failures: Failures::default(),
            body: Vec::new(),
            packed: Vec::new(),
        }
    }

    fn prepare(&mut self, batch: &Batch<'_>) {
        self.body.clear();
        self.body.shrink_to(KEEP);
        encode(batch, &mut self.body);
        #[cfg(feature = "gzip")]
        if self.compression == Compression::Gzip {
            crate::gzip::pack(&self.body, &mut self.packed);
            std::mem::swap(&mut self.body, &mut self.packed);
        }
    }

    /// Longest time for an attempt that starts now; `None` when there is no time left.
    fn time_left(&self, batch: &Batch<'_>, until: Instant) -> Option<Duration> {
        let now = Instant::now();
        let mut left = self.timeout.min(until.saturating_duration_since(now));
        if let Some(deadline) = batch.deadline() {
            let shutdown = deadline.saturating_duration_since(now);
            left = left.min(shutdown.saturating_sub(MARGIN.min(shutdown / 10)));
        }
        (!left.is_zero()).then_some(left)
    }

    fn deliver(&mut self, batch: &Batch<'_>) -> Outcome {
        let until = Instant::now() + self.max_elapsed;
        let mut backoff = Backoff::new(self.retry_delay);
        let mut given_up = Outcome::Failed;
        while let Some(timeout) = self.time_left(batch, until) {
            let (attempt, why) = self.sender.send(&self.body, timeout);
            if !matches!(attempt, Attempt::Accepted { rejected: 0 }) {
                self.failures.say(&why);
            }
            match attempt {
                Attempt::Accepted { rejected: 0 } => return Outcome::Reported,
                Attempt::Accepted { rejected } => return Outcome::PartlyRejected { rejected },
                Attempt::Refused => return Outcome::Rejected,
                Attempt::Failed => return given_up,
                Attempt::Unanswered => return Outcome::Unknown,
                Attempt::Again { after, perhaps_taken } => {
                    if perhaps_taken {
                        given_up = Outcome::Unknown;
                    }
                    let pause = backoff.pause(after);
                    if Instant::now() + pause >= until || !batch.pause(pause) {
                        break;
                    }
                }
            }
        }
        given_up
    }
}

impl Reporter for OtlpReporter {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        self.prepare(batch);
        self.deliver(batch)
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
        f.debug_struct("OtlpReporter")
            .field("sender", &self.sender)
            .field("compression", &self.compression)
            .field("timeout", &self.timeout)
            .field("max_elapsed", &self.max_elapsed)
            .finish_non_exhaustive()
    }
}
