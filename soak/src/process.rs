//! What a process uses, from `/proc`.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// Linux tells processor time in these, whatever its own clock is.
const TICK: Duration = Duration::from_millis(10);

/// At one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Usage {
    /// Resident memory, in KiB.
    pub(crate) resident: u64,
    /// Open files and sockets.
    pub(crate) files: u64,
    pub(crate) threads: u64,
    /// Processor time since its start.
    pub(crate) processor: Duration,
}

/// Of the process with this id.
pub(crate) fn usage(id: u32) -> Result<Usage> {
    let read = |name: &str| {
        let path = format!("/proc/{id}/{name}");
        fs::read_to_string(&path).with_context(|| format!("{path}: is the process gone?"))
    };
    let (status, stat) = (read("status")?, read("stat")?);
    let files = fs::read_dir(format!("/proc/{id}/fd")).context("open files")?.count();
    Ok(Usage {
        resident: number(&status, "VmRSS:").context("VmRSS")?,
        files: files as u64,
        threads: number(&status, "Threads:").context("Threads")?,
        processor: processor(&stat).context("processor time")?,
    })
}

fn number(status: &str, field: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.split_whitespace().next()?.parse().ok()
}

/// User and system time: the 14th and 15th field. The second one is a name, which can hold
/// anything.
fn processor(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map(|ticks| ticks.parse::<u32>().ok());
    Some(TICK * (times.next()?? + times.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_behind_any_name() {
        let stat = "7 (a) b 1) S 1 7 7 0 -1 4194560 1 0 0 0 120 30 9 9 20 0 4 0 1 1 1";
        assert_eq!(processor(stat), Some(Duration::from_millis(1500)));
        assert_eq!(processor("7 (a) S 1"), None);
    }

    #[test]
    fn a_status_is_read() {
        let status = "VmRSS:\t    2048 kB\nThreads:\t5\n";
        assert_eq!((number(status, "VmRSS:"), number(status, "Threads:")), (Some(2048), Some(5)));
        assert_eq!(number(status, "VmSwap:"), None);
    }

    #[test]
    fn this_process_can_be_read() {
        let usage = usage(std::process::id()).expect("it runs");
        assert!(usage.resident > 0 && usage.files > 0 && usage.threads > 0);
    }
}
