//! Without /proc there is no telling which processes are ours: only servers of
//! the user's own can be used.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};

use super::kind::Kind;
use super::{Options, redact};
use crate::workspace::Workspace;

pub fn run(_: &Options) -> Result<ExitCode> {
    for kind in Kind::ALL {
        if let Some(url) = kind.users_own() {
            say!("{} is yours: {}", kind.name(), redact::redacted(&url));
        }
    }
    bail!("private servers need Linux; {}", advice(&Kind::ALL))
}

pub fn install_all(_: &Workspace) -> Result<()> {
    bail!("private servers need Linux")
}

pub fn program(_: &Workspace, _: &[&str], package: &str) -> Result<PathBuf> {
    bail!("{package} is looked for on Linux only")
}

/// Servers for as long as a command runs: here, those that were there before.
#[derive(Debug)]
pub struct Session;

impl Session {
    pub fn new(_: &Workspace) -> Result<Self> {
        Ok(Self)
    }

    pub fn need(&mut self, kinds: &[Kind]) -> Result<Vec<(&'static str, String)>> {
        let missing = kinds.iter().copied().filter(|kind| kind.users_own().is_none());
        let missing: Vec<Kind> = missing.collect();
        if !missing.is_empty() {
            bail!("private servers need Linux; {}", advice(&missing));
        }
        Ok(Vec::new())
    }

    pub fn end(self) {}
}

fn advice(kinds: &[Kind]) -> String {
    let variables: Vec<&str> = kinds.iter().map(|kind| kind.variable()).collect();
    format!("elsewhere set {} to servers of your own", variables.join(", "))
}
