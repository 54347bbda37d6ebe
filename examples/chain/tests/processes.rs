//! The three services as three processes, with a real Redis, a real MariaDB and a collector.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use chain::orders::PlaceRequest;
use chain::orders::orders_client::OrdersClient;
use example_parts::http::direct_client;
use reqwest::StatusCode;
use serde_json::json;
use support::process::{Process, free_ports};
use support::servers::Servers;
use support::{Shape, all_saw, seen, send, tree};
use testing::collector::Collector;
use tokio::net::TcpListener;
use tracer_core::ENABLED;

/// What a process is given to end: requests, spans, and a machine that is busy.
const END: Duration = Duration::from_secs(10);

/// `chain server1 --server1 … --server2 … --server3 …`.
fn arguments(service: &str, at: [SocketAddr; 3]) -> Vec<String> {
    let mut arguments = vec![service.to_owned()];
    for (number, address) in (1..).zip(at) {
        arguments.extend([format!("--server{number}"), address.to_string()]);
    }
    arguments
}

/// All spans that came, of all services.
fn spans(collector: &Collector) -> Vec<Shape> {
    let requests = collector.requests();
    let resources = requests.iter().flat_map(|request| &request.export.resource_spans);
    resources.flat_map(Shape::sent).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_order_is_one_trace_over_three_processes() {
    let (servers, collector) = (Servers::find().await, Collector::start());
    let (at, endpoint) = (free_ports(), collector.endpoint());
    let environment = [
        ("REDIS_URL", servers.redis_url.as_str()),
        ("MYSQL_URL", servers.mysql_url.as_str()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
    ];
    let mut processes = ["server1", "server2", "server3"]
        .map(|service| Process::start(&arguments(service, at), &environment));
    for ((number, process), address) in (1..).zip(&mut processes).zip(at) {
        let ready = process.says("listens on");
        assert_eq!(ready, format!("server{number} listens on {address}"));
    }

    let order = direct_client().unwrap().post(format!("http://{}/orders", at[0]));
    let order = order.form(&[("customer", "7"), ("item", "lamp")]);
    let (status, reply) = send(order).await;
    assert_eq!((status, &reply["order"]), (StatusCode::CREATED, &json!(1)));

    for process in &processes {
        process.terminate();
    }
    for process in &mut processes {
        assert!(process.ends_within(END).success());
    }
    if !ENABLED {
        return assert!(collector.requests().is_empty());
    }
    assert_eq!(seen(&reply), all_saw("7"));
    let spans = spans(&collector);
    assert_eq!(tree(spans.iter().cloned()), include_str!("trees/an_order.txt"));
    assert_eq!(collector.span_count(), 24);
    let traces: BTreeSet<_> = spans.iter().map(|span| &span.trace).collect();
    assert_eq!(traces.len(), 1);
}

/// A request that is under way when the signal comes is answered, and its spans are sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_under_way_ends_first() {
    let (servers, collector) = (Servers::find().await, Collector::start());
    let at = free_ports();
    let environment =
        [("REDIS_URL", servers.redis_url.as_str()), ("MYSQL_URL", servers.mysql_url.as_str())];
    let mut processes = ["server1", "server2", "server3"].map(|service| {
        let endpoint = ["--otlp-endpoint".to_owned(), collector.endpoint()];
        let mut process =
            Process::start(&[arguments(service, at), endpoint.into()].concat(), &environment);
        process.says("listens on");
        process
    });

    // The order waits for the lamps, which are somebody else's for the moment.
    let mut other = servers.lock_lamps().await;
    let order = direct_client().unwrap().post(format!("http://{}/orders", at[0]));
    let order = tokio::spawn(send(order.form(&[("customer", "7"), ("item", "lamp")])));
    servers.wait_for_a_waiting_order(&mut other).await;
    processes[2].terminate();
    processes[2].says("server3 stops");
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();

    let (status, reply) = order.await.unwrap();
    assert_eq!((status, &reply["order"]), (StatusCode::CREATED, &json!(1)));
    assert!(processes[2].ends_within(END).success());
    for process in &mut processes[..2] {
        process.terminate();
        assert!(process.ends_within(END).success());
    }
    if ENABLED {
        assert_eq!(tree(spans(&collector)), include_str!("trees/an_order.txt"));
    }
}

/// One that does not end is cut off, and the process ends all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_does_not_end() {
    let (servers, collector) = (Servers::find().await, Collector::start());
    let (at, endpoint) = (free_ports(), collector.endpoint());
    let environment = [
        ("REDIS_URL", servers.redis_url.as_str()),
        ("MYSQL_URL", servers.mysql_url.as_str()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
    ];
    let mut server3 = Process::start(&arguments("server3", at), &environment);
    server3.says("listens on");
    let mut other = servers.lock_lamps().await;
    let mut client = OrdersClient::connect(format!("http://{}", at[2])).await.unwrap();
    let order = PlaceRequest { item: "lamp".to_owned(), quantity: 1, price: 1 };
    let order = tokio::spawn(async move { client.place(order).await });
    servers.wait_for_a_waiting_order(&mut other).await;
    server3.terminate();
    assert!(server3.ends_within(END).success());
    assert!(order.await.unwrap().is_err());
    if ENABLED {
        assert_eq!(tree(spans(&collector)), include_str!("trees/cut_off_in_sql.txt"));
    }
}

/// Nor does one that waits for another service keep the process, or its spans to itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_to_a_service_that_is_silent() {
    let collector = Collector::start();
    let (mut at, endpoint) = (free_ports(), collector.endpoint());
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    at[1] = silent.local_addr().unwrap();
    let environment = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())];
    let mut server1 = Process::start(&arguments("server1", at), &environment);
    server1.says("listens on");
    let order = direct_client().unwrap().post(format!("http://{}/orders", at[0]));
    let order = order.form(&[("customer", "7"), ("item", "lamp")]);
    let order = tokio::spawn(order.send());
    // Held, and never answered.
    let _held = silent.accept().await.unwrap();
    server1.terminate();
    assert!(server1.ends_within(END).success());
    assert!(order.await.unwrap().is_err());
    if ENABLED {
        assert_eq!(tree(spans(&collector)), include_str!("trees/cut_off.txt"));
    }
}

