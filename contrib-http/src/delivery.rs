//! Batches: sent, sent again, and sent in parts.

use std::fmt;
use std::io;
use std::ops::Range;
use std::time::{Duration, Instant};

use tracer_core::{Batch, Fates, Outcome};

use crate::retry::Backoff;
use crate::say::Failures;
use crate::settings::{Compression, Settings};
use crate::transport::{Attempt, Transport};
use crate::why::Why;

/// Memory that is kept from one batch to the next.
const KEEP: usize = 1 << 20;
/// At a shutdown, an attempt ends this long before the deadline, so that its outcome still gets
/// into the books.
const MARGIN: Duration = Duration::from_millis(50);
/// A receiver that finds less than this too large is not asked with still less: every part is a
/// request more, and no real receiver has a limit so low.
const SMALLEST_SPLIT: usize = 16 << 10;

const SPAN_TOO_LARGE: Why = Why::Text("a span is larger than a request may be");

/// Brings batches to a receiver, tries again where that can help, and halves what is too large for
/// one request: see [the table](crate#what-becomes-of-a-batch).
pub struct Delivery<T> {
    transport: T,
    compression: Compression,
    timeout: Duration,
    max_elapsed: Duration,
    retry_delay: Duration,
    max_request: usize,
    failures: Failures,
    body: Vec<u8>,
    #[cfg_attr(not(feature = "gzip"), allow(dead_code, reason = "for compressed bodies"))]
    packed: Vec<u8>,
}

/// Until when, and how often, attempts are made for one batch.
struct Patience<'a> {
    batch: &'a Batch<'a>,
    until: Instant,
    backoff: Backoff,
}

/// What became of a part of a batch.
enum Fate {
    Accepted { rejected: u64 },
    Rejected,
    TooLarge,
    Failed,
    Unknown,
}

impl<T: Transport> Delivery<T> {
    /// Deliveries by this transport, with the settings' times, compression and sizes.
    #[must_use]
    pub fn by(transport: T, settings: &Settings) -> Self {
        Self {
            transport,
            compression: settings.compression,
            timeout: settings.timeout,
            max_elapsed: settings.max_elapsed,
            retry_delay: settings.retry_delay,
            max_request: settings.max_request,
            failures: Failures::new("a batch could not be exported"),
            body: Vec::new(),
            packed: Vec::new(),
        }
    }

    /// Sends a batch. `encode` appends the spans of such a range of it to a buffer; it is asked for
    /// all of them, and for parts where that is too much for one request. Blocks while it waits:
    /// for the receiver, and between attempts. Failures are said on standard error.
    pub fn deliver(
        &mut self,
        batch: &Batch<'_>,
        mut encode: impl FnMut(Range<usize>, &mut Vec<u8>) -> io::Result<()>,
    ) -> Outcome {
        let mut patience = Patience {
            batch,
            until: Instant::now() + self.max_elapsed,
            backoff: Backoff::new(self.retry_delay),
        };
        let mut fates = Fates::default();
        // What is still to be sent, the first spans last.
        let mut parts: Vec<_> = std::iter::once(0..batch.len()).collect();
        while let Some(part) = parts.pop() {
            self.body.clear();
            let encoded = encode(part.clone(), &mut self.body);
            let size = self.body.len();
            let fate = match encoded {
                // Half of a request is worse than none.
                Err(_) => Fate::Failed,
                Ok(()) if size > self.max_request => Fate::TooLarge,
                Ok(()) => self.send(&mut patience),
            };
            let spans = part.len() as u64;
            match fate {
                Fate::Accepted { rejected } => fates.rejected += rejected.min(spans),
                Fate::Rejected => fates.rejected += spans,
                Fate::Failed => fates.failed += spans,
                Fate::Unknown => fates.unknown += spans,
                Fate::TooLarge if part.len() > 1 && size > SMALLEST_SPLIT => {
                    let middle = part.start + part.len() / 2;
                    parts.extend([middle..part.end, part.start..middle]);
                }
                Fate::TooLarge => {
                    self.failures.say(&SPAN_TOO_LARGE);
                    fates.too_large += spans;
                }
            }
        }
        self.body.clear();
        self.body.shrink_to(KEEP);
        self.packed.clear();
        self.packed.shrink_to(KEEP);
        outcome(fates, batch.len() as u64)
    }

    /// Sends what was encoded, as often as it makes sense.
    fn send(&mut self, patience: &mut Patience<'_>) -> Fate {
        #[cfg(feature = "gzip")]
        if self.compression == Compression::Gzip {
            crate::gzip::pack(&self.body, &mut self.packed);
            std::mem::swap(&mut self.body, &mut self.packed);
        }
        let mut given_up = Fate::Failed;
        while let Some(timeout) = patience.time_left(self.timeout) {
            let (attempt, why) = self.transport.attempt(&self.body, timeout);
            if !matches!(attempt, Attempt::Accepted { rejected: 0 }) {
                self.failures.say(&why);
            }
            match attempt {
                Attempt::Accepted { rejected } => return Fate::Accepted { rejected },
                // An earlier attempt may have been taken, whatever this one was told.
                Attempt::Refused if !matches!(given_up, Fate::Unknown) => return Fate::Rejected,
                Attempt::TooLarge if !matches!(given_up, Fate::Unknown) => return Fate::TooLarge,
                Attempt::Refused | Attempt::TooLarge | Attempt::Failed => return given_up,
                Attempt::Unanswered => return Fate::Unknown,
                Attempt::Again { after, perhaps_taken } => {
                    if perhaps_taken {
                        given_up = Fate::Unknown;
                    }
                    if !patience.pause(after) {
                        break;
                    }
                }
            }
        }
        given_up
    }
}

impl Patience<'_> {
    /// Longest time for an attempt that starts now; `None` when there is no time left.
    fn time_left(&self, timeout: Duration) -> Option<Duration> {
        let now = Instant::now();
        let mut left = timeout.min(self.until.saturating_duration_since(now));
        if let Some(deadline) = self.batch.deadline() {
            let shutdown = deadline.saturating_duration_since(now);
            left = left.min(shutdown.saturating_sub(MARGIN.min(shutdown / 10)));
        }
        (!left.is_zero()).then_some(left)
    }

    /// Waits for the next attempt; false where there is to be none.
    fn pause(&mut self, asked: Option<Duration>) -> bool {
        let pause = self.backoff.pause(asked);
        Instant::now() + pause < self.until && self.batch.pause(pause)
    }
}

/// In the words that say most.
fn outcome(fates: Fates, spans: u64) -> Outcome {
    let Fates { rejected, failed, too_large, unknown, .. } = fates;
    if rejected + failed + too_large + unknown == 0 {
        Outcome::Reported
    } else if failed == spans {
        Outcome::Failed
    } else if unknown == spans {
        Outcome::Unknown
    } else if rejected == spans {
        Outcome::Rejected
    } else if too_large == spans {
        Outcome::TooLarge
    } else {
        Outcome::Mixed(fates)
    }
}

impl<T: fmt::Debug> fmt::Debug for Delivery<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("transport", &self.transport)
            .field("compression", &self.compression)
            .field("timeout", &self.timeout)
            .field("max_elapsed", &self.max_elapsed)
            .field("max_request", &self.max_request)
            .finish_non_exhaustive()
    }
}
