//! server3 as a process of its own, which can be killed.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use anyhow::{Context, Result};

use super::Servers;

/// The process. Killed when it is dropped.
#[derive(Debug)]
pub struct Apart {
    /// Where it listens.
    pub address: SocketAddr,
    child: Mutex<Child>,
}

impl Apart {
    /// Starts it, with a database that is slow enough for somebody to come in between.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn start(servers: &Servers) -> Result<Self> {
        // Free a moment ago; who takes it meanwhile makes the process say so.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["server3", "--server3", &address.to_string()]);
        command.args(["--fault", "server3.grpc=hang"]);
        for (name, url) in [("REDIS_URL", &servers.redis), ("MYSQL_URL", &servers.mysql)] {
            command.env_remove(name);
            command.envs(url.as_ref().map(|url| (name, url)));
        }
        // Its spans die with it, wherever they would go.
        command.env_remove("OTEL_EXPORTER_OTLP_ENDPOINT").env_remove("DATABASE_URL");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let said = BufReader::new(child.stdout.take().context("its output")?);
        let apart = Self { address, child: Mutex::new(child) };
        for line in said.lines() {
            if line?.contains("listens on") {
                return Ok(apart);
            }
        }
        anyhow::bail!("server3 does not start")
    }

    /// As the operating system kills a process that has taken too much.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn kill(&self) -> Result<()> {
        let mut child = self.child.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        child.kill()?;
        child.wait()?;
        Ok(())
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.kill();
    }
}
