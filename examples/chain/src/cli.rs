//! The command line.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::{Addresses, demo};

/// Three services over HTTP and gRPC, and the one trace that a request through them makes
#[derive(Debug, Parser)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the three services in this process, send requests, draw their traces
    Demo(DemoOptions),
}

/// Of `chain demo`.
#[derive(Clone, Debug, Args)]
pub struct DemoOptions {
    /// Send one request and end; fails where its trace lacks one of the services
    #[arg(long)]
    pub once: bool,

    /// Where server1 listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7101")]
    pub server1: SocketAddr,

    /// Where server2 listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7102")]
    pub server2: SocketAddr,

    /// Where server3 listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7103")]
    pub server3: SocketAddr,

    /// Where the Jaeger UI is, for a link to each trace
    #[arg(long, value_name = "URL")]
    pub viewer_url: Option<String>,

    /// Where spans go, over OTLP; without it OTEL_EXPORTER_OTLP_ENDPOINT, else nowhere
    #[arg(long, value_name = "URL")]
    pub otlp_endpoint: Option<String>,
}

impl DemoOptions {
    /// Where the services are to listen.
    #[must_use]
    pub const fn addresses(&self) -> Addresses {
        Addresses { server1: self.server1, server2: self.server2, server3: self.server3 }
    }
}

impl Cli {
    /// Does what it says.
    ///
    /// # Errors
    /// For a person to read, in one line.
    pub fn run(self) -> Result<ExitCode> {
        let runtime = tokio::runtime::Runtime::new()?;
        match self.command {
            Command::Demo(options) => runtime.block_on(demo::run(&options)),
        }
    }
}
