//! Batches: sent, and sent again.

use std::fmt;
use std::time::{Duration, Instant};

use tracer_core::{Batch, Outcome};

use crate::attempt::{Attempt, judge, judge_error};
use crate::client::Client;
use crate::retry::Backoff;
use crate::say::Failures;
use crate::settings::{Compression, Settings};
use crate::why::Why;

/// Memory that is kept from one batch to the next.
const KEEP: usize = 1 << 20;
/// At a shutdown, an attempt ends this long before the deadline, so that its outcome still gets
/// into the books.
const MARGIN: Duration = Duration::from_millis(50);

/// What a protocol adds to HTTP.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// A product and its version: `tracer-otlp/0.1.0`.
    pub user_agent: &'static str,
    /// What bodies are.
    pub content_type: &'static str,
    /// How many spans the reply to an accepted batch calls rejected. Of replies less than 64 KiB
    /// are read.
    pub rejected_spans: fn(reply: &[u8]) -> u64,
}

/// Posts batches to an endpoint, and tries again where that can help: see [the
/// table](crate#what-becomes-of-a-batch).
pub struct Poster {
    client: Client,
    format: Format,
    compression: Compression,
    timeout: Duration,
    max_elapsed: Duration,
    retry_delay: Duration,
    failures: Failures,
    body: Vec<u8>,
    #[cfg_attr(not(feature = "gzip"), allow(dead_code, reason = "for compressed bodies"))]
    packed: Vec<u8>,
    reply: Vec<u8>,
}

impl Poster {
    /// Connects to nothing: that happens with the first batch.
    #[must_use]
    pub fn new(settings: &Settings, format: Format) -> Self {
        let mut client = Client::new(settings, format.user_agent);
        client.set_content(format.content_type, settings.compression);
        Self {
            client,
            format,
            compression: settings.compression,
            timeout: settings.timeout,
            max_elapsed: settings.max_elapsed,
            retry_delay: settings.retry_delay,
            failures: Failures::new("a batch could not be exported"),
            body: Vec::new(),
            packed: Vec::new(),
            reply: Vec::new(),
        }
    }

    /// Where the next batch is written to, for [`deliver`](Self::deliver) to send. Empty, but for
    /// memory of earlier ones.
    pub fn body(&mut self) -> &mut Vec<u8> {
        self.body.clear();
        self.body.shrink_to(KEEP);
        &mut self.body
    }

    /// Sends what was written to [`body`](Self::body). Blocks while it waits: for the server, and
    /// between attempts. Failures are said on standard error.
    pub fn deliver(&mut self, batch: &Batch<'_>) -> Outcome {
        #[cfg(feature = "gzip")]
        if self.compression == Compression::Gzip {
            crate::gzip::pack(&self.body, &mut self.packed);
            std::mem::swap(&mut self.body, &mut self.packed);
        }
        let until = Instant::now() + self.max_elapsed;
        let mut backoff = Backoff::new(self.retry_delay);
        let mut given_up = Outcome::Failed;
        while let Some(timeout) = self.time_left(batch, until) {
            let (attempt, why) = self.attempt(timeout);
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

    /// Says why, where it was not accepted.
    fn attempt(&mut self, timeout: Duration) -> (Attempt, Why) {
        match self.client.post(&self.body, timeout) {
            Ok(response) => judge(response, &mut self.reply, self.format.rejected_spans),
            Err((error, sent)) => judge_error(&error, sent),
        }
    }
}

impl fmt::Debug for Poster {
    /// Without headers, credentials, path and query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Poster")
            .field("client", &self.client)
            .field("compression", &self.compression)
            .field("timeout", &self.timeout)
            .field("max_elapsed", &self.max_elapsed)
            .finish_non_exhaustive()
    }
}
