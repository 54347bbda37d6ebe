//! The project's own commands, run as `cargo xtask NAME`.
//!
//! One file a command; what they share is in [`cmd`], [`progress`] and
//! [`workspace`].

#[macro_use]
mod say;

mod bench;
mod cmd;
mod codegen;
mod demo;
mod disk;
mod drill;
mod features;
mod fuzz;
mod interrupt;
mod page;
mod ports;
mod progress;
mod protoc;
mod ready;
mod services;
mod soak;
mod table;
mod test;
mod toggle;
mod viewer;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "xtask", bin_name = "cargo xtask", about = "The project's own commands")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start three services, send a request through them, show its trace
    Demo(Box<demo::Options>),
    /// Break something on purpose, and read its trace
    Drill(drill::Options),
    /// Run everything that CI runs
    Test(test::Options),
    /// Private servers: Redis, MariaDB, PostgreSQL, RabbitMQ
    Services(services::Options),
    /// Click on HotROD's page in a browser without a screen, and look at the trace
    Page(page::Options),
    /// Make the Rust code of examples/*/proto/*.proto
    Codegen(codegen::Options),
    /// Hold the kit against its peers, and write benches/RESULTS.md
    Bench(bench::Options),
    /// Load the chain while its collector fails
    Soak(soak::Options),
    /// Throw random bytes at everything that reads what strangers send
    Fuzz(fuzz::Options),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            note!("xtask: {error:#}");
            ExitCode::from(interrupt::exit_code().unwrap_or(1))
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    interrupt::listen()?;
    match command {
        Command::Demo(options) => demo::run(&options),
        Command::Drill(options) => drill::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Services(options) => services::run(&options),
        Command::Page(options) => page::run(&options),
        Command::Codegen(options) => codegen::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Soak(options) => soak::run(&options),
    }
}
