//! The services, each as the program that it is.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long a process may take for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// A process, killed when it is dropped.
pub struct Process {
    child: Child,
    lines: Receiver<String>,
    /// Lines that nobody has waited for.
    said: Vec<String>,
}

impl Process {
    /// Starts it with an environment that says nothing but this.
    pub fn start(arguments: &[String], environment: &[(&str, &str)]) -> Self {
        Self::spawn(arguments, environment, true)
    }

    /// Starts it, and takes nothing of what it writes to standard output.
    pub fn start_unread(arguments: &[String]) -> Self {
        Self::spawn(arguments, &[], false)
    }

    fn spawn(arguments: &[String], environment: &[(&str, &str)], is_read: bool) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chain"));
        for (name, _) in std::env::vars() {
            if name.starts_with("OTEL_") || name.ends_with("_URL") {
                command.env_remove(name);
            }
        }
        let mut child = command
            .args(arguments)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (said, lines) = channel();
        let stdout = child.stdout.take().filter(|_| is_read).map(read);
        for stream in [stdout, child.stderr.take().map(read)].into_iter().flatten() {
            let said = said.clone();
            // Read to the end, so that the process is never kept from writing.
            std::thread::spawn(move || {
                stream.lines().map_while(Result::ok).for_each(|line| drop(said.send(line)));
            });
        }
        Self { child, lines, said: Vec::new() }
    }

    /// All that it says, and that nobody has waited for, until it has ended.
    pub fn says_until_its_end(&mut self) -> String {
        let rest = self.lines.iter();
        self.said.drain(..).chain(rest).collect::<Vec<_>>().join("\n")
    }

    /// Waits until it says this, and returns the whole line. What it says to standard error may
    /// come before or after what it says to standard output.
    pub fn says(&mut self, text: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(index) = self.said.iter().position(|line| line.contains(text)) {
                return self.said.remove(index);
            }
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => self.said.push(line),
                Err(error) => panic!("{error}: it never said {text:?}, but {:#?}", self.said),
            }
        }
    }

    pub fn terminate(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Waits until it has ended, for no longer than this.
    pub fn ends_within(&mut self, time: Duration) -> ExitStatus {
        let until = Instant::now() + time;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(stream: impl std::io::Read + Send + 'static) -> Box<dyn BufRead + Send> {
    Box::new(BufReader::new(stream))
}

/// Ports that the system gives to nobody who asks for any.
pub fn free_ports<const N: usize>() -> [SocketAddr; N] {
    // Each test looks elsewhere, and so does each process with tests: what is found stays free
    // until it is taken.
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let process = u16::try_from(std::process::id() % 100).unwrap();
    let first = 12_000 + process * 80 + NEXT.fetch_add(8, Ordering::Relaxed);
    let mut free = (first..).map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    // All are held until the last one is found: none is found twice.
    let held: [TcpListener; N] =
        std::array::from_fn(|_| free.find_map(|address| TcpListener::bind(address).ok()).unwrap());
    held.map(|listener| listener.local_addr().unwrap())
}
