//! The server: on one processor, in a process of its own, telling what it has used.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use crate::harness::{child, cpu};
use crate::rows::Case;

/// Where it runs; the load has the other one.
pub const PROCESSOR: usize = 0;

/// What it can be asked for, a line each.
const CPU: &str = "cpu";
const SPANS: &str = "spans";

/// Serves until the process that has started it is gone. `spans` says how many were reported.
pub fn serve(app: Router, spans: impl Fn() -> u64 + Send + 'static) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        say(u64::from(listener.local_addr()?.port()));
        thread::spawn(move || {
            for line in io::stdin().lines().map_while(Result::ok) {
                match line.as_str() {
                    CPU => say(u64::try_from(cpu::of_process().as_nanos()).unwrap_or(u64::MAX)),
                    _ => say(spans()),
                }
            }
            std::process::exit(0);
        });
        let listener = listener.tap_io(|stream| {
            // An answer must not wait for an acknowledgement.
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, app).await
    })
}

/// A number, to whoever has started this process.
fn say(number: u64) {
    let mut output = io::stdout();
    let _ = writeln!(output, "{number}").and_then(|()| output.flush());
}

/// A server that this process has started, and that ends with it.
pub struct Remote {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    pub port: u16,
}

impl Remote {
    pub fn start(case: Case) -> io::Result<Self> {
        let mut command = Command::new(child::own_path());
        command.args(child::arguments(case)).stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(Stdio::null());
        let mut child = command.spawn()?;
        let input = child.stdin.take();
        let output = child.stdout.take().ok_or_else(|| io::Error::other("no output"))?;
        let mut remote = Self { child, input, output: BufReader::new(output), port: 0 };
        remote.port = u16::try_from(remote.read()?).map_err(io::Error::other)?;
        Ok(remote)
    }

    /// Processor time of all its threads so far, in nanoseconds.
    pub fn cpu_nanos(&mut self) -> io::Result<u64> {
        self.ask(CPU)
    }

    /// Spans that were reported, after a flush.
    pub fn spans(&mut self) -> io::Result<u64> {
        self.ask(SPANS)
    }

    fn ask(&mut self, what: &str) -> io::Result<u64> {
        let input = self.input.as_mut().ok_or_else(|| io::Error::other("no input"))?;
        writeln!(input, "{what}")?;
        self.read()
    }

    fn read(&mut self) -> io::Result<u64> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        line.trim().parse().map_err(io::Error::other)
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
