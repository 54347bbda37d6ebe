//! A test of its own process: what it prints.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

const CHILD: &str = "CONTRIB_OTLP_TEST_CHILD";

/// Whether this is the process that is looked at.
pub(crate) fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// Runs a test of this binary again, in a process of its own. What it prints to standard output,
/// and to standard error.
pub(crate) fn run(test: &str) -> (String, String) {
    run_with(test, &[])
}

/// The same with these variables.
pub(crate) fn run_with(test: &str, vars: &[(&str, &OsStr)]) -> (String, String) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .envs(vars.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{out}\n{error}");
    (out, error)
}
