//! `cargo xtask services`: private servers for tests and the demo.
//!
//! They are started from the system's programs, as users of their own, on this
//! machine's own address, with new and empty data; what they are is written
//! down, so that any later command can find and stop them.

pub mod kind;
pub mod redact;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod private;

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[cfg(not(target_os = "linux"))]
pub use elsewhere::{Session, install_all, program, run};
use kind::Kind;
#[cfg(target_os = "linux")]
pub use private::{Session, install_all, program, run};

#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    what: What,

    /// Another place for data, logs and the state file
    #[arg(long, value_name = "PATH", hide = true, global = true)]
    folder: Option<PathBuf>,

    /// Ports from this one on, in place of the usual ones
    #[arg(long, value_name = "PORT", hide = true, global = true)]
    ports_from: Option<u16>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Start them; on Debian and Ubuntu as root, install what is missing
    Up(UpOptions),
    /// Print the variables that tell where they are, for a shell to eval
    Env,
    /// Stop them and remove their data
    Down,
}

#[derive(Debug, Args)]
struct UpOptions {
    /// These, in place of all; one whose variable (`REDIS_URL` …) is set is yours and not started
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    only: Vec<Kind>,
}
