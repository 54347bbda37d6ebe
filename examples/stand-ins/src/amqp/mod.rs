//! A message broker that keeps its queues in memory.

mod broker;
mod connection;
mod death;
mod methods;
mod queue;
mod routing;
mod wire;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};

use broker::Broker;

/// What a listener that failed is given before it is asked again: it may be out of descriptors.
const PAUSE: Duration = Duration::from_millis(50);

/// A running stand-in for RabbitMQ, empty at its start. Stops when it is dropped, and closes its
/// connections.
///
/// It speaks AMQP 0-9-1 and lets anybody in. Exchanges are direct, fanout and topic; queues may have
/// `x-dead-letter-exchange`, `x-dead-letter-routing-key` and `x-message-ttl`; there are confirms,
/// returns, prefetch, get, requeueing and cancelling. Transactions, heartbeats and persistence there are
/// not.
///
/// ```
/// # async fn example() -> std::io::Result<()> {
/// let broker = stand_ins::AmqpStandIn::start().await?;
/// let url = format!("amqp://{}/%2f", broker.address);
/// # drop(url);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct AmqpStandIn {
    /// Where it listens: a free port of the loopback interface.
    pub address: SocketAddr,
    server: AbortHandle,
}

impl AmqpStandIn {
    /// Starts it, on the runtime of the caller.
    ///
    /// # Errors
    /// When there is no free port.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let server = tokio::spawn(accept(listener)).abort_handle();
        Ok(Self { address, server })
    }
}

impl Drop for AmqpStandIn {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Never ends by itself. Aborted, it takes its connections along.
async fn accept(listener: TcpListener) {
    let broker = Broker::new();
    let mut connections = JoinSet::new();
    let mut number = 0;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                number += 1;
                connections.spawn(connection::serve(stream, number, Arc::clone(&broker)));
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
        // Those that have ended are forgotten.
        while connections.try_join_next().is_some() {}
    }
}
