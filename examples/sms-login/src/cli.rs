//! The command line.

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use example_parts::demo::Showing;
use example_parts::faults::FaultOptions;

use crate::{Addresses, demo};

const ENVIRONMENT: &str = "\
Environment:
  REDIS_URL                    where codes are; without it, a stand-in within the process
  AMQP_URL                     where messages are, in queues that are called sms-login.*; without
                               it, a stand-in within the process
  OTEL_EXPORTER_OTLP_ENDPOINT  where spans go, over OTLP/HTTP
  NO_COLOR                     draws without colours";

/// A login by SMS: three services, a queue between two of them, and one trace through all
#[derive(Clone, Debug, Parser)]
#[command(after_help = ENVIRONMENT)]
pub struct Cli {
    /// Show what there is to see and end; fails where a trace lacks a service, Redis or the queue
    #[arg(long)]
    pub once: bool,

    /// Where the services listen.
    #[command(flatten)]
    pub addresses: Addresses,

    /// Where spans are shown.
    #[command(flatten)]
    pub showing: Showing,

    /// What is broken.
    #[command(flatten)]
    pub faults: FaultOptions,
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
