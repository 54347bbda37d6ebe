//! What reporters say on standard error: little, and never a value that could be a secret.

use std::fmt;
use std::io::Write;
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_secs(30);

/// A variable that can't be used. Without its value.
pub fn bad_variable(name: &'static str, why: &'static str) {
    line(format_args!("{name} is ignored: {why}"));
}

/// Failed exports: one line in half a minute.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    said: Option<Instant>,
    unsaid: u64,
}

impl Failures {
    /// `why` must hold nothing that a server or a configuration can choose freely.
    pub(crate) fn say(&mut self, why: &dyn fmt::Display) {
        if self.said.is_some_and(|then| then.elapsed() < EVERY) {
            self.unsaid += 1;
            return;
        }
        let more = std::mem::take(&mut self.unsaid);
        if more == 0 {
            line(format_args!("a batch could not be exported: {why}"));
        } else {
            line(format_args!("a batch could not be exported: {why} ({more} more before it)"));
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
            let mut failures = Failures::default();
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
