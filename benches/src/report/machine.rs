//! Where and with what the figures were taken.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

pub struct Machine {
    pub lines: Vec<(&'static str, String)>,
}

const VERSIONS: &[&str] = &[
    "fastrace",
    "fastrace-axum",
    "opentelemetry",
    "opentelemetry_sdk",
    "opentelemetry-otlp",
    "opentelemetry-instrumentation-tower",
    "tracing",
    "tracing-opentelemetry",
    "axum-tracing-opentelemetry",
    "axum",
    "hyper",
    "tokio",
];

impl Machine {
    /// Looks before anything runs: the load is what others make.
    pub fn look(quick: bool) -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let processor = field(&read("/proc/cpuinfo"), "model name");
        let processors = std::thread::available_parallelism().map_or(0, usize::from);
        let memory = field(&read("/proc/meminfo"), "MemTotal");
        let kernel = read("/proc/sys/kernel/osrelease");
        let load = read("/proc/loadavg");
        let load = load.split_whitespace().next().unwrap_or("not known").to_owned();
        let versions = VERSIONS.iter().filter_map(|name| {
            Some(format!("{name} {}", version(include_str!("../../Cargo.lock"), name)?))
        });
        let lines = vec![
            ("date", date(since_epoch_days())),
            ("rounds", if quick { "short (--quick)" } else { "all" }.to_owned()),
            ("kit", said("git", &["describe", "--always", "--dirty"])),
            ("processor", format!("{processors} × {processor}")),
            ("memory", memory),
            ("system", format!("Linux {}", kernel.trim())),
            ("load before", load),
            ("compiler", said("rustc", &["--version"])),
            ("valgrind", said("valgrind", &["--version"])),
            ("versions", versions.collect::<Vec<_>>().join(", ")),
        ];
        Self { lines }
    }
}

fn field(text: &str, name: &str) -> String {
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_once(':')
        .map_or_else(|| "not known".to_owned(), |(_, value)| value.trim().to_owned())
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.ok().filter(|text| !text.is_empty()).unwrap_or_else(|| "not there".to_owned())
}

/// A package's version in a lock file.
fn version<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let wanted = format!("name = \"{name}\"");
    let mut lines = lock.lines().skip_while(|line| *line != wanted).skip(1);
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

fn since_epoch_days() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() / 86_400)
}

/// A day as year, month and day, counted year by year.
fn date(mut days: u64) -> String {
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates() {
        let dates = [0, 59, 364, 365, 11_016, 19_782].map(date);
        let expected =
            ["1970-01-01", "1970-03-01", "1970-12-31", "1971-01-01", "2000-02-29", "2024-02-29"];
        assert_eq!(dates, expected);
    }

    #[test]
    fn a_lock_file_knows_versions() {
        let lock = "[[package]]\nname = \"axum\"\nversion = \"0.8.1\"\n";
        assert_eq!(version(lock, "axum"), Some("0.8.1"));
        assert_eq!(version(lock, "hyper"), None);
    }
}
