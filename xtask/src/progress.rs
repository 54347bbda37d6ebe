//! One line that shows that something is going on.
//!
//! A spinner with the time where someone watches; plain lines where the output
//! goes to a file, with one more each minute, so that silence means trouble.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

const LOOK_AGAIN: Duration = Duration::from_millis(200);
const STILL_THERE: Duration = Duration::from_secs(60);

/// Running until [`Progress::end`].
pub struct Progress {
    what: String,
    started: Instant,
    bar: Option<ProgressBar>,
    last: Instant,
}

impl Progress {
    /// Shows that `what` has begun.
    pub fn start(what: impl Into<String>) -> Self {
        let what = what.into();
        let bar = std::io::stderr().is_terminal().then(|| spinner(&what));
        if bar.is_none() {
            note!("{what} …");
        }
        let started = Instant::now();
        Self { what, started, bar, last: started }
    }

    /// Call often; `note` is asked for only when it is shown.
    pub fn tick(&mut self, note: impl FnOnce() -> String) {
        match &self.bar {
            Some(bar) if self.last.elapsed() >= LOOK_AGAIN => {
                bar.set_message(note());
                self.last = Instant::now();
            }
            None if self.last.elapsed() >= STILL_THERE => {
                note!("{} … {}: {}", self.what, time(self.started.elapsed()), note());
                self.last = Instant::now();
            }
            _ => {}
        }
    }

    /// Shows which part of it is being done.
    pub fn step(&mut self, step: &str) {
        if let Some(bar) = &self.bar {
            bar.set_prefix(format!("{} {step}", self.what));
        }
    }

    /// Replaces the spinner by a line that stays; gives the time it took.
    pub fn end(self, outcome: &str) -> Duration {
        let took = self.started.elapsed();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        note!("{} … {outcome} ({})", self.what, time(took));
        took
    }
}

fn spinner(what: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} {elapsed}  {wide_msg:.dim}")
    {
        bar.set_style(style);
    }
    bar.set_prefix(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// `0.4 s`, `12.3 s`, `4 min 05 s`.
pub fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_well() {
        assert_eq!(time(Duration::from_millis(440)), "0.4 s");
        assert_eq!(time(Duration::from_millis(12_340)), "12.3 s");
        assert_eq!(time(Duration::from_secs(245)), "4 min 05 s");
    }
}
