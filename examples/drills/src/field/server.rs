//! A server that is stopped in the middle of a drill, and started again.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use stand_ins::{AmqpStandIn, RedisStandIn};
use tokio::sync::Mutex;

use super::{Gate, Servers};

/// Names the program that brings up private servers.
const XTASK: &str = "DRILLS_XTASK";
/// Far from those of the servers that other drills use.
const PORTS_FROM: &str = "24300";

/// Which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The cache.
    Redis,
    /// The database; there is no stand-in of it.
    Mariadb,
    /// The queue.
    Rabbitmq,
}

impl Kind {
    /// As xtask calls it.
    const fn name(self) -> &'static str {
        match self {
            Self::Redis => "redis",
            Self::Mariadb => "mariadb",
            Self::Rabbitmq => "rabbitmq",
        }
    }
}

/// The server. On stand-ins the way to it is closed; a real one is a process that ends.
#[derive(Debug)]
pub struct Server {
    url: String,
    what: What,
}

#[derive(Debug)]
enum What {
    /// The way to it, and what runs for as long as this is here.
    StandIn(Gate, #[allow(dead_code, reason = "it ends when it is dropped")] StandIn),
    Private(Private),
}

#[derive(Debug)]
#[allow(dead_code, reason = "it ends when it is dropped")]
enum StandIn {
    Redis(RedisStandIn),
    Rabbitmq(AmqpStandIn),
}

impl Server {
    /// Starts one of its own for a drill.
    ///
    /// # Errors
    /// When it can't be started.
    pub async fn start(kind: Kind, servers: &Servers) -> Result<Self> {
        if servers.are_real() {
            let private = Private::start(kind).await?;
            return Ok(Self { url: private.url.clone(), what: What::Private(private) });
        }
        Ok(match kind {
            Kind::Redis => {
                let server = RedisStandIn::start().await?;
                let gate = Gate::to(server.address).await?;
                Self {
                    url: format!("redis://{}/", gate.address),
                    what: What::StandIn(gate, StandIn::Redis(server)),
                }
            }
            Kind::Rabbitmq => {
                let server = AmqpStandIn::start().await?;
                let gate = Gate::to(server.address).await?;
                let url = format!("amqp://{}/%2f", gate.address);
                Self { url, what: What::StandIn(gate, StandIn::Rabbitmq(server)) }
            }
            Kind::Mariadb => bail!("there is no stand-in for a database"),
        })
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Stops it.
    ///
    /// # Errors
    /// When it does not stop.
    pub async fn stop(&mut self) -> Result<()> {
        match &mut self.what {
            What::StandIn(gate, _) => gate.close().await,
            What::Private(private) => private.stop().await,
        }
    }

    /// Starts it again, where it was. A private one has forgotten all.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_again(&mut self) -> Result<()> {
        match &mut self.what {
            What::StandIn(gate, _) => gate.open().await,
            What::Private(private) => private.up().await,
        }
    }
}

/// A server that a drill may stop, where it has one.
#[derive(Debug)]
pub struct Stoppable(Mutex<Option<Server>>);

impl Stoppable {
    pub(super) fn new(server: Option<Server>) -> Self {
        Self(Mutex::new(server))
    }

    /// Stops it.
    ///
    /// # Errors
    /// When there is none, or it does not stop.
    pub async fn stop(&self) -> Result<()> {
        self.0.lock().await.as_mut().context(NONE)?.stop().await
    }

    /// Starts it again.
    ///
    /// # Errors
    /// When there is none, or it does not start.
    pub async fn start_again(&self) -> Result<()> {
        self.0.lock().await.as_mut().context(NONE)?.start_again().await
    }
}

const NONE: &str = "no server may be stopped";

/// A process of its own.
#[derive(Debug)]
struct Private {
    kind: Kind,
    folder: PathBuf,
    url: String,
}

impl Private {
    async fn start(kind: Kind) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("drill-{:x}", fastrand::u64(..)));
        let mut private = Self { kind, folder, url: String::new() };
        private.up().await?;
        let said = private.run(&["env"]).await?;
        let url = said.lines().find_map(|line| line.strip_prefix("export ")?.split_once('='));
        let (_, url) = url.with_context(|| format!("xtask says nothing of a URL: {said}"))?;
        private.url = url.trim_matches('\'').to_owned();
        Ok(private)
    }

    async fn up(&self) -> Result<()> {
        self.run(&["up", "--only", self.kind.name()]).await.map(drop)
    }

    async fn stop(&self) -> Result<()> {
        self.run(&["down"]).await.map(drop)
    }

    async fn run(&self, words: &[&str]) -> Result<String> {
        let mut command = self.command(words)?;
        let run = move || command.stderr(Stdio::inherit()).output();
        let output = tokio::task::spawn_blocking(run).await??;
        ensure!(output.status.success(), "xtask services ended with {}", output.status);
        Ok(String::from_utf8(output.stdout)?)
    }

    fn command(&self, words: &[&str]) -> Result<Command> {
        let xtask = std::env::var_os(XTASK);
        let mut command = Command::new(xtask.with_context(|| format!("{XTASK} is not set"))?);
        command.arg("services").args(words).arg("--folder").arg(&self.folder);
        command.args(["--ports-from", PORTS_FROM]);
        // Those that others use are not ours to take for one of these.
        for variable in ["REDIS_URL", "MYSQL_URL", "POSTGRES_URL", "AMQP_URL"] {
            command.env_remove(variable);
        }
        Ok(command)
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        // Nobody is left to be told; `xtask services down` finds it, too.
        if let Ok(mut down) = self.command(&["down"]) {
            let _ = down.stdout(Stdio::null()).stderr(Stdio::null()).status();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
