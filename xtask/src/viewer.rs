//! Building the viewer, and having one run beside a command.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};

use crate::cmd;
use crate::interrupt::{self, Scope};
use crate::progress::Progress;
use crate::protoc;
use crate::ready::{self, Ready};
use crate::workspace::Workspace;

const MANIFEST: &str = "examples/viewer/Cargo.toml";
const START_TIME: Duration = Duration::from_secs(30);

/// The ports that it is to use.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    pub ui: u16,
    pub otlp_grpc: u16,
    pub otlp_http: u16,
}

/// A running viewer; it ends with this value, and with this process, however
/// that ends: it watches the pipe that is held here.
pub struct Viewer {
    child: Child,
    pub ready: Ready,
}

/// A cargo command on the viewer's package. Its own target folder, because it
/// is a workspace of its own and would wipe out ours' builds in turn.
pub fn cargo(workspace: &Workspace, command: &str) -> Result<Command> {
    let mut cargo = cmd::cargo();
    cargo.current_dir(&workspace.root).args([command, "--manifest-path", MANIFEST]);
    cargo.env("CARGO_TARGET_DIR", target(workspace));
    protoc::hand_to(&mut cargo)?;
    Ok(cargo)
}

/// Builds it. Debug: it compiles in half the time and is quick enough.
pub fn build(workspace: &Workspace) -> Result<PathBuf> {
    let log = workspace.log("viewer-build");
    cmd::new_log(&log)?;
    let mut cargo = cargo(workspace, "build")?;
    let mut progress = Progress::start("building the viewer");
    let status = cmd::run_logged(&mut cargo, &log, &mut progress);
    let built = status.as_ref().is_ok_and(|status| status.success());
    progress.end(if built { "done" } else { "failed" });
    if !status?.success() {
        bail!("its build failed: {} (all of it in {})", cmd::reason(&log), log.display());
    }
    let name = format!("viewer{}", std::env::consts::EXE_SUFFIX);
    Ok(target(workspace).join("debug").join(name))
}

/// Starts it and waits until it can be used.
pub fn start(workspace: &Workspace, program: &Path, ports: Ports) -> Result<Viewer> {
    let log = workspace.log("viewer");
    cmd::new_log(&log)?;
    let mut command = Command::new(program);
    let address = |port: u16| format!("127.0.0.1:{port}");
    command.args(["--ui", &address(ports.ui)]);
    command.args(["--otlp-grpc", &address(ports.otlp_grpc)]);
    command.args(["--otlp-http", &address(ports.otlp_http)]);
    command.arg("--exit-with-stdin");

    let mut child = cmd::start_aside(&mut command, &log)?;
    let output = child.stdout.take().context("no output to read")?;
    match first_line(output).and_then(|line| {
        ready::parse(&line).ok_or_else(|| anyhow!("it did not get ready: {}", cmd::reason(&log)))
    }) {
        Ok(ready) => Ok(Viewer { child, ready }),
        Err(error) => {
            interrupt::end(&mut child, Scope::Group);
            Err(error)
        }
    }
}

fn target(workspace: &Workspace) -> PathBuf {
    workspace.target.join("viewer")
}

/// Read on a thread, which a viewer that never says anything leaves behind.
fn first_line(output: ChildStdout) -> Result<String> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        let read = BufReader::new(output).read_line(&mut line);
        let _ = send.send(read.map(|_| line));
    });
    let line = receive.recv_timeout(START_TIME);
    Ok(line.map_err(|_| anyhow!("it was not ready within {} s", START_TIME.as_secs()))??)
}

impl Drop for Viewer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        if !interrupt::ended_within(&mut self.child, Duration::from_secs(2)) {
            interrupt::end(&mut self.child, Scope::Group);
        }
    }
}
