//! The command line.

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use example_parts::demo::Showing;

use crate::{Addresses, Fixes, demo};

const ENVIRONMENT: &str = "\
Environment:
  REDIS_URL                    where drivers are, in keys that are called hotrod:*; without it, a
                               stand-in within the process
  MYSQL_URL                    where customers are, in a table that is called hotrod_customers;
                               without it, SQLite in memory
  OTEL_EXPORTER_OTLP_ENDPOINT  where spans go, over OTLP/HTTP
  NO_COLOR                     draws without colours";

/// HotROD: four services, a page to call a car from, and problems to find by reading traces
#[derive(Clone, Debug, Parser)]
#[command(after_help = ENVIRONMENT)]
pub struct Cli {
    /// Take the tour and end: a ride alone, several at once, the same repaired; fails where a trace
    /// lacks something, or the repairs do not do what they are for
    #[arg(long, conflicts_with_all = ["fix_lock", "fix_redis", "workers", "traffic"])]
    pub once: bool,

    /// So many others call cars all the time
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub traffic: u32,

    /// What is repaired.
    #[command(flatten)]
    pub fixes: Fixes,

    /// Where the services listen.
    #[command(flatten)]
    pub addresses: Addresses,

    /// Where spans are shown.
    #[command(flatten)]
    pub showing: Showing,
}

impl Cli {
    /// Does what it says.
    ///
    /// # Errors
    /// For a person to read, in one line.
    pub fn run(&self) -> Result<ExitCode> {
        demo::run(self)
    }
}
