//! A case in a process of its own: this program, started again.

use std::process::{Command, Output, Stdio};

use super::measured::Measured;
use crate::rows::{Case, Failure};

pub fn own_path() -> std::path::PathBuf {
    std::env::current_exe().unwrap_or_else(|_| "benches".into())
}

/// What tells this program to run a case.
pub fn arguments(case: Case) -> Vec<&'static str> {
    let mut arguments = vec!["case", case.row.name, case.who.name()];
    if case.quick {
        arguments.push("--quick");
    }
    arguments
}

/// A case's process, run to its end.
pub fn output(case: Case) -> Result<Output, Failure> {
    let mut command = Command::new(own_path());
    command.args(arguments(case)).stdin(Stdio::null());
    command.output().map_err(|error| Failure::Broken(error.to_string()))
}

/// The figures of a case, taken by a child.
pub fn run(case: Case) -> Result<Measured, Failure> {
    let output = output(case)?;
    if !output.status.success() {
        return Err(told(&output));
    }
    Ok(Measured::from_lines(&String::from_utf8_lossy(&output.stdout)))
}

/// How a process that failed has ended, and what it said last.
pub fn told(output: &Output) -> Failure {
    let text = String::from_utf8_lossy(&output.stderr);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).rev().take(4);
    let last: Vec<&str> = lines.by_ref().collect();
    let last = last.into_iter().rev().collect::<Vec<_>>().join(" | ");
    Failure::Broken(format!("{}: {last}", output.status))
}
