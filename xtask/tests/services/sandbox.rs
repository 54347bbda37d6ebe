//! A set of servers away from all others, and what is there of it.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

pub const VARIABLES: [&str; 4] = ["REDIS_URL", "MYSQL_URL", "POSTGRES_URL", "AMQP_URL"];

static NEXT: AtomicU16 = AtomicU16::new(0);

/// Stops all at its end, so that a failed test leaves nothing either.
pub struct Sandbox {
    pub folder: PathBuf,
    pub ports_from: u16,
}

impl Sandbox {
    pub fn new(name: &str) -> Self {
        let id = std::process::id();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{id}"));
        let offset = (id % 200) as u16 * 20 + NEXT.fetch_add(10, Ordering::Relaxed);
        Self { folder, ports_from: 25_000 + offset }
    }

    /// `cargo xtask services ARGUMENTS`, with no servers of the developer's.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.arg("services").args(arguments).arg("--folder").arg(&self.folder);
        command.args(["--ports-from", &self.ports_from.to_string()]).stdin(Stdio::null());
        for variable in VARIABLES {
            command.env_remove(variable);
        }
        command
    }

    /// What it prints, on both channels; it has to succeed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        said(&output)
    }

    pub fn state(&self) -> Option<Value> {
        serde_json::from_str(&fs::read_to_string(self.folder.join("state.json")).ok()?).ok()
    }

    /// The process of each server that was started.
    pub fn pids(&self) -> BTreeMap<String, i32> {
        let state = self.state().unwrap_or_default();
        let servers = state["servers"].as_array().cloned().unwrap_or_default();
        let pid = |server: &Value| {
            let pid = i32::try_from(server["pid"].as_i64()?).ok()?;
            Some((server["name"].as_str()?.to_owned(), pid))
        };
        servers.iter().filter_map(pid).collect()
    }

    pub fn ports(&self) -> Vec<u16> {
        let state = self.state().unwrap_or_default();
        let servers = state["servers"].as_array().cloned().unwrap_or_default();
        let ports = servers.iter().filter_map(|server| server["ports"].as_array());
        ports.flatten().filter_map(|port| u16::try_from(port.as_u64()?).ok()).collect()
    }

    /// Starts `up` and waits for a moment in the middle of it.
    pub fn start_up(&self, reached: impl Fn(&Self) -> bool) -> Child {
        let mut command = self.command(&["up"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let is_there = within(Duration::from_secs(120), || {
            assert!(child.try_wait().unwrap().is_none(), "it has ended already");
            reached(self)
        });
        assert!(is_there, "not reached in time");
        child
    }

    /// Everything that would speak of a server that is left.
    pub fn assert_nothing_left(&self, ports: &[u16]) {
        for port in ports {
            let connected = TcpStream::connect(("127.0.0.1", *port));
            assert!(connected.is_err(), "somebody listens on port {port}");
        }
        assert_eq!(self.processes(), Vec::<String>::new());
        assert!(!self.folder.exists(), "{:?}", fs::read_dir(&self.folder).unwrap().count());
    }

    /// Processes whose command, environment or folder has to do with this one.
    fn processes(&self) -> Vec<String> {
        let folder = self.folder.to_string_lossy().into_owned();
        let numbers = fs::read_dir("/proc").unwrap().flatten();
        let processes =
            numbers.filter(|entry| entry.file_name().to_string_lossy().parse::<i32>().is_ok());
        let has = |entry: &fs::DirEntry| {
            let text = |name: &str| fs::read(entry.path().join(name)).unwrap_or_default();
            let cwd = fs::read_link(entry.path().join("cwd")).unwrap_or_default();
            let all =
                [text("cmdline"), text("environ"), cwd.to_string_lossy().into_owned().into_bytes()];
            all.iter().any(|text| String::from_utf8_lossy(text).contains(&folder))
        };
        processes.filter(has).map(|entry| entry.path().display().to_string()).collect()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.command(&["down"]).output();
        let _ = fs::remove_file(self.folder.with_extension("lock"));
    }
}

/// Whether it comes true in this time.
pub fn within(time: Duration, mut done: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    while started.elapsed() < time {
        if done() {
            return true;
        }
        thread::sleep(Duration::from_millis(5));
    }
    false
}

pub fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}
