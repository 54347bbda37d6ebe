//! server3 as a process of its own, which can be killed.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use example_parts::http::direct_client;

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
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["server3", "--server3", "127.0.0.1:0"]);
        command.args(["--fault", "server3.grpc=hang"]);
        for (name, url) in [("REDIS_URL", &servers.redis), ("MYSQL_URL", &servers.mysql)] {
            command.env_remove(name);
            command.envs(url.as_ref().map(|url| (name, url)));
        }
        // Its spans die with it, wherever they would go.
        command.env_remove("OTEL_EXPORTER_OTLP_ENDPOINT").env_remove("DATABASE_URL");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let said = BufReader::new(child.stdout.take().context("its output")?);
        let mut apart = Self { address: ([0, 0, 0, 0], 0).into(), child: Mutex::new(child) };
        for line in said.lines() {
            if let Some((_, address)) = line?.split_once("listens on ") {
                apart.address = address.trim().parse()?;
                return Ok(apart);
            }
        }
        bail!("server3 does not start")
    }

    /// Until it is at work on a call.
    ///
    /// # Errors
    /// That it never is.
    pub async fn at_work(&self) -> Result<()> {
        let (books, client) = (format!("http://{}/tracing/books", self.address), direct_client()?);
        for _ in 0..500 {
            if client.get(&books).send().await?.text().await?.contains("open=1") {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("no call comes to server3")
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
