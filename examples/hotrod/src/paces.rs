//! How long things take that would take no time here: everything is on one machine.

use std::time::Duration;

/// The times. The longer they are, the better can be seen what waits for what.
#[derive(Clone, Copy, Debug)]
pub struct Paces {
    /// Looking through a customer's account.
    pub account: Duration,
    /// To Redis and back.
    pub redis: Duration,
    /// How long an answer of Redis is waited for that does not come.
    pub patience: Duration,
    /// Computing a route: a short one. A long one takes up to half as long again.
    pub route: Duration,
}

impl Default for Paces {
    fn default() -> Self {
        Self {
            account: Duration::from_millis(60),
            redis: Duration::from_millis(8),
            patience: Duration::from_millis(30),
            route: Duration::from_millis(40),
        }
    }
}
