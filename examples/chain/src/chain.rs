//! The three services, running in one process.

use std::net::SocketAddr;

use anyhow::Result;
use clap::Args;
use example_parts::serving::{Serving, listen};
use tracer_core::{Tracer, TracerBuilder};

use crate::store::{Store, Stores};
use crate::{Options, server1, server2, server3};

/// Where the services listen. Port 0 takes any that is free.
#[derive(Clone, Copy, Debug, Args)]
pub struct Addresses {
    /// Where server1 listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7101")]
    pub server1: SocketAddr,

    /// Where server2 listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7102")]
    pub server2: SocketAddr,

    /// Where server3 listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7103")]
    pub server3: SocketAddr,
}

/// A tracer for each service, as each would have in a process of its own.
#[derive(Clone, Debug)]
pub struct Tracers {
    /// Of server1.
    pub server1: Tracer,
    /// Of server2.
    pub server2: Tracer,
    /// Of server3.
    pub server3: Tracer,
}

impl Tracers {
    /// Makes the three; `finish` says where their spans go.
    ///
    /// # Errors
    /// Those of `finish`.
    pub fn new(finish: impl Fn(TracerBuilder) -> Result<Tracer>) -> Result<Self> {
        Ok(Self {
            server1: finish(Tracer::builder("server1"))?,
            server2: finish(Tracer::builder("server2"))?,
            server3: finish(Tracer::builder("server3"))?,
        })
    }

    /// All of them.
    #[must_use]
    pub const fn all(&self) -> [&Tracer; 3] {
        [&self.server1, &self.server2, &self.server3]
    }
}

/// The running services. Dropped, they take no more connections, and nobody waits for the requests
/// under way; [`stop`](Self::stop) does, for a while. What is still under way afterwards goes on
/// until the runtime ends.
#[derive(Debug)]
pub struct Chain {
    /// Where they listen.
    pub addresses: Addresses,
    /// What server3 keeps the orders in.
    pub store: Store,
    serving: Serving,
}

impl Chain {
    /// Starts the three.
    ///
    /// # Errors
    /// When an address is taken, with the option's name; when a store can't be opened.
    pub async fn start(
        wanted: Addresses,
        stores: &Stores,
        tracers: &Tracers,
        options: &Options,
    ) -> Result<Self> {
        // They call each other in a circle: all addresses have to be there first.
        let first = listen(wanted.server1, "server1").await?;
        let second = listen(wanted.server2, "server2").await?;
        let third = listen(wanted.server3, "server3").await?;
        let addresses = Addresses {
            server1: first.local_addr()?,
            server2: second.local_addr()?,
            server3: third.local_addr()?,
        };
        let Addresses { server1, server2, server3 } = addresses;
        let store = stores.open(&tracers.server3, &options.faults).await?;

        let mut serving = Serving::default();
        serving.add(first, server1::router(&tracers.server1, server2, options)?);
        let asked = options.server3.unwrap_or(server3);
        serving.add(second, server2::router(&tracers.server2, server1, asked, options)?);
        serving.add(third, server3::router(&tracers.server3, server2, store.clone(), options)?);
        Ok(Self { addresses, store, serving })
    }

    /// Takes no more connections, and waits a little for requests to end.
    pub async fn stop(self) {
        self.serving.stop().await;
        self.store.close().await;
    }
}
