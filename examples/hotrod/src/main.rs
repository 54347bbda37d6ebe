//! `hotrod`: four services, a page to call a car from, and the traces of what comes of it.

use std::process::ExitCode;

use clap::Parser;
use example_parts::demo::exit;
use hotrod::cli::Cli;

fn main() -> ExitCode {
    exit("hotrod", Cli::parse().run())
}
