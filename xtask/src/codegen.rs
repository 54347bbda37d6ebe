//! `cargo xtask codegen`: Rust code from the examples' .proto files.
//!
//! The code is committed, so that building an example needs neither protoc nor
//! the generator. The generator is behind a feature for the same reason:
//! without it this starts xtask again, with it.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

#[derive(Debug, Args)]
pub struct Options {
    /// Write nothing; fail when the committed code is not what would be written
    #[arg(long)]
    pub check: bool,
}

#[cfg(feature = "codegen")]
mod generate;

#[cfg(feature = "codegen")]
pub fn run(options: &Options) -> Result<ExitCode> {
    generate::run(&crate::workspace::Workspace::load()?, options)
}

#[cfg(not(feature = "codegen"))]
pub fn run(options: &Options) -> Result<ExitCode> {
    use crate::{cmd, workspace::Workspace};

    let workspace = Workspace::load()?;
    let mut cargo = cmd::cargo();
    cargo.current_dir(&workspace.root);
    cargo.args(["run", "--quiet", "-p", "xtask", "--features", "codegen", "--", "codegen"]);
    if options.check {
        cargo.arg("--check");
    }
    let status = cmd::run_here(&mut cargo)?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
