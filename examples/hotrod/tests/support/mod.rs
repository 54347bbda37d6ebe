//! The services on free ports, and the traces of rides.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::time::Duration;

use example_parts::http::direct_client;
use example_parts::logs;
use example_parts::traces::{Trace, Traces};
use hotrod::rides::{Caller, Ride, at_once};
use hotrod::{Addresses, Fixes, HotRod, Paces, Settings, Tracers};
use serde_json::Value;
use testing::tree_with;
use tracer_core::{FinishedSpan, MemoryReporter};

const PATIENCE: Duration = Duration::from_secs(20);

/// Slow enough for what may be done at the same time to be seen at the same time, on whatever
/// machine.
pub(crate) const SLOW: Paces = Paces {
    account: Duration::from_millis(400),
    redis: Duration::from_millis(4),
    patience: Duration::from_millis(8),
    route: Duration::from_millis(60),
};

pub(crate) struct Running {
    pub(crate) hotrod: HotRod,
    traces: Traces,
}

impl Running {
    pub(crate) async fn start() -> Self {
        Self::start_with(&Settings::default()).await
    }

    pub(crate) async fn start_slow(fixes: Fixes) -> Self {
        Self::start_with(&Settings { fixes, paces: SLOW, ..Settings::default() }).await
    }

    pub(crate) async fn start_with(settings: &Settings) -> Self {
        logs::to_stderr(&[]);
        let memory = MemoryReporter::new();
        let tracers = Tracers::new(|builder| Ok(builder.reporter(memory.clone()).build()));
        let tracers = tracers.unwrap();
        let hotrod = HotRod::start(Addresses::any(), settings, &tracers).await.unwrap();
        let traces = Traces::new(tracers.all().map(Clone::clone).to_vec(), memory);
        Self { hotrod, traces }
    }

    pub(crate) async fn ride(&self, customer: i64) -> anyhow::Result<Ride> {
        Caller::new(self.hotrod.addresses.frontend)?.call(customer).await
    }

    /// So many at once, and their traces.
    pub(crate) async fn rides(&mut self, count: usize) -> Vec<Trace> {
        at_once(self.hotrod.addresses.frontend, count).await.unwrap();
        let mut traces = Vec::new();
        while traces.len() < count {
            traces.push(self.trace().await);
        }
        traces
    }

    pub(crate) async fn trace(&mut self) -> Trace {
        self.traces.next_within(PATIENCE).await.expect("a trace")
    }

    /// Whether there is none, for a while.
    pub(crate) async fn is_quiet(&mut self) -> bool {
        self.traces.next_within(Duration::from_millis(300)).await.is_none()
    }

    /// What frontend answers at this path.
    pub(crate) async fn ask(&self, path: &str) -> (u16, String) {
        let url = format!("http://{}{path}", self.hotrod.addresses.frontend);
        let response = direct_client().unwrap().get(url).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    pub(crate) async fn costs(&self) -> Value {
        serde_json::from_str(&self.ask("/costs").await.1).unwrap()
    }
}

/// A line a span, with its service. Commands to Redis are named after its address, which is another
/// one each time.
pub(crate) fn tree(trace: &Trace) -> String {
    let mut spans = trace.spans.clone();
    for span in &mut spans {
        let name = match span.name.split_once(" 127.0.0.1:") {
            Some((command, _)) => format!("{command} address:port"),
            None => span.name.clone(),
        };
        span.name = format!("{name} of {}", span.service());
    }
    tree_with(&spans, &["http.response.status_code", "db.response.returned_rows", "error.type"])
}

/// The logs of all spans called so: what happened.
pub(crate) fn events<'a>(
    spans: impl IntoIterator<Item = &'a FinishedSpan>,
    name: &str,
) -> Vec<String> {
    let named = spans.into_iter().filter(|span| span.name == name);
    named.flat_map(FinishedSpan::events).collect()
}
