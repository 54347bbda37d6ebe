//! The three services, running in one process.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracer_core::{Tracer, TracerBuilder};

use crate::store::Store;
use crate::{server1, server2, server3};

/// How long requests may take to end once the services are told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(2);

/// Where the services listen. Port 0 takes any that is free.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// Of server1.
    pub server1: SocketAddr,
    /// Of server2.
    pub server2: SocketAddr,
    /// Of server3.
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

/// The running services. Dropped, they stop at once; [`stop`](Self::stop) lets requests end.
#[derive(Debug)]
pub struct Chain {
    /// Where they listen.
    pub addresses: Addresses,
    stop: watch::Sender<bool>,
    running: JoinSet<io::Result<()>>,
}

impl Chain {
    /// Starts the three.
    ///
    /// # Errors
    /// When an address is taken, with the option's name; when the database can't be opened.
    pub async fn start(wanted: Addresses, tracers: &Tracers) -> Result<Self> {
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
        let store = Store::open().await.context("the book of orders")?;

        let (stop, _) = watch::channel(false);
        let mut chain = Self { addresses, stop, running: JoinSet::new() };
        chain.serve(first, server1::router(&tracers.server1, server2));
        chain.serve(second, server2::router(&tracers.server2, server1, server3)?);
        chain.serve(third, server3::router(&tracers.server3, server2, store));
        Ok(chain)
    }

    fn serve(&mut self, listener: TcpListener, router: Router) {
        let mut stop = self.stop.subscribe();
        let stopped = async move {
            // An error means that the chain was dropped, which stops it too.
            let _ = stop.wait_for(|stop| *stop).await;
        };
        // Without it a small answer waits for the one before it to be acknowledged: 40 ms.
        let listener = listener.tap_io(|connection| {
            // One that can't be set is on its way out.
            let _ = connection.set_nodelay(true);
        });
        let server = axum::serve(listener, router).with_graceful_shutdown(stopped);
        self.running.spawn(server.into_future());
    }

    /// Takes no more connections, and waits a little for requests to end.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let ended = async { while self.running.join_next().await.is_some() {} };
        // What does not end by then is cut off.
        let _ = tokio::time::timeout(LAST_REQUESTS, ended).await;
    }
}

/// Listens, or says in one line which option would help.
async fn listen(address: SocketAddr, service: &str) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{service} can't listen on {address}: choose another --{service}"))
}
