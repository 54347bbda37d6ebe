//! `chain demo`: three services, a request, and its trace on the screen.

use std::process::ExitCode;

use chain::cli::Cli;
use clap::Parser;
use example_parts::say::note;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            note(format_args!("chain: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
