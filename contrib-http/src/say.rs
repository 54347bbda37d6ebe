//! What reporters say on standard error: little, and never a value that could be a secret.

use std::fmt;
use std::io::Write;
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_secs(30);

/// A variable that can't be used. Without its value.
pub fn bad_variable(name: &'static str, why: &'static str) {
    line(format_args!("{name} has a bad value: {why}"));
}

/// What fails again and again: one line in half a minute.
#[derive(Debug)]
pub struct Failures {
    what: &'static str,
    said: Option<Instant>,
    unsaid: u64,
}

impl Failures {
    /// Of this kind, in words: `a batch could not be exported`.
    #[must_use]
    pub const fn new(what: &'static str) -> Self {
        Self { what, said: None, unsaid: 0 }
    }

    /// Says that it has failed, if nothing was said lately. `why` must hold nothing that a server
    /// or a configuration can choose freely.
    pub fn say(&mut self, why: &dyn fmt::Display) {
        if self.said.is_some_and(|then| then.elapsed() < EVERY) {
            self.unsaid += 1;
            return;
        }
        let (what, more) = (self.what, std::mem::take(&mut self.unsaid));
        if more == 0 {
            line(format_args!("{what}: {why}"));
        } else {
            line(format_args!("{what}: {why} ({more} more before it)"));
        }
        self.said = Some(Instant::now());
    }
}

/// Where nobody reads standard error, `eprintln!` would panic.
fn line(words: fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stderr(), "tracer: {words}");
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::process::{Command, Stdio};

    use super::*;

    const CHILD: &str = "SAY_TEST_CHILD";

    #[test]
    fn standard_error_that_nobody_reads_is_no_panic() {
        if std::env::var_os(CHILD).is_some() {
            // The other end is closed when standard input is.
            let _ = std::io::stdin().read(&mut [0]);
            bad_variable("OTEL_TEST", "a test");
            let mut failures = Failures::new("a test failed");
            failures.say(&"once");
            return;
        }
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "say::tests::standard_error_that_nobody_reads_is_no_panic"])
            .arg("--nocapture")
            .env(CHILD, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stderr.take());
        drop(child.stdin.take());
        assert!(child.wait().unwrap().success());
    }
}
