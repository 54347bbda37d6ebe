//! `drills`: breaks something on purpose, and shows what the trace makes of it.

use std::process::ExitCode;

use clap::Parser;
use drills::cli::Cli;
use example_parts::demo::exit;

fn main() -> ExitCode {
    exit("drills", Cli::parse().run())
}
