//! `sms-login`: three services, a login, and its trace on the screen.

use std::process::ExitCode;

use clap::Parser;
use example_parts::say::note;
use sms_login::cli::Cli;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            note(format_args!("sms-login: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
