//! `chain demo --once`, as a first look at the kit.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::time::Duration;

use chain::demo::lacks;
use example_parts::traces::Trace;
use support::process::Process;
use support::{Running, send};
use tracer_core::ENABLED;

fn once() -> Vec<String> {
    let mut arguments = vec!["demo".to_owned(), "--once".to_owned()];
    for service in ["--server1", "--server2", "--server3"] {
        arguments.extend([service.to_owned(), "127.0.0.1:0".to_owned()]);
    }
    arguments
}

/// A program that nobody reads any more (`| head`) has done enough.
#[test]
fn nobody_reads() {
    let mut demo = Process::start_unread(&once());
    assert!(demo.ends_within(Duration::from_secs(10)).success());
    assert_eq!(demo.says_until_its_end(), "");
}

#[test]
fn once_draws_one_trace_of_everything() {
    // The services are not behind the proxy, which is none.
    let proxy = "http://127.0.0.1:9";
    let environment =
        [("http_proxy", proxy), ("HTTP_PROXY", proxy), ("no_proxy", ""), ("NO_PROXY", "")];
    let mut demo = Process::start(&once(), &environment);
    let stores = demo.says("server3 uses ");
    let embedded = "server3 uses SQLite in memory, and a stand-in for Redis at 127.0.0.1:";
    assert!(stores.starts_with(embedded), "{stores}");
    demo.says("201 Created");
    if ENABLED {
        for line in [
            "24 spans  3 services",
            "GET 127.0.0.1:",
            "SELECT chain_items (client)",
            "INSERT chain_orders",
            "COMMIT (client)",
            "MULTI 127.0.0.1:",
        ] {
            demo.says(line);
        }
    } else {
        demo.says("chain: no trace came of the order");
    }
    assert_eq!(demo.ends_within(Duration::from_secs(10)).success(), ENABLED);
}

#[tokio::test]
async fn what_a_trace_lacks() {
    if !ENABLED {
        return;
    }
    let mut running = Running::start().await;
    send(running.order("7", "lamp")).await;
    let trace = running.trace().await;
    assert_eq!(lacks(&trace), [""; 0]);
    let without = |service: &str, system: &str| {
        let mut spans = trace.spans.clone();
        spans.retain(|span| {
            let store = span.tag("db.system.name").map(ToString::to_string);
            span.service() != service && store.as_deref() != Some(system)
        });
        lacks(&Trace { id: trace.id, spans })
    };
    assert_eq!(without("server2", ""), ["server2"]);
    assert_eq!(without("", "redis"), ["Redis"]);
    assert_eq!(without("", "sqlite"), ["SQL"]);
    assert_eq!(without("server3", ""), ["server3", "Redis", "SQL"]);
}
