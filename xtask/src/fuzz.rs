//! `cargo xtask fuzz`: each fuzz target for a while, and what came of it.
//!
//! Needs cargo-fuzz and a C++ compiler. Its instrumentation is the compiler's
//! business and not stable: a nightly toolchain is used where there is one, and
//! else this one is asked to go along all the same.

use std::process::{Command, ExitCode, Stdio};

use anyhow::{Result, bail};
use clap::Args;

use crate::cmd;
use crate::progress::Progress;
use crate::table::table;
use crate::workspace::Workspace;

/// What lets a stable compiler take flags of a nightly one.
const GO_ALONG: &str = "RUSTC_BOOTSTRAP";

#[derive(Debug, Args)]
pub struct Options {
    /// Targets; all of them without one
    targets: Vec<String>,

    /// For each target
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u32,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    if !cmd::has_cargo_command("fuzz") {
        bail!("cargo-fuzz is not there: cargo install cargo-fuzz");
    }
    let targets =
        if options.targets.is_empty() { list(&workspace)? } else { options.targets.clone() };
    let mut rows = Vec::new();
    let mut all_well = true;
    for target in &targets {
        let log = workspace.log(&format!("fuzz-{target}"));
        cmd::new_log(&log)?;
        let mut progress = Progress::start(format!("fuzz {target}"));
        let mut command = cargo(&workspace);
        command.args(["run", target, "--", &format!("-max_total_time={}", options.seconds)]);
        let well = cmd::run_logged(&mut command, &log, &mut progress)?.success();
        progress.end(if well { "nothing found" } else { "failed" });
        if !well {
            note!("{}\n… all of it: {}", cmd::tail(&log, 15), log.display());
        }
        all_well &= well;
        rows.push(row(target, well, &cmd::read(&log)));
    }
    say!("{}", table(&["target", "found", "runs", "coverage", "runs a second"], &rows, false));
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The names of the targets.
fn list(workspace: &Workspace) -> Result<Vec<String>> {
    let output = cargo(workspace).arg("list").output()?;
    if !output.status.success() {
        bail!("cargo fuzz list: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

fn cargo(workspace: &Workspace) -> Command {
    let mut cargo = if has_nightly() {
        let mut rustup = Command::new("rustup");
        rustup.args(["run", "nightly", "cargo"]);
        rustup
    } else {
        let mut cargo = cmd::cargo();
        cargo.env(GO_ALONG, "1");
        cargo
    };
    cargo.current_dir(&workspace.root).arg("fuzz");
    // Built otherwise than everything else: kept apart, so that neither is built anew.
    cargo.env("CARGO_TARGET_DIR", workspace.target.join("fuzz"));
    cargo
}

fn has_nightly() -> bool {
    let mut rustup = Command::new("rustup");
    rustup.args(["run", "nightly", "rustc", "--version"]).stdin(Stdio::null());
    rustup.stdout(Stdio::null()).stderr(Stdio::null());
    rustup.status().is_ok_and(|status| status.success())
}

/// What libFuzzer says at its end: `#1234 DONE cov: 56 ft: 78 … exec/s: 910 rss: 45Mb`.
fn row(target: &str, well: bool, log: &str) -> Vec<String> {
    let last = log.lines().rev().find(|line| line.starts_with('#')).unwrap_or_default();
    let mut words = last.split_whitespace();
    let runs = words.next().unwrap_or_default().trim_start_matches('#').to_owned();
    let after = |name: &str| {
        let mut words = last.split_whitespace().skip_while(|word| *word != name);
        words.nth(1).unwrap_or_default().to_owned()
    };
    let found = if well { "nothing" } else { "see its log" };
    vec![target.to_owned(), found.to_owned(), runs, after("cov:"), after("exec/s:")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_of_libfuzzer_is_read() {
        let log = "INFO: Seed: 1\n#2\tINITED cov: 3 ft: 4 corp: 1/1b exec/s: 0 rss: 33Mb\n\
                   #524288\tDONE   cov: 812 ft: 90 corp: 5/6b lim: 4096 exec/s: 8594 rss: 99Mb\n\
                   Done 524288 runs in 61 second(s)\n";
        assert_eq!(row("w3c", true, log), ["w3c", "nothing", "524288", "812", "8594"]);
        assert_eq!(row("w3c", false, "error"), ["w3c", "see its log", "", "", ""]);
    }
}
