//! HotROD, running beside the browser.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use crate::cmd;
use crate::interrupt::{self, Scope};
use crate::ready::Ready;
use crate::workspace::Workspace;

const START_TIME: Duration = Duration::from_secs(30);
const OPTIONS: [&str; 4] = ["--frontend", "--customer", "--driver", "--route"];
/// By this it says that there is a page.
const SAYS: &str = "The page is at ";

/// The running services. They end with this value.
pub struct HotRod {
    child: Child,
    /// The page's URL, with its slash.
    pub page: String,
}

impl HotRod {
    /// Starts it on these ports, with its stand-ins, and waits until there is a page.
    pub fn start(
        workspace: &Workspace,
        program: &Path,
        ports: [u16; 4],
        viewer: &Ready,
    ) -> Result<Self> {
        let log = workspace.log("hotrod");
        cmd::new_log(&log)?;
        let mut command = Command::new(program);
        for (option, port) in OPTIONS.iter().zip(ports) {
            command.args([option, format!("127.0.0.1:{port}").as_str()]);
        }
        command.args(["--viewer-url", &viewer.ui, "--otlp-endpoint", &viewer.otlp_http]);
        command.env_remove("REDIS_URL").env_remove("MYSQL_URL");
        let mut child = cmd::start_aside(&mut command, &log)?;
        let output = child.stdout.take().context("no output to read")?;
        let failed = || anyhow!("HotROD did not get ready: {}", cmd::reason(&log));
        match page(output).ok_or_else(failed) {
            Ok(page) => Ok(Self { child, page }),
            Err(error) => {
                interrupt::end(&mut child, Scope::Group);
                Err(error)
            }
        }
    }
}

/// Waits for the line that names it. All other lines are read too, to their end, or else it would
/// wait for somebody to read them.
fn page(output: ChildStdout) -> Option<String> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let page = line.strip_prefix(SAYS).and_then(|rest| rest.split_whitespace().next());
            if let Some(page) = page {
                let _ = send.send(page.to_owned());
            }
        }
    });
    receive.recv_timeout(START_TIME).ok()
}

impl Drop for HotRod {
    fn drop(&mut self) {
        interrupt::end(&mut self.child, Scope::Group);
    }
}
