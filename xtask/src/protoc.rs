//! The protoc that the viewer's build asks for, out of a crate.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

/// Sets `PROTOC` for a build, unless the user has.
pub fn hand_to(command: &mut Command) -> Result<()> {
    if std::env::var_os("PROTOC").is_none() {
        command.env("PROTOC", path()?);
    }
    Ok(())
}

fn path() -> Result<PathBuf> {
    protoc_bin_vendored::protoc_bin_path()
        .context("its build needs protoc: install it and put its path in PROTOC")
}
