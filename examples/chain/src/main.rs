//! `chain demo`: three services, a request, and its trace on the screen.

use std::process::ExitCode;

use chain::cli::Cli;
use clap::Parser;
use example_parts::demo::exit;

fn main() -> ExitCode {
    exit("chain", Cli::parse().run())
}
