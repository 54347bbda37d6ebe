//! A ride, its trace, and what it leaves behind.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use example_parts::http::direct_client;
use example_parts::traces::Trace;
use hotrod::findings::lacks;
use hotrod::wire::{BAGGAGE, Customer};
use hotrod::{Fixes, Settings};
use serde_json::{Value, json};
use support::{Running, events, tree};
use tracer_core::ENABLED;

#[tokio::test]
async fn a_ride_is_one_trace_through_all_services() {
    let mut running = Running::start().await;
    let ride = running.ride(123).await.unwrap();
    assert_eq!((ride.dispatched.driver.as_str(), ride.dispatched.eta), ("T701247C", 2));
    assert_eq!(ride.dispatched.link, None, "there is no viewer");
    if !ENABLED {
        assert_eq!(ride.dispatched.trace, None);
        return assert!(running.is_quiet().await);
    }
    let trace = running.trace().await;
    assert_eq!(tree(&trace), include_str!("trees/ride.txt"));
    assert_eq!(ride.dispatched.trace, trace.id.map(|id| id.to_string()));
    let ids: BTreeSet<_> =
        trace.spans.iter().map(|span| span.trace_id.unwrap().to_string()).collect();
    assert_eq!(ids.len(), 1);
    // Lines of the log, each on the span that it was written in.
    let said = |name: &str| events(&trace.spans, name);
    assert_eq!(said("load customer"), ["found"]);
    assert_eq!(said("drivers.v1.Drivers/FindNearest"), ["Redis: once more", "found"]);
    assert_eq!(said("POST /dispatch"), ["asking for routes", "dispatched"]);
}

#[tokio::test]
async fn a_repaired_ride() {
    let settings = Settings {
        fixes: Fixes::ALL,
        viewer: Some("http://viewer/".to_owned()),
        ..Settings::default()
    };
    let mut running = Running::start_with(&settings).await;
    let ride = running.ride(123).await.unwrap();
    assert_eq!(ride.dispatched.driver, "T701247C", "the same as unrepaired");
    let link = ride.dispatched.trace.map(|id| format!("http://viewer/trace/{id}"));
    assert_eq!((ride.dispatched.link, link.is_some()), (link, ENABLED));
    if ENABLED {
        assert_eq!(tree(&running.trace().await), include_str!("trees/repaired.txt"));
    }
}

#[tokio::test]
async fn the_baggage_is_read_in_every_service() {
    let mut running = Running::start().await;
    running.ride(392).await.unwrap();
    let costs = running.costs().await;
    if !ENABLED {
        return assert_eq!(costs, json!({}));
    }
    let trace = running.trace().await;
    let mut seen = BTreeMap::<_, BTreeSet<_>>::new();
    for (item, tag) in BAGGAGE {
        for span in &trace.spans {
            if let Some(value) = span.tag(tag) {
                seen.entry(item).or_default().insert((value.to_string(), span.service()));
            }
        }
    }
    let session = costs["session"].as_object().unwrap().keys().next().unwrap().clone();
    for (item, value) in
        [("customer", "392"), ("session", &session), ("request", &format!("{session}-1"))]
    {
        let everywhere = ["customer", "driver", "frontend", "route"];
        let everywhere = everywhere.map(|service| (value.to_owned(), service));
        assert_eq!(seen[item], BTreeSet::from(everywhere), "{item}");
    }
}

#[tokio::test]
async fn what_routes_cost_is_known_by_customer_and_by_session() {
    let mut running = Running::start().await;
    for customer in [123, 123, 731] {
        running.ride(customer).await.unwrap();
        if ENABLED {
            running.trace().await;
        }
    }
    let costs = running.costs().await;
    assert!(running.is_quiet().await, "asking for costs is nobody's ride");
    if !ENABLED {
        return assert_eq!(costs, json!({}));
    }
    let sum = |by: &str| -> f64 {
        costs[by].as_object().unwrap().values().filter_map(Value::as_f64).sum()
    };
    assert!((sum("customer") - sum("session")).abs() < 1e-6, "{costs}");
    let customers: Vec<_> = costs["customer"].as_object().unwrap().keys().collect();
    assert_eq!(customers, ["123", "731"]);
    // Ten routes a ride, of 40 ms at least.
    assert!(costs["customer"]["123"].as_f64() > Some(0.8), "{costs}");
    assert!(costs["customer"]["731"].as_f64() > Some(0.4), "{costs}");
}

#[tokio::test]
async fn the_page_knows_the_customers_and_needs_nobody_else() {
    let running = Running::start().await;
    let (status, page) = running.ask("/").await;
    assert_eq!(status, 200);
    for elsewhere in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(elsewhere), "{elsewhere}");
    }
    let (_, customers) = running.ask("/customers").await;
    let customers: Vec<Customer> = serde_json::from_str(&customers).unwrap();
    let names: Vec<_> = customers.iter().map(|one| (one.id, one.name.as_str())).collect();
    let expected = [
        (123, "Rachel's Floral Designs"),
        (392, "Trom Chocolatier"),
        (567, "Amazing Coffee Roasters"),
        (731, "Japanese Desserts"),
    ];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn who_is_not_there_gets_no_car() {
    let mut running = Running::start().await;
    let refused = running.ride(1).await.unwrap_err();
    assert_eq!(refused.to_string(), "no such customer");
    if ENABLED {
        assert_eq!(tree(&running.trace().await), include_str!("trees/nobody.txt"));
    }
    let url = format!("http://{}/route?from=here&to=1,1", running.hotrod.addresses.route);
    let status = direct_client().unwrap().get(url).send().await.unwrap().status();
    assert_eq!(status, 400);
}

#[tokio::test]
async fn what_a_trace_lacks() {
    if !ENABLED {
        return;
    }
    let mut running = Running::start().await;
    running.ride(123).await.unwrap();
    let trace = running.trace().await;
    assert_eq!(lacks(&trace), [""; 0]);
    let without = |is_gone: &dyn Fn(&str, &str, bool) -> bool| {
        let mut spans = trace.spans.clone();
        spans.retain(|span| {
            let failed = span.tag("error.type").is_some();
            !is_gone(span.service(), &span.name, failed)
        });
        lacks(&Trace { id: trace.id, spans })
    };
    assert_eq!(
        without(&|service, _, _| service == "route"),
        ["route", "the baggage in every service"]
    );
    assert_eq!(without(&|_, name, _| name.starts_with("SELECT")), ["SQL"]);
    let no_failure = ["a command to Redis that failed", "the same command once more"];
    assert_eq!(without(&|_, _, failed| failed), no_failure);
    let no_answer = |_: &str, name: &str, failed: bool| name.starts_with("GET 127") && !failed;
    assert_eq!(without(&no_answer), ["the same command once more"]);
    let mut spans = trace.spans.clone();
    spans.iter_mut().for_each(|span| span.logs.clear());
    assert_eq!(lacks(&Trace { id: trace.id, spans }), ["lines of the log"]);
}
