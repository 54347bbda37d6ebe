//! `sms-login`: three services, a login, and its trace on the screen.

use std::process::ExitCode;

use clap::Parser;
use example_parts::demo::exit;
use sms_login::cli::Cli;

fn main() -> ExitCode {
    exit("sms-login", Cli::parse().run())
}
