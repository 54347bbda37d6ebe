//! No telemetry about telemetry: a program that exports through clients which the kit itself
//! instruments, and is told of nothing but its own work.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/grpc/mod.rs"]
#[allow(dead_code, unused_imports, reason = "this test uses a part of it")]
mod grpc;

use std::sync::OnceLock;

use contrib_reqwest::TraceMiddleware;
use contrib_tonic::ClientLayer;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use prost::Message;
use testing::collector::Collector;
use testing::reporting::{WAIT, books, spans, tracer};
use tokio::runtime::Runtime;
use tonic::transport::Endpoint;
use tower_layer::Layer;
use tracer_core::{Batch, InSpanExt, Outcome, Reporter, Tracer};

/// A reporter that a program has written for itself, over a client of its own.
struct Own<F> {
    tracer: &'static OnceLock<Tracer>,
    send: F,
}

impl<F: FnMut(&Tracer, Vec<u8>) -> bool + Send + 'static> Reporter for Own<F> {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        let mut request = Vec::new();
        contrib_otlp::encode(batch, &mut request);
        let sent = (self.send)(self.tracer.get().unwrap(), request);
        if sent { Outcome::Reported } else { Outcome::Failed }
    }
}

/// Reports three times through such a reporter, and finds nothing in the books but what it made
/// itself. How many spans that were.
fn reports(send: impl FnMut(&Tracer, Vec<u8>) -> bool + Send + 'static) -> u64 {
    let slot: &'static OnceLock<Tracer> = Box::leak(Box::default());
    let tracer = tracer(Own { tracer: slot, send });
    slot.set(tracer.clone()).unwrap();
    let made = if tracer_core::ENABLED { 5 } else { 0 };
    for round in 1..=3 {
        spans(&tracer, 5);
        tracer.flush(WAIT).unwrap();
        let books = books(&tracer);
        assert_eq!((books.started, books.reported), (round * made, round * made), "{books:?}");
    }
    tracer.shutdown(WAIT).unwrap();
    3 * made
}

/// Of the program, not of the reporter's thread.
fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn http(tracer: &Tracer, client: &reqwest::Client, url: &str, body: Vec<u8>) -> reqwest::Request {
    // The middleware is as good as any span of the program's own.
    assert!(!tracer.span("about exporting").root().start().is_recording());
    let request = client.post(url).header("content-type", "application/x-protobuf");
    request.body(body).build().unwrap()
}

#[test]
fn r11_reqwest_that_is_traced() {
    let collector = Collector::start();
    let url = format!("{}/v1/traces", collector.endpoint());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let program = runtime();
    // On the reporter's thread.
    let (own, to) = (client.clone(), url.clone());
    let handle = program.handle().clone();
    let mut made = reports(move |tracer, body| {
        let middleware = TraceMiddleware::new().with_tracer(tracer.clone());
        let client = reqwest_middleware::ClientBuilder::new(own.clone()).with(middleware).build();
        let response = handle.block_on(client.execute(http(tracer, &own, &to, body)));
        response.unwrap().status().is_success()
    });
    // As a task of the program's runtime, which takes along where it comes from.
    let handle = program.handle().clone();
    made += reports(move |tracer, body| {
        let middleware = TraceMiddleware::new().with_tracer(tracer.clone());
        let (own, request) = (client.clone(), http(tracer, &client, &url, body));
        let call = async move { middleware.execute(&own, request).await.unwrap().status() };
        let task = handle.spawn(call.in_current_span());
        handle.block_on(task).unwrap().is_success()
    });
    assert_eq!(collector.span_count(), made);
    let requests = collector.requests();
    assert!(requests.iter().all(|request| request.header("traceparent").is_none()));
    assert!(collector.spans().iter().all(|span| span.name == "GET /items"));
}

#[test]
fn r11_tonic_that_is_traced() {
    let receiver = grpc::Receiver::start();
    let endpoint = receiver.endpoint();
    let program = runtime();
    let handle = program.handle().clone();
    let made = reports(move |tracer, request| {
        let request = ExportTraceServiceRequest::decode(&request[..]).unwrap();
        let channel = {
            let _inside = handle.enter();
            Endpoint::from_shared(endpoint.clone()).unwrap().connect_lazy()
        };
        let layer = ClientLayer::new().with_tracer(tracer.clone());
        let mut client = TraceServiceClient::new(layer.layer(channel));
        let again = request.clone();
        let mut second = client.clone();
        // On the reporter's thread, and as a task: the receiver gets it twice.
        let task = async move { second.export(again).await.is_ok() };
        let task = handle.spawn(task.in_current_span());
        handle.block_on(async { client.export(request).await.is_ok() && task.await.unwrap() })
    });
    assert_eq!(receiver.span_count(), 2 * made);
    let seen = receiver.seen();
    assert!(seen.iter().all(|seen| seen.header("traceparent").is_none()));
    let spans = seen.iter().flat_map(|seen| &seen.export.resource_spans);
    let spans = spans.flat_map(|resource| &resource.scope_spans).flat_map(|scope| &scope.spans);
    assert!(spans.into_iter().all(|span| span.name == "GET /items"));
}

#[test]
fn r11_outside_of_a_reporter_the_same_clients_are_traced() {
    // What the tests above would miss, if the clients were never traced.
    let collector = Collector::start();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let tracer = tracer(tracer_core::NullReporter);
    let middleware = TraceMiddleware::new().with_tracer(tracer.clone());
    let request = client.get(collector.endpoint()).build().unwrap();
    runtime().block_on(async {
        let response = middleware.execute(&client, request).await.unwrap();
        response.bytes().await.unwrap();
    });
    let made = u64::from(tracer_core::ENABLED);
    assert_eq!(tracer.books().started, made);
    let traced = collector.requests()[0].header("traceparent").is_some();
    assert_eq!(traced, tracer_core::ENABLED);
}
