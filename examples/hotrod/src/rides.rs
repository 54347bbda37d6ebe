//! Calls cars, as the page does.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use example_parts::http::{direct_client, read};
use futures_util::future::try_join_all;
use tokio::task::JoinSet;
use tracing::warn;

use crate::wire::{Call, Dispatched};

/// Those who call, by their numbers.
pub const CUSTOMERS: [i64; 4] = [123, 392, 731, 567];

/// One who calls, one call after another.
#[derive(Clone, Debug)]
pub struct Caller {
    client: reqwest::Client,
    frontend: SocketAddr,
    session: String,
    calls: u32,
}

/// A car that was called.
#[derive(Debug)]
pub struct Ride {
    /// What was answered.
    pub dispatched: Dispatched,
    /// How long that took.
    pub latency: Duration,
}

impl Caller {
    /// Of a session that nobody else has.
    ///
    /// # Errors
    /// When there can be no client.
    pub fn new(frontend: SocketAddr) -> Result<Self> {
        let session = format!("{:08x}", fastrand::u32(..));
        Ok(Self { client: direct_client()?, frontend, session, calls: 0 })
    }

    /// Calls a car.
    ///
    /// # Errors
    /// When none comes: why, in one line.
    pub async fn call(&mut self, customer: i64) -> Result<Ride> {
        self.calls += 1;
        let session = self.session.clone();
        let call = Call { customer, request: format!("{session}-{}", self.calls), session };
        let url = format!("http://{}/dispatch", self.frontend);
        let started = Instant::now();
        let response = self.client.post(url).json(&call).send().await;
        let response = response.context("frontend does not answer")?;
        let dispatched = read(response).await;
        let dispatched = dispatched.map_err(|refusal| anyhow::anyhow!(refusal.error))?;
        Ok(Ride { dispatched, latency: started.elapsed() })
    }
}

/// So many rides that are called in the same moment, by as many callers.
///
/// # Errors
/// When a car does not come.
pub async fn at_once(frontend: SocketAddr, count: usize) -> Result<Vec<Ride>> {
    let customers = CUSTOMERS.into_iter().cycle().take(count);
    try_join_all(
        customers.map(|customer| async move { Caller::new(frontend)?.call(customer).await }),
    )
    .await
}

/// Callers who never have enough. Ends with whoever waits for it.
///
/// # Errors
/// When there can be no callers.
pub async fn traffic(frontend: SocketAddr, callers: u32) -> Result<()> {
    let mut all = JoinSet::new();
    for _ in 0..callers {
        let mut caller = Caller::new(frontend)?;
        all.spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(fastrand::u64(200..2_000))).await;
                let customer = fastrand::choice(CUSTOMERS).unwrap_or_default();
                if let Err(failure) = caller.call(customer).await {
                    warn!(error = &*failure, "no car comes");
                }
            }
        });
    }
    while all.join_next().await.is_some() {}
    std::future::pending().await
}
