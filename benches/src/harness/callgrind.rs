//! Instructions, counted by valgrind's callgrind: the same on every machine with this build, and
//! whatever else is running.

use std::path::Path;
use std::process::{Command, Stdio};

use super::child;
use crate::rows::{Case, Failure};

/// Instructions of a program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counted {
    /// Within the function that is asked for.
    pub own: f64,
    /// And in all that other threads did from their start.
    pub all: f64,
}

/// Whether valgrind is there.
fn is_there() -> bool {
    let mut command = Command::new("valgrind");
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Counts a case: what happens in the function whose name contains `counted_calls`.
pub fn count(case: Case) -> Result<Counted, Failure> {
    count_program(&child::own_path(), &child::arguments(case))
}

/// The same for another program.
pub fn count_program(program: &Path, arguments: &[&str]) -> Result<Counted, Failure> {
    if !is_there() {
        return Err(Failure::NotHere("valgrind is not there".to_owned()));
    }
    let folder = std::env::temp_dir().join(format!("benches-callgrind-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(broken)?;
    let counted = count_into(&folder, program, arguments);
    let _ = std::fs::remove_dir_all(&folder);
    counted
}

fn count_into(folder: &Path, program: &Path, arguments: &[&str]) -> Result<Counted, Failure> {
    let mut command = Command::new("valgrind");
    command
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", folder.join("out").display()))
        .arg("--separate-threads=yes")
        // Whoever enters one of these is counted until it leaves: the one on the recording
        // thread, the other is where every further thread begins.
        .arg("--toggle-collect=*counted_calls*")
        .arg("--toggle-collect=*thread_start*")
        .arg(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let output = command.output().map_err(broken)?;
    if !output.status.success() {
        return Err(child::told(&output));
    }
    let (mut own, mut all) = (0.0, 0.0);
    for entry in std::fs::read_dir(folder).map_err(broken)?.flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        let instructions = total(&text);
        all += instructions;
        if entry.file_name().to_string_lossy().ends_with("-01") {
            own = instructions;
        }
    }
    if own == 0.0 {
        return Err(Failure::Broken("callgrind has counted nothing".to_owned()));
    }
    Ok(Counted { own, all })
}

fn broken(error: std::io::Error) -> Failure {
    Failure::Broken(format!("valgrind: {error}"))
}

/// The sum of one of callgrind's files.
fn total(text: &str) -> f64 {
    let lines = text.lines().filter_map(|line| line.strip_prefix("totals: "));
    lines.filter_map(|number| number.trim().parse::<f64>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_read() {
        assert_eq!(total("events: Ir\nfn=x\n1 2\ntotals: 174\n"), 174.0);
        assert_eq!(total("events: Ir\n"), 0.0);
    }
}
