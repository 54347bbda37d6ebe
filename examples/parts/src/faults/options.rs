//! The command line's part of it.

use anyhow::Result;
use clap::Args;

use super::Faults;

/// Whether a program can be broken, and what of it is.
#[derive(Clone, Debug, Default, Args)]
pub struct FaultOptions {
    /// Break something for all requests, as in server3.redis=timeout:2s@50%; may be given more than
    /// once
    #[arg(long = "fault", value_name = "PLACE=KIND")]
    pub faults: Vec<String>,

    /// Let callers break things: by PUT /faults, or for one request by the header
    /// `baggage: fault=PLACE:KIND`
    #[arg(long)]
    pub allow_faults: bool,
}

impl FaultOptions {
    /// What a service is started with.
    #[must_use]
    pub fn faults(&self) -> Faults {
        match (self.allow_faults, self.faults.is_empty()) {
            (true, _) => Faults::allowed(),
            (false, false) => Faults::closed(),
            (false, true) => Faults::none(),
        }
    }

    /// Breaks what is to be broken, once all places are known.
    ///
    /// # Errors
    /// That it can't be understood, or broken here.
    pub fn apply(&self, faults: &Faults) -> Result<()> {
        if self.faults.is_empty() { Ok(()) } else { faults.set(self.faults.iter().map(|f| &**f)) }
    }
}
