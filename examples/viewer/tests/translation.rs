//! What a span looks like to the UI after it went through the store.

mod support;

use axum::http::StatusCode;
use otlp_embedded::proto::collector::trace::v1::ExportTraceServiceRequest;
use otlp_embedded::proto::trace::v1::span::SpanKind;
use otlp_embedded::proto::trace::v1::status::StatusCode as SpanStatus;
use otlp_embedded::proto::trace::v1::{ResourceSpans, Span, Status};
use serde_json::{Value as Json, json};
use support::{ask, body_of, group, span, text, trace_json};
use viewer::Store;

async fn shown(resource_spans: Vec<ResourceSpans>) -> Json {
    trace_json(&filled(resource_spans).await).await["data"][0].clone()
}

async fn filled(resource_spans: Vec<ResourceSpans>) -> Store {
    let store = Store::new(100, 16);
    store.accept(ExportTraceServiceRequest { resource_spans }).await.unwrap();
    store
}

fn tag(span: &Json, key: &str) -> Option<Json> {
    let tags = span["tags"].as_array().unwrap();
    tags.iter().find(|tag| tag["key"] == key).map(|tag| tag["value"].clone())
}

fn status(code: SpanStatus) -> Option<Status> {
    Some(Status { code: code.into(), ..Status::default() })
}

#[tokio::test]
async fn only_an_error_status_becomes_the_error_tag() {
    for (code, expected) in
        [(SpanStatus::Error, Some(json!(true))), (SpanStatus::Ok, None), (SpanStatus::Unset, None)]
    {
        let span = Span { status: status(code), ..span(1, 0) };
        let trace = shown(vec![group(vec![], vec![span])]).await;
        assert_eq!(tag(&trace["spans"][0], "error"), expected, "{code:?}");
    }
}

#[tokio::test]
async fn each_kind_becomes_its_tag() {
    for (kind, expected) in [
        (SpanKind::Unspecified, None),
        (SpanKind::Internal, Some("internal")),
        (SpanKind::Server, Some("server")),
        (SpanKind::Client, Some("client")),
        (SpanKind::Producer, Some("producer")),
        (SpanKind::Consumer, Some("consumer")),
    ] {
        let span = Span { kind: kind.into(), ..span(1, 0) };
        let trace = shown(vec![group(vec![], vec![span])]).await;
        assert_eq!(tag(&trace["spans"][0], "span.kind"), expected.map(Json::from), "{kind:?}");
    }
}

#[tokio::test]
async fn tags_that_the_sender_set_stay() {
    let attributes = vec![text("span.kind", "own"), text("error", "own")];
    let kind = SpanKind::Server.into();
    let span = Span { attributes, kind, status: status(SpanStatus::Error), ..span(1, 0) };
    let trace = shown(vec![group(vec![], vec![span])]).await;
    assert_eq!(tag(&trace["spans"][0], "span.kind"), Some(json!("own")));
    assert_eq!(tag(&trace["spans"][0], "error"), Some(json!("own")));
}

#[tokio::test]
async fn services_stay_apart_with_one_instance_id_or_none() {
    let one = |name| vec![text("service.name", name), text("service.instance.id", "one")];
    for resources in [
        [vec![text("service.name", "front")], vec![text("service.name", "back")]],
        [one("front"), one("back")],
    ] {
        let [front, back] = resources;
        let trace = shown(vec![group(front, vec![span(1, 0)]), group(back, vec![span(2, 1)])]);
        let trace = trace.await;
        let service_of = |name: &str| {
            let spans = trace["spans"].as_array().unwrap();
            let span = spans.iter().find(|span| span["operationName"] == name).unwrap();
            trace["processes"][span["processID"].as_str().unwrap()]["serviceName"].clone()
        };
        assert_eq!(service_of("step 1"), "front");
        assert_eq!(service_of("step 2"), "back");
    }
}

#[tokio::test]
async fn hostile_spans_do_not_break_the_store() {
    let spans = vec![
        span(1, 0),
        Span { span_id: Vec::new(), ..span(2, 1) },
        Span { trace_id: vec![1], ..span(3, 1) },
        // Ends before it starts.
        Span { end_time_unix_nano: 1, ..span(4, 1) },
        // Its own parent.
        Span { trace_id: vec![9; 16], ..span(5, 5) },
    ];
    let store = filled(vec![group(vec![text("service.name", "odd")], spans)]).await;
    let trace = trace_json(&store).await["data"][0].clone();
    assert_eq!(trace["spans"].as_array().unwrap().len(), 2);
    let found = ask(&store, "/api/traces?limit=10&service=odd").await;
    let found: Json = serde_json::from_slice(&body_of(found).await).unwrap();
    assert_eq!(found["total"], 2);
}

#[tokio::test]
async fn the_page_is_served_at_every_route_of_the_ui() {
    let store = filled(Vec::new()).await;
    for path in ["/", "/search", "/trace/0707"] {
        let page = ask(&store, path).await;
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        assert!(body_of(page).await.starts_with(b"<!doctype html>"), "{path}");
    }
    let missing = ask(&store, "/static/nothing.js").await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}