/// Who does not get its database yet can be told to stop all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_signal_while_the_stores_are_opened() {
    let any = ([127, 0, 0, 1], 0).into();
    for command in ["server3", "demo"] {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("mysql://{}/orders", silent.local_addr().unwrap());
        let environment = [("MYSQL_URL", url.as_str())];
        let mut process = Process::start(&arguments(command, [any; 3]), &environment);
        let _held = silent.accept().await.unwrap();
        process.terminate();
        // Not the failure that it would be after a while.
        assert_eq!(process.ends_within(END).code(), Some(0), "{command}");
    }
}

#[test]
fn a_service_may_have_another_name() {
    let collector = Collector::start();
    let (at, endpoint) = (free_ports(), collector.endpoint());
    let environment =
        [("OTEL_SERVICE_NAME", "front"), ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())];
    let mut process = Process::start(&arguments("server1", at), &environment);
    process.says("server1 listens on");
    // server2 is not there.
    let answer = ask(at[0], "/orders/1");
    assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
    process.terminate();
    assert!(process.ends_within(END).success());
    let services: BTreeSet<_> = spans(&collector).into_iter().map(|span| span.service).collect();
    assert_eq!(services, if ENABLED { BTreeSet::from(["front".to_owned()]) } else { [].into() });
}

#[test]
fn without_a_receiver_it_says_so_and_draws_its_traces() {
    let at = free_ports();
    let mut process = Process::start(&arguments("server1", at), &[]);
    process.says("OTEL_EXPORTER_OTLP_ENDPOINT");
    process.says("server1 listens on");
    ask(at[0], "/orders/1");
    if ENABLED {
        process.says("GET /orders/{id} (server)");
    }
    process.terminate();
    assert!(process.ends_within(END).success());
}

/// A service serves, whoever reads what it writes.
#[test]
fn nobody_reads() {
    let at = free_ports();
    let mut process = Process::start_unread(&arguments("server1", at));
    process.says("OTEL_EXPORTER_OTLP_ENDPOINT");
    let until = Instant::now() + END;
    while std::net::TcpStream::connect(at[0]).is_err() {
        assert!(Instant::now() < until, "it does not listen");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(ask(at[0], "/health").starts_with("HTTP/1.1 200 "));
    // It is traced, and its trace drawn.
    assert!(ask(at[0], "/orders/1").starts_with("HTTP/1.1 502 "));
    process.terminate();
    assert!(process.ends_within(END).success());
    let said = process.says_until_its_end();
    assert!(!said.contains("panic"), "{said}");
}

#[test]
fn what_keeps_it_from_starting_is_one_line_without_secrets() {
    for (variable, url, expected) in [
        ("DATABASE_URL", "postgres://u:hush@127.0.0.1/x", "neither mysql:, nor mariadb:, nor "),
        ("DATABASE_URL", "mysql://u:hush@127.0.0.1:1", "names no database"),
        ("MYSQL_URL", "mysql://u:hush@127.0.0.1:99999/x", "invalid port number"),
        ("MYSQL_URL", "mysql://u:hush@127.0.0.1:1/x", "no MySQL at 127.0.0.1:1/x"),
        ("REDIS_URL", "http://u:hush@127.0.0.1/", "did not parse"),
        ("REDIS_URL", "redis://u:hush@127.0.0.1:1/", "no Redis at 127.0.0.1:1"),
    ] {
        let any = ([127, 0, 0, 1], 0).into();
        let mut process = Process::start(&arguments("server3", [any; 3]), &[(variable, url)]);
        let line = process.says("chain: ");
        assert!(line.starts_with(&format!("chain: {variable}: ")), "{line}");
        assert!(line.contains(expected) && !line.contains("hush"), "{line}");
        assert_eq!(process.ends_within(END).code(), Some(1));
    }
}

fn ask(address: SocketAddr, path: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: chain\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
