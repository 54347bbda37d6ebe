//! Standard error that is a pipe nobody reads: what is said there is lost, and nothing else.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::Read;
use std::process::{Command, Stdio};

const CHILD: &str = "TRACER_TEST_CHILD";

#[test]
fn complaints_that_nobody_reads_end_no_program() {
    if std::env::var_os(CHILD).is_some() {
        return complain();
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--nocapture", "complaints_that_nobody_reads_end_no_program"])
        .env(CHILD, "1")
        .env("OTEL_TRACES_EXPORTER", "none")
        .env("OTEL_TRACES_SAMPLER", "none of this name")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    // Now the child goes on.
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

fn complain() {
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    let _tracing = tracer::init_from_env();
}
