//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use chain::cli::ServerOptions;
use chain::process::{self, Service};
use clap::{Args, Parser, Subcommand};
use example_parts::demo::Showing;

use crate::field::Servers;
use crate::{book, drills, report};

/// Breaks something on purpose, and shows what the trace makes of it
#[derive(Debug, Parser)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What can be rehearsed
    List(ListOptions),
    /// Run one, and show its trace
    Run(RunOptions),
    /// Run all, and say which trace is not as it has to be
    All(AllOptions),
    /// Write the drill book
    Book(BookOptions),
    /// server3 alone, for a drill that kills it
    #[command(hide = true)]
    Server3(ServerOptions),
}

/// Of `drills list`.
#[derive(Debug, Args)]
pub struct ListOptions {
    /// For machines
    #[arg(long)]
    pub json: bool,
}

/// Of `drills run`.
#[derive(Debug, Args)]
pub struct RunOptions {
    /// Which one
    pub name: String,

    /// End when it is shown, and do not wait for somebody to look at the viewer
    #[arg(long)]
    pub once: bool,

    /// On the servers of REDIS_URL, MYSQL_URL and AMQP_URL
    #[arg(long)]
    pub real: bool,

    /// For machines
    #[arg(long)]
    pub json: bool,

    /// Where spans are shown.
    #[command(flatten)]
    pub showing: Showing,
}

/// Of `drills all`.
#[derive(Debug, Args)]
pub struct AllOptions {
    /// On the servers of REDIS_URL, MYSQL_URL and AMQP_URL
    #[arg(long)]
    pub real: bool,

    /// For machines
    #[arg(long)]
    pub json: bool,
}

/// Of `drills book`.
#[derive(Debug, Args)]
pub struct BookOptions {
    /// The file
    pub file: PathBuf,

    /// Write nothing, and fail where its words or its trees are not those of today's runs
    #[arg(long)]
    pub check: bool,
}

impl Cli {
    /// Does what it says.
    ///
    /// # Errors
    /// For a person to read, in one line.
    pub fn run(self) -> Result<ExitCode> {
        match &self.command {
            Command::List(options) => report::list(options),
            Command::Run(options) => {
                let drill = drills::named(&options.name).with_context(|| {
                    format!("no drill is called {:?}: see the list", options.name)
                })?;
                report::one(drill, &servers(options.real)?, options)
            }
            Command::All(options) => report::all(&servers(options.real)?, options),
            Command::Book(options) => book::run(options),
            Command::Server3(options) => process::run(Service::Server3, options),
        }
    }
}

fn servers(are_real: bool) -> Result<Servers> {
    if are_real { Servers::from_env() } else { Ok(Servers::default()) }
}
