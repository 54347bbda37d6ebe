//! The three services, running in one process, with what they stand on.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use contrib_amqp::TracedChannel;
use example_parts::faults::{Faults, Part};
use example_parts::http::client;
use example_parts::serving::{Serving, listen};
use example_parts::switch;
use lapin::Connection;
use redis::Client;
use stand_ins::{AmqpStandIn, RedisStandIn};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tracer_core::{Tracer, TracerBuilder};
use tracing::error;

use crate::codes::{Codes, Times};
use crate::provider::{self, Telephones};
use crate::sms::Worker;
use crate::{api, auth, queue};

/// How long the message that is worked on may take at the end.
const LAST_MESSAGE: Duration = Duration::from_secs(5);

/// Where the services listen. Port 0 takes any that is free.
#[derive(Clone, Copy, Debug, Args)]
pub struct Addresses {
    /// Where api listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7201")]
    pub api: SocketAddr,

    /// Where auth listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7202")]
    pub auth: SocketAddr,

    /// Where sms listens: for its health and its switch
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7203")]
    pub sms: SocketAddr,
}

/// A tracer for each service, as each would have in a process of its own.
#[derive(Clone, Debug)]
pub struct Tracers {
    /// Of api.
    pub api: Tracer,
    /// Of auth.
    pub auth: Tracer,
    /// Of sms.
    pub sms: Tracer,
}

impl Tracers {
    /// Makes the three; `finish` says where their spans go.
    ///
    /// # Errors
    /// Those of `finish`.
    pub fn new(finish: impl Fn(TracerBuilder) -> Result<Tracer>) -> Result<Self> {
        Ok(Self {
            api: finish(Tracer::builder("api"))?,
            auth: finish(Tracer::builder("auth"))?,
            sms: finish(Tracer::builder("sms"))?,
        })
    }

    /// All of them.
    #[must_use]
    pub const fn all(&self) -> [&Tracer; 3] {
        [&self.api, &self.auth, &self.sms]
    }
}

/// Which Redis and which RabbitMQ. By default both are stand-ins within the process.
#[derive(Clone, Default)]
pub struct Backing {
    redis: Option<String>,
    amqp: Option<String>,
    times: Times,
}

impl Backing {
    /// As the environment says: `REDIS_URL`, `AMQP_URL`.
    #[must_use]
    pub fn from_env() -> Self {
        let url = |name| tracer_core::env_var(name).filter(|url| !url.trim().is_empty());
        Self { redis: url("REDIS_URL"), amqp: url("AMQP_URL"), times: Times::default() }
    }

    /// At these URLs; a stand-in where there is none.
    #[must_use]
    pub fn at(redis: Option<String>, amqp: Option<String>) -> Self {
        Self { redis, amqp, times: Times::default() }
    }

    /// With other times.
    #[must_use]
    pub const fn with_times(mut self, times: Times) -> Self {
        self.times = times;
        self
    }
}

impl fmt::Debug for Backing {
    /// Without the URLs, which may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backing").field("times", &self.times).finish_non_exhaustive()
    }
}

/// The running services.
pub struct Login {
    /// Where they listen.
    pub addresses: Addresses,
    /// Where SMS arrive.
    pub telephones: Telephones,
    serving: Serving,
    /// Of somebody else's.
    provider: Serving,
    worker: JoinHandle<()>,
    connections: [Connection; 2],
    channels: [TracedChannel; 2],
    /// Last of all: the services' connections lead here.
    stand_ins: (Option<RedisStandIn>, Option<AmqpStandIn>),
}

impl Login {
    /// Starts them.
    ///
    /// # Errors
    /// When an address is taken, with the option's name; when Redis or RabbitMQ can't be reached.
    pub async fn start(
        wanted: Addresses,
        backing: &Backing,
        tracers: &Tracers,
        faults: &Faults,
    ) -> Result<Self> {
        let [api, auth, sms] = [
            listen(wanted.api, "api").await?,
            listen(wanted.auth, "auth").await?,
            listen(wanted.sms, "sms").await?,
        ];
        let addresses =
            Addresses { api: api.local_addr()?, auth: auth.local_addr()?, sms: sms.local_addr()? };
        let (redis_url, redis) = match &backing.redis {
            Some(url) => (url.clone(), None),
            None => {
                let server = RedisStandIn::start().await.context("the stand-in for Redis")?;
                (format!("redis://{}/", server.address), Some(server))
            }
        };
        let (amqp_url, broker) = match &backing.amqp {
            Some(url) => (url.clone(), None),
            None => {
                let server = AmqpStandIn::start().await.context("the stand-in for RabbitMQ")?;
                (format!("amqp://{}/%2f", server.address), Some(server))
            }
        };
        let redis_client = Client::open(redis_url).context("REDIS_URL")?;
        let codes = Codes::open(
            redis_client,
            backing.times,
            &tracers.auth,
            faults.hook("auth.redis", Part::Redis),
        )
        .await;
        let codes = codes.context("Redis does not answer")?;
        // As two processes would have it: each has a connection of its own.
        let (sender, outgoing) = queue::open(&amqp_url, &tracers.auth).await?;
        let (receiver, incoming) = queue::open(&amqp_url, &tracers.sms).await?;

        let channels = [outgoing.clone(), incoming.clone()];
        let (mut serving, mut provider) = (Serving::default(), Serving::default());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (router, telephones) = provider::router();
        provider.add(listener, router);
        let worker = Worker {
            channel: incoming,
            client: client(&tracers.sms, faults.hook("sms.provider", Part::HttpCall))?,
            provider: address,
            hook: faults.hook("sms.mq", Part::Consume),
        };
        let consumer = worker.consume().await?;
        let worker = tokio::spawn(async move {
            if let Err(failure) = worker.run(consumer).await {
                error!(error = &*failure, "no more messages");
            }
        });
        serving.add(api, api::router(&tracers.api, addresses.auth, faults)?);
        serving.add(auth, auth::router(&tracers.auth, codes, outgoing, faults));
        serving.add(sms, switch::routes(&tracers.sms, faults));
        let connections = [sender, receiver];
        let stand_ins = (redis, broker);
        Ok(Self {
            addresses,
            telephones,
            serving,
            provider,
            worker,
            connections,
            channels,
            stand_ins,
        })
    }

    /// What they stand on, for people to read.
    #[must_use]
    pub const fn backing(&self) -> &'static str {
        match self.stand_ins {
            (None, None) => "a real Redis and a real RabbitMQ",
            (Some(_), None) => "a stand-in for Redis and a real RabbitMQ",
            (None, Some(_)) => "a real Redis and a stand-in for RabbitMQ",
            (Some(_), Some(_)) => "stand-ins for Redis and RabbitMQ",
        }
    }

    /// Whether the broker is there, for who sends and for who receives.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.channels.iter().all(|channel| channel.raw().status().connected())
    }

    /// Takes no more requests and no more messages.
    pub async fn stop(self) {
        self.serving.stop().await;
        for connection in self.connections {
            // One that is gone already is closed as well.
            let _ = connection.close(200, "bye".into()).await;
        }
        // Its consumer ends with the connection, and what it works on in a while.
        let _ = tokio::time::timeout(LAST_MESSAGE, self.worker).await;
        self.provider.stop().await;
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}
