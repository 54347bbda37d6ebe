//! `hotrod --once`: the tour, as the program that it is; and those who call all the time.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::process::{Command, Output};

use axum::routing::post;
use axum::{Json, Router};
use hotrod::rides::traffic;
use hotrod::wire::{Call, Dispatched};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tracer_core::ENABLED;

/// A free port.
const ANY: &str = "127.0.0.1:0";

fn hotrod(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotrod"));
    for (name, _) in std::env::vars() {
        if name.starts_with("OTEL_") || name.ends_with("_URL") {
            command.env_remove(name);
        }
    }
    for service in ["--frontend", "--customer", "--driver", "--route"] {
        command.args([service, ANY]);
    }
    command.args(arguments).output().unwrap()
}

#[test]
fn the_tour_shows_what_it_tells() {
    let tour = hotrod(&["--once"]);
    let (said, failed) =
        (String::from_utf8_lossy(&tour.stdout), String::from_utf8_lossy(&tour.stderr));
    assert_eq!(tour.status.success(), ENABLED, "{said}\n{failed}");
    if !ENABLED {
        return assert!(failed.contains("hotrod: no trace came of the ride"), "{failed}");
    }
    for line in [
        "customers are in SQLite in memory, drivers in a stand-in for Redis at 127.0.0.1:",
        "40 spans  4 services",
        "! timeout",
        "SELECT hotrod_customers (client)",
        "waiting for the lock",
        "MGET 127.0.0.1:",
        "last car",
    ] {
        assert!(said.contains(line), "{line} in\n{said}");
    }
    // The lines of the log name the traces.
    let trace = said.split("trace ").nth(1).unwrap().split(' ').next().unwrap();
    assert!(failed.contains(&format!("trace_id={trace}")), "{trace} in\n{failed}");
}

#[test]
fn a_tour_is_of_what_is_broken() {
    let refused = hotrod(&["--once", "--fix-lock"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[tokio::test]
async fn traffic_is_of_so_many_who_call_again_and_again() {
    let (calls, mut called) = mpsc::unbounded_channel();
    let dispatch = move |Json(call): Json<Call>| {
        let dispatched = Dispatched { driver: "T1".into(), eta: 1, trace: None, link: None };
        calls.send(call).unwrap();
        async { Json(dispatched) }
    };
    let listener = TcpListener::bind(ANY).await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/dispatch", post(dispatch));
    tokio::spawn(axum::serve(listener, router).into_future());
    let mut requests = BTreeSet::new();
    let all = async {
        // Three of them, and each of them calls for the second time.
        while requests.iter().filter(|request: &&String| request.ends_with("-2")).count() < 3 {
            requests.insert(called.recv().await.unwrap().request);
        }
    };
    tokio::select! {
        ended = traffic(address, 3) => panic!("{ended:?}"),
        () = all => {}
    }
    let sessions: BTreeSet<_> =
        requests.iter().filter_map(|request| request.split_once('-')).map(|(s, _)| s).collect();
    assert_eq!(sessions.len(), 3);
}
