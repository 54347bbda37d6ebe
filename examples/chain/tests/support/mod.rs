//! The chain on free ports, and its traces as text.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests take what they need"
)]

use std::fmt::Write;
use std::time::Duration;

use chain::store::Stores;
use chain::traces::{Trace, Traces};
use chain::wire::Seen;
use chain::{Addresses, Chain, Tracers};
use reqwest::StatusCode;
use serde_json::Value;
use tracer_core::{FinishedSpan, MemoryReporter, Reporter, SpanKind, Status, Tracer};

/// What is shown of a span beside its service, kind, name and status.
const TAGS: [&str; 6] = [
    "http.request.method",
    "http.route",
    "http.response.status_code",
    "rpc.response.status_code",
    "error.type",
    "shop.item",
];

pub struct Running {
    pub chain: Chain,
    pub tracers: Tracers,
    pub client: reqwest::Client,
    traces: Traces,
}

impl Running {
    pub async fn start() -> Self {
        Self::start_with(|| None::<MemoryReporter>).await
    }

    /// Each service with one more reporter.
    pub async fn start_with<R: Reporter>(other: impl Fn() -> Option<R>) -> Self {
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
        let chain = Chain::start(wanted, &Stores::default(), &tracers).await.unwrap();
        let traces = Traces::new(tracers.clone(), memory);
        Self { chain, tracers, client: reqwest::Client::new(), traces }
    }

    /// A request to order something, yet to be sent.
    pub fn order(&self, customer: &str, item: &str) -> reqwest::RequestBuilder {
        let url = format!("http://{}/orders", self.chain.addresses.server1);
        self.client.post(url).form(&[("customer", customer), ("item", item)])
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

/// A line a span, children below their parent. What comes first started first; a span whose
/// parent is not there stands at the left.
pub fn tree(spans: &[FinishedSpan]) -> String {
    let mut spans: Vec<_> = spans.iter().collect();
    spans.sort_by_key(|span| span.start);
    let mut text = String::new();
    let ids: Vec<_> = spans.iter().map(|span| span.span_id).collect();
    let tops =
        spans.iter().filter(|span| span.parent_id.is_none() || !ids.contains(&span.parent_id));
    for top in tops {
        draw(&mut text, top, &spans, 0);
    }
    text
}

fn draw(text: &mut String, span: &FinishedSpan, all: &[&FinishedSpan], depth: usize) {
    let kind = match span.kind {
        SpanKind::Internal => String::new(),
        kind => format!("{} ", kind.as_str()),
    };
    let name = format!("{}{}: {kind}{}", "  ".repeat(depth), span.service(), span.name);
    write!(text, "{name}").unwrap();
    if let Status::Error(why) = &span.status {
        write!(text, " !{why}").unwrap();
    }
    for key in TAGS {
        if let Some(value) = span.tag(key) {
            write!(text, " {key}={value}").unwrap();
        }
    }
    text.push('\n');
    assert!(depth < 20, "a span is its own ancestor");
    for child in all.iter().filter(|child| child.parent_id == span.span_id) {
        draw(text, child, all, depth + 1);
    }
}
