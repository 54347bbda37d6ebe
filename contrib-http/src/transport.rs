//! What differs between the ways of sending a request.

use std::time::Duration;

use crate::why::Why;

/// Makes one attempt to hand a request over. [`Delivery`](crate::Delivery) makes more of it: it
/// tries again, and sends in parts what is too large.
pub trait Transport {
    /// Sends a request and waits for the answer, for `timeout` at most, name look-up and all.
    ///
    /// Says too why it was not accepted; of an accepted one with no span rejected nobody asks.
    fn attempt(&mut self, request: &[u8], timeout: Duration) -> (Attempt, Why);
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The receiver took the spans, but for so many.
    Accepted {
        /// Spans that it called rejected.
        rejected: u64,
    },
    /// The receiver refused the spans for good.
    Refused,
    /// The receiver takes no request of this size.
    TooLarge,
    /// It failed, and would fail again.
    Failed,
    /// It may succeed later.
    Again {
        /// How long the receiver asked to be left alone. Held between 100 ms and 30 s.
        after: Option<Duration>,
        /// The whole request had gone out and no answer came: the receiver may have the spans.
        perhaps_taken: bool,
    },
    /// The request was sent, and no answer came in time.
    Unanswered,
}
