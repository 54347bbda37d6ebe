//! The chain of services, ready for a drill.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use chain::store::Stores;
use chain::wire::{CUSTOMER, Receipt};
use chain::{Addresses, Chain, Options, Tracers};
use example_parts::faults::{Faults, NOWHERE};
use example_parts::http::direct_client;
use example_parts::reporting::for_the_screen;
use reqwest::{Client, RequestBuilder};
use tracer_core::{AlwaysOff, MemoryReporter, ParentBased, Tracer};

use super::apart::Apart;
use super::{Kind, Server, Servers, Stoppable, Watch};
use crate::drill::Setup;

/// The running chain.
#[derive(Debug)]
pub struct ChainField {
    /// The services.
    pub chain: Chain,
    /// Their tracers.
    pub tracers: Tracers,
    /// What they report.
    pub watch: Watch,
    /// What can be broken.
    pub faults: Faults,
    /// Who calls.
    pub client: Client,
    /// server3, where it is a process.
    pub apart: Option<Apart>,
    /// The orders, where they are kept in a file.
    pub file: Option<File>,
    /// What may be stopped.
    pub server: Stoppable,
}

/// A folder with a database, for one drill.
#[derive(Debug)]
pub struct File {
    folder: PathBuf,
}

impl File {
    fn new() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("drill-{:x}", fastrand::u64(..)));
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// The database.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.join("orders.db")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // What can't be removed is in a folder for such things.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl ChainField {
    /// Starts it, and breaks what is to be broken.
    ///
    /// # Errors
    /// When something can't be started, or not be broken.
    pub async fn start(
        servers: &Servers,
        setup: &Setup,
        faults: &[&str],
        collector: Option<&str>,
    ) -> Result<Self> {
        let memory = MemoryReporter::new();
        let collector = if setup.has_collector { collector } else { Some(NOWHERE) };
        let mut tracers = Tracers::new(|builder| for_the_screen(builder, &memory, collector))?;
        if !setup.is_sampled {
            let builder = Tracer::builder("server1").sampler(ParentBased::new(AlwaysOff));
            tracers.server1 = for_the_screen(builder, &memory, collector)?;
        }
        let file = (setup.in_a_file && !servers.are_real()).then(File::new).transpose()?;
        let mut servers = servers.clone();
        let server = match setup.stops(&servers) {
            None => None,
            Some(kind) => {
                let server = Server::start(kind, &servers).await?;
                match kind {
                    Kind::Redis => servers.redis = Some(server.url()),
                    Kind::Mariadb => servers.mysql = Some(server.url()),
                    Kind::Rabbitmq => servers.amqp = Some(server.url()),
                }
                Some(server)
            }
        };
        let stores = stores(&servers, file.as_ref());
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let wanted = Addresses { server1: any, server2: any, server3: any };
        let apart = if setup.server3_apart { Some(Apart::start(&servers)?) } else { None };
        let options = Options {
            faults: Faults::allowed(),
            retries: setup.retries,
            patience: setup.patience,
            server3: apart.as_ref().map(|apart| apart.address),
        };
        let chain = Chain::start(wanted, &stores, &tracers, &options).await?;
        let watch = Watch { tracers: tracers.all().map(Clone::clone).to_vec(), memory };
        let field = Self {
            chain,
            tracers,
            watch,
            faults: options.faults,
            client: direct_client()?,
            apart,
            file,
            server: Stoppable::new(server),
        };
        if field.apart.is_none() {
            field.warm_up().await?;
        }
        field.faults.set(faults.iter().copied())?;
        Ok(field)
    }

    /// Connections are made at once, and not in the first request that is looked at.
    async fn warm_up(&self) -> Result<()> {
        self.in_silence(async {
            // Nobody sells it: nothing is stored, and nothing is kept in the cache.
            self.order("nothing").send().await.context("server1 does not answer")?;
            Ok(())
        })
        .await
    }

    /// An order by customer 7, who has been in the baggage from the start.
    pub fn order(&self, item: &str) -> RequestBuilder {
        self.post("/orders").form(&[("customer", "7"), ("item", item)])
    }

    /// What has become of an order.
    pub fn steps(&self, order: u64) -> RequestBuilder {
        self.get(&format!("/orders/{order}"))
    }

    /// Something else that server1 is asked for.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path)).header("baggage", format!("{CUSTOMER}=7"))
    }

    /// Something else that server1 is told.
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.url(path)).header("baggage", format!("{CUSTOMER}=7"))
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.chain.addresses.server1)
    }

    /// The number of an order that was placed before the drill: with nothing broken, and nothing
    /// recorded.
    ///
    /// # Errors
    /// When that is not possible.
    pub async fn placed(&self) -> Result<u64> {
        self.in_silence(async {
            let response = self.order("lamp").send().await?.error_for_status()?;
            let receipt: Receipt = response.json().await?;
            Ok(receipt.order)
        })
        .await
    }

    /// Until the cache's client has noticed that there is a server again: it connects when it is
    /// used.
    ///
    /// # Errors
    /// When orders can't be sent.
    pub async fn reconnected(&self) -> Result<()> {
        for _ in 0..3 {
            self.placed().await?;
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        Ok(())
    }

    async fn in_silence<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let broken = self.faults.list();
        self.faults.set(None)?;
        let switch = |on| self.tracers.all().iter().for_each(|tracer| tracer.set_enabled(on));
        switch(false);
        let done = work.await;
        switch(true);
        self.faults.set(broken.iter().map(String::as_str))?;
        done
    }
}

fn stores(servers: &Servers, file: Option<&File>) -> Stores {
    let file = file.map(|file| format!("sqlite:{}", file.path().display()));
    Stores::from_vars(|name| match name {
        "REDIS_URL" => servers.redis.clone(),
        "MYSQL_URL" if file.is_none() => servers.mysql.clone(),
        "DATABASE_URL" => file.clone(),
        _ => None,
    })
}
