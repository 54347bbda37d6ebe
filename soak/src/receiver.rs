//! The collector, and what is done to it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use testing::collector::{Collector, Count, Fault, Tally};

use crate::plan::Trouble;

/// How long a slow one takes for each answer.
const SLOW: Duration = Duration::from_millis(400);
/// How long a port that was just given back may take to be had again.
const PORT: Duration = Duration::from_secs(5);

/// A collector that comes back where it was, and goes on counting.
#[derive(Debug)]
pub(crate) struct Receiver {
    address: SocketAddr,
    /// `None` while it is dead.
    collector: Option<Collector>,
    tally: Tally,
}

impl Receiver {
    pub(crate) fn start() -> Result<Self> {
        let tally = Tally::default();
        // The port has to be ours again after each death.
        let address = Collector::start_on_fixed_port().address();
        let mut receiver = Self { address, collector: None, tally };
        receiver.restart()?;
        Ok(receiver)
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What came from this service so far.
    pub(crate) fn count(&self, service: &str) -> Count {
        self.tally.of(service)
    }

    pub(crate) fn meet(&mut self, trouble: Trouble) -> Result<()> {
        // What is hung stays so until its collector is gone.
        self.restart()?;
        let fault = match trouble {
            Trouble::Killed => {
                self.collector = None;
                return Ok(());
            }
            Trouble::Restarted => return Ok(()),
            Trouble::Hung => Fault::Hang,
            Trouble::Slowed => Fault::Slow(SLOW),
            Trouble::Reset => Fault::ResetInRequest,
            Trouble::Busy => Fault::retry_after(503, "1"),
        };
        self.collector.as_ref().context("no collector")?.always(fault);
        Ok(())
    }

    /// Ends it with all its connections, and starts it where it was.
    pub(crate) fn restart(&mut self) -> Result<()> {
        self.collector = None;
        let began = Instant::now();
        loop {
            match Collector::start_counting(self.address, &self.tally) {
                Ok(collector) => {
                    self.collector = Some(collector);
                    return Ok(());
                }
                Err(_) if began.elapsed() < PORT => std::thread::sleep(Duration::from_millis(20)),
                Err(error) => return Err(error).context("the collector's port"),
            }
        }
    }
}
