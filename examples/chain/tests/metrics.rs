//! What is measured of an order whose trace nobody records: every hop, and every statement.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::time::Duration;

use chain::store::Stores;
use chain::{Addresses, Chain, Options, Tracers};
use contrib_metrics::{RedMetrics, Series};
use example_parts::http::direct_client;
use tracer_core::{AlwaysOff, ENABLED, MemoryReporter};

/// Labels that are another one each time.
const VARY: [&str; 2] = ["server.address", "server.port"];

fn told(series: &Series) -> String {
    let labels = series.labels.iter().filter(|(key, _)| !VARY.contains(key));
    let labels: Vec<_> = labels.map(|(_, value)| value.as_str()).collect();
    format!("{} {}", series.name, labels.join(", "))
}

#[tokio::test]
async fn every_hop_is_measured() {
    let (memory, metrics) = (MemoryReporter::new(), RedMetrics::new());
    let tracers = Tracers::new(|builder| {
        let measured = builder.sampler(AlwaysOff).processor(metrics.clone());
        Ok(measured.reporter(memory.clone()).build())
    });
    let tracers = tracers.unwrap();
    let any = ([127, 0, 0, 1], 0).into();
    let wanted = Addresses { server1: any, server2: any, server3: any };
    let chain =
        Chain::start(wanted, &Stores::default(), &tracers, &Options::default()).await.unwrap();
    let url = format!("http://{}/orders", chain.addresses.server1);
    for (item, status) in [("lamp", 201), ("lamp", 201), ("nothing like it", 404)] {
        let order = direct_client().unwrap().post(&url).form(&[("customer", "7"), ("item", item)]);
        assert_eq!(order.send().await.unwrap().status(), status);
    }
    chain.stop().await;
    for tracer in tracers.all() {
        tracer.shutdown(Duration::from_secs(20)).unwrap();
        let books = tracer.books();
        assert!(books.balance() && books.open == 0 && books.reported == 0, "{books}");
    }
    assert_eq!(memory.take(), []);
    let mut counts = BTreeMap::<String, u64>::new();
    for series in metrics.series() {
        *counts.entry(told(&series)).or_default() += series.count();
    }
    let told: Vec<_> = counts.iter().map(|(what, count)| format!("{what}: {count}")).collect();
    let (told, expected) = (told.join("\n"), include_str!("trees/metrics.txt").trim_end());
    assert_eq!(told, if ENABLED { expected } else { "" }, "{told}");
}
