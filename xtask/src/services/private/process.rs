//! Which processes are ours, and how they are ended.
//!
//! A number alone proves nothing: the system gives it to somebody else once its
//! process is gone. A process is a server's when it carries our mark in its
//! environment, or when it is a program of that server and works in the folder
//! that was made for it. Some servers write over their environment, some leave
//! their folder, and none does both.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::proc::{Ask, cwd, environment};

/// Each server is started with its folder in this variable, and hands it down.
pub const MARK: &str = "TRACER_XTASK_SERVICE";
/// And with the home that its folder was made for: the two can be far apart.
pub const HOME_MARK: &str = "TRACER_XTASK_SERVICES";

const ORDERLY: Duration = Duration::from_secs(20);
const FORCED: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_millis(50);

/// A process, and since when: together they name one for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Process {
    pub pid: i32,
    /// In ticks since the machine was started.
    pub since: u64,
}

impl Process {
    /// The one that runs under this number; none where that one has ended,
    /// whether or not its parent has taken notice.
    pub fn of(pid: i32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let since = parse_stat(&text)?;
        Some(Self { pid, since })
    }

    /// This program.
    pub fn me() -> Result<Self> {
        let pid = i32::try_from(std::process::id())?;
        Self::of(pid).context("/proc does not tell of this process")
    }

    pub fn is_alive(self) -> bool {
        Self::of(self.pid) == Some(self)
    }
}

/// When a process was started, out of `/proc/PID/stat`; none for one that has ended.
fn parse_stat(text: &str) -> Option<u64> {
    // The name before the last parenthesis can hold anything.
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X" | "x") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

/// The folders of all processes that were started for this home.
pub fn folders_of(home: &Path) -> Vec<PathBuf> {
    let environments = pids().into_iter().map(|pid| environment(pid, Ask::Nobody));
    let of_home =
        environments.filter(|all| value(all, HOME_MARK) == Some(home.as_os_str().as_bytes()));
    let mut folders: Vec<PathBuf> = of_home
        .filter_map(|all| value(&all, MARK).map(|folder| OsStr::from_bytes(folder).into()))
        .collect();
    folders.sort();
    folders.dedup();
    folders
}

fn pids() -> Vec<i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

fn value<'a>(environment: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let mut entries = environment.split(|byte| *byte == 0);
    entries.find_map(|entry| entry.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
}

/// Where a server works, and the programs that it consists of.
#[derive(Debug, Clone, Copy)]
pub struct Den<'a> {
    pub folder: &'a Path,
    pub programs: &'a [&'a str],
}

impl Den<'_> {
    /// All processes of this server.
    pub fn processes(self) -> Vec<Process> {
        let processes = pids().into_iter().filter_map(Process::of);
        processes.filter(|process| self.holds(*process)).collect()
    }

    pub fn holds(self, process: Process) -> bool {
        self.is_marked(process) || (self.is_program(process) && self.is_home_of(process))
    }

    fn is_marked(self, process: Process) -> bool {
        let ask = if self.is_program(process) { Ask::Owner } else { Ask::Nobody };
        value(&environment(process.pid, ask), MARK) == Some(self.folder.as_os_str().as_bytes())
    }

    fn is_program(self, process: Process) -> bool {
        let name = fs::read_to_string(format!("/proc/{}/comm", process.pid)).unwrap_or_default();
        self.programs.contains(&name.trim_end())
    }

    fn is_home_of(self, process: Process) -> bool {
        let path = cwd(process.pid, Ask::Owner).unwrap_or_default();
        // The system's way to say that the folder itself was removed.
        let text = path.to_string_lossy();
        let path = PathBuf::from(text.strip_suffix(" (deleted)").unwrap_or(&text));
        path.starts_with(self.folder)
    }

    /// Asks the process `first` to end, then all others, then makes them.
    pub fn end(self, first: Option<i32>, signal: Signal) -> Result<()> {
        let first = self.processes().into_iter().find(|process| Some(process.pid) == first);
        if let Some(first) = first {
            send(first, signal);
            wait_until(ORDERLY, || !first.is_alive());
        }
        self.send_all(Signal::SIGTERM);
        if !wait_until(ORDERLY, || self.processes().is_empty()) {
            self.send_all(Signal::SIGKILL);
        }
        if !wait_until(FORCED, || self.processes().is_empty()) {
            bail!("some of its processes do not end: {:?}", self.processes());
        }
        Ok(())
    }

    fn send_all(self, signal: Signal) {
        for process in self.processes() {
            send(process, signal);
        }
    }
}

/// It may have ended just now: there is nothing to do about an error.
fn send(process: Process, signal: Signal) {
    let _ = kill(Pid::from_raw(process.pid), signal);
}

/// Whether it came true in time.
pub fn wait_until(time: Duration, mut done: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    loop {
        if done() {
            return true;
        }
        if started.elapsed() > time {
            return false;
        }
        thread::sleep(TICK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn the_start_is_read_behind_any_name() {
        let fields: Vec<String> = (4..=52).map(|field| field.to_string()).collect();
        let stat = |state: &str| format!("17 (a b) c) {state} {}", fields.join(" "));
        assert_eq!(parse_stat(&stat("S")), Some(22));
        assert_eq!(parse_stat(&stat("Z")), None);
        assert_eq!(parse_stat("17 (short) S 1"), None);
    }

    #[test]
    fn another_process_under_the_same_number_is_not_the_one() {
        let me = Process::me().unwrap();
        assert!(me.is_alive());
        assert!(!Process { since: me.since + 1, ..me }.is_alive());
    }

    #[test]
    fn only_what_is_marked_or_works_there_is_ended() {
        let folder = std::env::temp_dir().join(format!("xtask-den-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        let folder = folder.canonicalize().unwrap();
        let sleep = || {
            let mut command = Command::new("sleep");
            command.arg("60");
            command
        };
        let home = folder.with_extension("home");
        let mut marked = sleep().env(MARK, &folder).env(HOME_MARK, &home).spawn().unwrap();
        let mut inside = sleep().current_dir(&folder).spawn().unwrap();
        let mut stranger = sleep().spawn().unwrap();

        let (den, other) = (
            Den { folder: &folder, programs: &["sleep"] },
            Den { folder: &folder, programs: &["redis-server"] },
        );
        let has_two = wait_until(Duration::from_secs(10), || den.processes().len() == 2);
        assert!(has_two, "{:?}", den.processes());
        // A shell that somebody left in the folder is not a server.
        assert_eq!(other.processes().len(), 1);
        assert_eq!(folders_of(&home), std::slice::from_ref(&folder));
        assert!(folders_of(&folder).is_empty());

        den.end(i32::try_from(marked.id()).ok(), Signal::SIGINT).unwrap();
        assert!(!marked.wait().unwrap().success() && !inside.wait().unwrap().success());
        assert!(stranger.try_wait().unwrap().is_none());
        stranger.kill().unwrap();
        stranger.wait().unwrap();
        fs::remove_dir(&folder).unwrap();
    }
}
