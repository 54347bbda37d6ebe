//! `cargo xtask bench`: the kit beside its peers.
//!
//! The benches are a workspace of their own, for the peers take minutes to build. What they can
//! do is said by themselves: all options are theirs.

use std::process::{Command, ExitCode};

use anyhow::Result;
use clap::Args;

use crate::cmd;
use crate::workspace::Workspace;

pub const MANIFEST: &str = "benches/Cargo.toml";

#[derive(Debug, Args)]
pub struct Options {
    /// Fail where a target is missed
    #[arg(long)]
    check: bool,

    /// Fewer and shorter rounds; benches/RESULTS.md stays as it is
    #[arg(long)]
    quick: bool,

    /// This row only, can be given more than once; benches/RESULTS.md stays as it is
    #[arg(long, value_name = "NAME")]
    case: Vec<String>,

    /// The curves in docs/performance, and nothing else
    #[arg(long)]
    plots: bool,

    /// Show the rows
    #[arg(long)]
    list: bool,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    // The same program with the kit compiled out; the other one starts it.
    let mut off = cargo(&workspace, "build");
    off.args(["--features", "off", "--bin", "compiled-out"]);
    if !cmd::run_here(&mut off)?.success() {
        return Ok(ExitCode::FAILURE);
    }
    let mut benches = cargo(&workspace, "run");
    benches.args(["--features", "peers", "--bin", "benches", "--"]).args(arguments(options));
    let well = cmd::run_here(&mut benches)?.success();
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Cargo for the benches, in a folder of their own: built with other features than the rest.
pub fn cargo(workspace: &Workspace, verb: &str) -> Command {
    let mut cargo = cmd::cargo();
    cargo.current_dir(&workspace.root).args([verb, "--release", "--manifest-path", MANIFEST]);
    cargo.env("CARGO_TARGET_DIR", workspace.target.join("benches"));
    cargo
}

fn arguments(options: &Options) -> Vec<&str> {
    let flags = [
        (options.check, "--check"),
        (options.quick, "--quick"),
        (options.list, "--list"),
        (options.plots, "--plots"),
        (!options.quick && !options.plots && !options.list && options.case.is_empty(), "--write"),
    ];
    let mut arguments: Vec<&str> =
        flags.into_iter().filter_map(|(set, flag)| set.then_some(flag)).collect();
    for case in &options.case {
        arguments.extend(["--case", case]);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_run_is_written_down() {
        let none =
            || Options { check: false, quick: false, case: Vec::new(), plots: false, list: false };
        let mut options = Options { check: true, ..none() };
        assert_eq!(arguments(&options), ["--check", "--write"]);
        options.case.push("root".to_owned());
        assert_eq!(arguments(&options), ["--check", "--case", "root"]);
        assert_eq!(arguments(&Options { quick: true, ..none() }), ["--quick"]);
        assert_eq!(arguments(&Options { plots: true, ..none() }), ["--plots"]);
    }
}
