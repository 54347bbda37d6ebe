//! The command line.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use example_parts::demo::Showing;
use example_parts::faults::FaultOptions;

use crate::process::{self, Service};
use crate::{Addresses, demo};

/// Beside the options, for who needs other stores than the embedded ones.
const ENVIRONMENT: &str = "\
Environment:
  REDIS_URL                    the cache; without it, a stand-in within the process
  MYSQL_URL, DATABASE_URL      the book of orders (mysql:, mariadb:, sqlite:), in tables that are
                               called chain_*; without it, SQLite in memory
  OTEL_EXPORTER_OTLP_ENDPOINT  where spans go, over OTLP/HTTP
  OTEL_SERVICE_NAME            another name for a service in a process of its own
  NO_COLOR                     draws without colours";

/// Three services over HTTP and gRPC, Redis and SQL, and the one trace that a request makes
#[derive(Debug, Parser)]
#[command(after_help = ENVIRONMENT)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the three services in this process, send requests, draw their traces
    #[command(after_help = ENVIRONMENT)]
    Demo(DemoOptions),

    /// Start server1, where customers order, until Ctrl-C
    #[command(after_help = ENVIRONMENT)]
    Server1(ServerOptions),

    /// Start server2, which has orders stored, until Ctrl-C
    #[command(after_help = ENVIRONMENT)]
    Server2(ServerOptions),

    /// Start server3, which keeps the book of orders, until Ctrl-C
    #[command(after_help = ENVIRONMENT)]
    Server3(ServerOptions),
}

/// Of `chain demo`.
#[derive(Clone, Debug, Args)]
pub struct DemoOptions {
    /// Send one order and end; fails where its trace lacks a service, or what a store did
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

/// Of a service in a process of its own.
#[derive(Clone, Debug, Args)]
pub struct ServerOptions {
    /// Where it listens, and where the others do.
    #[command(flatten)]
    pub addresses: Addresses,

    /// Where spans go, over OTLP; without it OTEL_EXPORTER_OTLP_ENDPOINT, else to the terminal
    #[arg(long, value_name = "URL")]
    pub otlp_endpoint: Option<String>,

    /// What is broken.
    #[command(flatten)]
    pub faults: FaultOptions,
}

impl Cli {
    /// Does what it says.
    ///
    /// # Errors
    /// For a person to read, in one line.
    pub fn run(self) -> Result<ExitCode> {
        match &self.command {
            Command::Demo(options) => demo::run(options),
            Command::Server1(options) => process::run(Service::Server1, options),
            Command::Server2(options) => process::run(Service::Server2, options),
            Command::Server3(options) => process::run(Service::Server3, options),
        }
    }
}
