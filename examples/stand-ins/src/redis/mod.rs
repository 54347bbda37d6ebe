//! A Redis that keeps a few kinds of values in memory.

mod commands;
mod connection;
mod keyspace;
mod reply;
mod resp;
mod session;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};

use session::Databases;

/// What a listener that failed is given before it is asked again: it may be out of descriptors.
const PAUSE: Duration = Duration::from_millis(50);

/// A running stand-in for Redis, empty at its start. Stops when it is dropped, and closes its
/// connections.
///
/// It speaks RESP2 and knows the commands `CLIENT`, `HELLO`, `SELECT`, `PING`, `ECHO`, `QUIT`;
/// `GET`, `SET`, `SETEX`, `SETNX`, `MGET`, `MSET`, `INCR`, `INCRBY`, `DECR`; `DEL`, `EXISTS`,
/// `KEYS`, `TTL`, `PTTL`, `EXPIRE`, `FLUSHALL`; `HSET`, `HGET`, `HGETALL`, `HDEL`, `HINCRBY`;
/// `LPUSH`, `RPUSH`, `LRANGE`, `LLEN`; `MULTI`, `EXEC`, `DISCARD`.
///
/// ```
/// # async fn example() -> std::io::Result<()> {
/// let server = stand_ins::RedisStandIn::start().await?;
/// let url = format!("redis://{}/", server.address);
/// # drop(url);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RedisStandIn {
    /// Where it listens: a free port of the loopback interface.
    pub address: SocketAddr,
    server: AbortHandle,
}

impl RedisStandIn {
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

impl Drop for RedisStandIn {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Never ends by itself. Aborted, it takes its connections along.
async fn accept(listener: TcpListener) {
    let databases = Arc::new(Databases::default());
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(connection::serve(stream, Arc::clone(&databases)));
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
        // Those that have ended are forgotten.
        while connections.try_join_next().is_some() {}
    }
}
