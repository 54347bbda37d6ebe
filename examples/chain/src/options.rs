//! How the services go about their work.

use std::net::SocketAddr;
use std::time::Duration;

use example_parts::faults::Faults;

/// What can be different from one chain to the next.
#[derive(Clone, Debug)]
pub struct Options {
    /// What can be broken.
    pub faults: Faults,
    /// How often server1 asks again where server2 does not answer, and server2 where server1 does
    /// not.
    pub retries: u32,
    /// How long server2 waits for server3: the deadline of its calls.
    pub patience: Duration,
    /// Another server3 than the one that is started here: a process of its own.
    pub server3: Option<SocketAddr>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            faults: Faults::none(),
            retries: 0,
            patience: Duration::from_secs(10),
            server3: None,
        }
    }
}
