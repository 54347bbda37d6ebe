//! The four services, running in one process, with what they stand on.

use std::fmt;
use std::net::SocketAddr;

use anyhow::{Context, Result};
use clap::Args;
use example_parts::serving::{Serving, listen};
use redis::Client;
use stand_ins::RedisStandIn;
use tracer_core::{Tracer, TracerBuilder};

use crate::database::Database;
use crate::fleet::Fleet;
use crate::{Fixes, Paces, customer, driver, frontend, route};

/// Where the services listen. Port 0 takes any that is free.
#[derive(Clone, Copy, Debug, Args)]
pub struct Addresses {
    /// Where frontend listens: the page is here
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7301")]
    pub frontend: SocketAddr,

    /// Where customer listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7302")]
    pub customer: SocketAddr,

    /// Where driver listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7303")]
    pub driver: SocketAddr,

    /// Where route listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7304")]
    pub route: SocketAddr,
}

impl Addresses {
    /// Free ones, of this machine only.
    #[must_use]
    pub fn any() -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Self { frontend: any, customer: any, driver: any, route: any }
    }
}

/// A tracer for each service, as each would have in a process of its own.
#[derive(Clone, Debug)]
pub struct Tracers {
    /// Of frontend.
    pub frontend: Tracer,
    /// Of customer.
    pub customer: Tracer,
    /// Of driver.
    pub driver: Tracer,
    /// Of route.
    pub route: Tracer,
}

impl Tracers {
    /// Makes the four; `finish` says where their spans go.
    ///
    /// # Errors
    /// Those of `finish`.
    pub fn new(finish: impl Fn(TracerBuilder) -> Result<Tracer>) -> Result<Self> {
        Ok(Self {
            frontend: finish(Tracer::builder("frontend"))?,
            customer: finish(Tracer::builder("customer"))?,
            driver: finish(Tracer::builder("driver"))?,
            route: finish(Tracer::builder("route"))?,
        })
    }

    /// All of them.
    #[must_use]
    pub const fn all(&self) -> [&Tracer; 4] {
        [&self.frontend, &self.customer, &self.driver, &self.route]
    }
}

/// Which Redis and which database. By default there is a stand-in, and SQLite in memory.
#[derive(Clone, Default)]
pub struct Backing {
    redis: Option<String>,
    mysql: Option<String>,
}

impl Backing {
    /// As the environment says: `REDIS_URL`, `MYSQL_URL`.
    #[must_use]
    pub fn from_env() -> Self {
        Self::from_vars(tracer_core::env_var)
    }

    /// [`from_env`](Self::from_env) with variables from elsewhere.
    pub fn from_vars(get: impl Fn(&str) -> Option<String>) -> Self {
        let url = |name| get(name).filter(|url| !url.trim().is_empty());
        Self { redis: url("REDIS_URL"), mysql: url("MYSQL_URL") }
    }
}

impl fmt::Debug for Backing {
    /// Without the URLs, which may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backing").finish_non_exhaustive()
    }
}

/// What can be said of the services beside where they are.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What is repaired.
    pub fixes: Fixes,
    /// How long things take.
    pub paces: Paces,
    /// What they stand on.
    pub backing: Backing,
    /// Where a viewer is, for links to traces.
    pub viewer: Option<String>,
}

/// The running services.
#[derive(Debug)]
pub struct HotRod {
    /// Where they listen.
    pub addresses: Addresses,
    database: Database,
    redis: String,
    serving: Serving,
    /// Last of all: driver's connection leads here.
    stand_in: Option<RedisStandIn>,
}

impl HotRod {
    /// Starts them.
    ///
    /// # Errors
    /// When an address is taken, with the option's name; when Redis or the database can't be
    /// reached, with the variable that names it.
    pub async fn start(wanted: Addresses, settings: &Settings, tracers: &Tracers) -> Result<Self> {
        let Settings { fixes, paces, backing, viewer } = settings;
        let frontend = listen(wanted.frontend, "frontend").await?;
        let customer = listen(wanted.customer, "customer").await?;
        let driver = listen(wanted.driver, "driver").await?;
        let route = listen(wanted.route, "route").await?;
        let addresses = Addresses {
            frontend: frontend.local_addr()?,
            customer: customer.local_addr()?,
            driver: driver.local_addr()?,
            route: route.local_addr()?,
        };
        let (redis_url, stand_in) = match &backing.redis {
            Some(url) => (url.clone(), None),
            None => {
                let server = RedisStandIn::start().await.context("the stand-in for Redis")?;
                (format!("redis://{}/", server.address), Some(server))
            }
        };
        let client = Client::open(redis_url).context("REDIS_URL")?;
        let fleet = Fleet::open(client, *paces, &tracers.driver).await;
        let fleet = fleet.context("REDIS_URL: Redis does not answer")?;
        let database = Database::open(backing.mysql.as_deref(), &tracers.customer).await;
        let database = database.context("MYSQL_URL")?;
        let redis = fleet.address().to_owned();

        let viewer = viewer.as_deref();
        let mut serving = Serving::default();
        serving
            .add(customer, customer::router(&tracers.customer, database.clone(), *fixes, *paces));
        serving.add(driver, driver::router(&tracers.driver, fleet, *fixes));
        serving.add(route, route::router(&tracers.route, *paces));
        serving.add(frontend, frontend::router(&tracers.frontend, addresses, *fixes, viewer)?);
        Ok(Self { addresses, database, redis, serving, stand_in })
    }

    /// Takes no more requests.
    pub async fn stop(self) {
        self.serving.stop().await;
        self.database.close().await;
    }
}

/// What they stand on, for people to read.
impl fmt::Display for HotRod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let redis = if self.stand_in.is_some() { "a stand-in for Redis" } else { "Redis" };
        write!(f, "customers are in {}, drivers in {redis} at {}", self.database, self.redis)
    }
}
