//! A set of servers away from all others, and what is there of it.

use std::collections::BTreeMap;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

pub const VARIABLES: [&str; 4] = ["REDIS_URL", "MYSQL_URL", "POSTGRES_URL", "AMQP_URL"];

/// A start waits for those of all other clones on the machine.
pub const PATIENCE: Duration = Duration::from_secs(600);

/// Away from those that xtask itself chooses from, and from the usual ones.
const FIRST_PORT: u16 = 10_000;
const BLOCK: u16 = 50;
const BLOCKS: u32 = 200;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// By these one sees that a server is left.
pub struct Traces {
    pub ports: Vec<u16>,
    pub folders: Vec<PathBuf>,
    /// Keys of shared memory, as the system's table has them.
    pub memory: Vec<String>,
}

impl Traces {
    /// Whether some of these keys is in the system's table.
    pub fn has_memory(&self) -> bool {
        self.makers_of_memory().next().is_some()
    }

    /// The same, once none of its processes is there any more.
    ///
    /// A folder that is made meanwhile, by another test, may get the number of one that was
    /// removed, and its server with it the same key: but that server lives.
    fn has_left_memory(&self) -> bool {
        self.makers_of_memory().any(|maker| !Path::new("/proc").join(maker).exists())
    }

    fn makers_of_memory(&self) -> impl Iterator<Item = String> {
        let table = fs::read_to_string("/proc/sysvipc/shm").unwrap();
        let maker = |line: &str| {
            let columns: Vec<&str> = line.split_whitespace().take(5).collect();
            let is_one = self.memory.iter().any(|memory| memory == columns[0]);
            is_one.then(|| columns[4].to_owned())
        };
        let makers: Vec<String> = table.lines().filter_map(maker).collect();
        makers.into_iter()
    }
}

/// Stops all at its end, so that a failed test leaves nothing either.
pub struct Sandbox {
    pub folder: PathBuf,
    pub ports_from: u16,
}

impl Sandbox {
    pub fn new(name: &str) -> Self {
        Self::with_first_taken(name).0
    }

    /// With one that listens on the first of its ports.
    pub fn with_first_taken(name: &str) -> (Self, TcpListener) {
        let id = std::process::id();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{id}"));
        let taken = (0..BLOCKS).find_map(|_| {
            let next = id + NEXT.fetch_add(1, Ordering::Relaxed);
            free_block(FIRST_PORT + (next % BLOCKS) as u16 * BLOCK)
        });
        let taken = taken.unwrap();
        let ports_from = taken.local_addr().unwrap().port();
        (Self { folder, ports_from }, taken)
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

    /// The same with nobody who reads any of it.
    pub fn run_unread(&self, arguments: &[&str]) {
        let mut command = self.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop((child.stdout.take(), child.stderr.take()));
        assert!(child.wait().unwrap().success(), "{arguments:?}");
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

    /// What there is now of its servers, to be looked for later.
    pub fn traces(&self) -> Traces {
        let state = self.state().unwrap_or_default();
        let servers = state["servers"].as_array().cloned().unwrap_or_default();
        let ports = servers.iter().filter_map(|server| server["ports"].as_array());
        let ports = ports.flatten().filter_map(|port| u16::try_from(port.as_u64()?).ok()).collect();
        let folders = servers.iter().filter_map(|server| server["folder"].as_str());
        let folders: Vec<PathBuf> = folders.map(PathBuf::from).collect();
        let data = folders.iter().filter_map(|folder| fs::metadata(folder.join("data")).ok());
        let memory = data.map(|data| (data.ino() as i32).to_string()).collect();
        Traces { ports, folders, memory }
    }

    /// Starts `up` and waits for a moment in the middle of it.
    pub fn start_up(&self, reached: impl Fn(&Self) -> bool) -> Child {
        let mut command = self.command(&["up"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let is_there = within(PATIENCE, || {
            assert!(child.try_wait().unwrap().is_none(), "it has ended already");
            reached(self)
        });
        assert!(is_there, "not reached in time");
        child
    }

    /// Everything that would speak of a server that is left.
    pub fn assert_nothing_left(&self, traces: &Traces) {
        for port in &traces.ports {
            let connected = TcpStream::connect(("127.0.0.1", *port));
            assert!(connected.is_err(), "somebody listens on port {port}");
        }
        let mut folders = traces.folders.clone();
        folders.push(self.folder.clone());
        assert_eq!(processes(&folders), Vec::<String>::new());
        for folder in &traces.folders {
            assert!(!folder.exists(), "{} is left", folder.display());
        }
        assert!(!traces.has_left_memory(), "shared memory is left");
        assert!(!self.folder.exists(), "{:?}", fs::read_dir(&self.folder).unwrap().count());
    }
}

/// Processes whose command, environment or folder has to do with one of these.
fn processes(folders: &[PathBuf]) -> Vec<String> {
    let numbers = fs::read_dir("/proc").unwrap().flatten();
    let processes =
        numbers.filter(|entry| entry.file_name().to_string_lossy().parse::<i32>().is_ok());
    let has = |entry: &fs::DirEntry| {
        let text = |name: &str| fs::read(entry.path().join(name)).unwrap_or_default();
        let cwd = fs::read_link(entry.path().join("cwd")).unwrap_or_default();
        let all =
            [text("cmdline"), text("environ"), cwd.to_string_lossy().into_owned().into_bytes()];
        let all = all.map(|text| String::from_utf8_lossy(&text).into_owned());
        folders
            .iter()
            .any(|folder| all.iter().any(|text| text.contains(&*folder.to_string_lossy())))
    };
    processes.filter(has).map(|entry| entry.path().display().to_string()).collect()
}

/// The listener on its first port, where nobody listens on any of those that it takes.
fn free_block(first: u16) -> Option<TcpListener> {
    let mut ports = (first..first + 10).map(|port| TcpListener::bind(("127.0.0.1", port)));
    let taken = ports.next()?.ok()?;
    ports.all(|port| port.is_ok()).then_some(taken)
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
