//! The chain on free ports, and its traces.
#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests take what they need"
)]

pub mod gate;
pub mod process;
pub mod servers;
mod shape;

use std::time::Duration;

use chain::store::Stores;
use chain::wire::Seen;
use chain::{Addresses, Chain, Options, Tracers};
use example_parts::http::direct_client;
use example_parts::traces::{Trace, Traces};
use reqwest::StatusCode;
use serde_json::Value;
pub use shape::{Shape, store_calls, tree};
use tracer_core::{MemoryReporter, Reporter, Tracer};

pub struct Running {
    pub chain: Chain,
    pub tracers: Tracers,
    pub client: reqwest::Client,
    traces: Traces,
}

impl Running {
    pub async fn start() -> Self {
        Self::start_on(&Stores::default()).await
    }

    /// Not on the embedded stores.
    pub async fn start_on(stores: &Stores) -> Self {
        Self::start_as(stores, || None::<MemoryReporter>).await
    }

    /// Each service with one more reporter.
    pub async fn start_with<R: Reporter>(other: impl Fn() -> Option<R>) -> Self {
        Self::start_as(&Stores::default(), other).await
    }

    async fn start_as<R: Reporter>(stores: &Stores, other: impl Fn() -> Option<R>) -> Self {
        let memory = MemoryReporter::new();
        let tracers = Tracers::new(|builder| {
            let memory = memory.clone();
            Ok(match other() {
                Some(other) => builder.reporter((memory, other)).build(),
                None => builder.reporter(memory).build(),
            })
        });
        let tracers = tracers.unwrap();
        let any = ([127, 0, 0, 1], 0).into();
        let wanted = Addresses { server1: any, server2: any, server3: any };
        let chain = Chain::start(wanted, stores, &tracers, &Options::default()).await.unwrap();
        let traces = Traces::new(tracers.all().map(Clone::clone).to_vec(), memory);
        Self { chain, tracers, client: direct_client().unwrap(), traces }
    }

    /// A request to order something, yet to be sent.
    pub fn order(&self, customer: &str, item: &str) -> reqwest::RequestBuilder {
        let url = format!("http://{}/orders", self.chain.addresses.server1);
        self.client.post(url).form(&[("customer", customer), ("item", item)])
    }

    /// What has become of an order.
    pub fn steps(&self, order: u64) -> reqwest::RequestBuilder {
        self.client.get(format!("http://{}/orders/{order}", self.chain.addresses.server1))
    }

    pub async fn trace(&mut self) -> Trace {
        self.traces.next_within(Duration::from_secs(10)).await.expect("a trace")
    }

    /// Whether there is none, for a while.
    pub async fn is_quiet(&mut self) -> bool {
        self.traces.next_within(Duration::from_millis(300)).await.is_none()
    }

    pub fn all(&self) -> [&Tracer; 3] {
        self.tracers.all()
    }
}

/// The status, and the answer itself.
pub async fn send(request: reqwest::RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    (status, response.json().await.unwrap())
}

/// What each hop read in its baggage.
pub fn seen(reply: &Value) -> Vec<(String, String)> {
    let seen: Vec<Seen> = serde_json::from_value(reply["seen"].clone()).unwrap();
    seen.into_iter().map(|seen| (seen.hop, seen.customer)).collect()
}

/// That each of them read this.
pub fn all_saw(customer: &str) -> Vec<(String, String)> {
    ["server1", "server2", "server3", "server2 (callback)", "server1 (callback)"]
        .map(|hop| (hop.to_owned(), customer.to_owned()))
        .into()
}
