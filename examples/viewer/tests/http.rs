//! The OTLP/HTTP route, from bytes in to what the UI's API then tells.

mod support;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use otlp_embedded::proto::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use support::{batch, body_of, gzip, span, trace_json};
use tower::ServiceExt;
use viewer::{Store, http};

fn store() -> Store {
    Store::new(100, 16)
}

async fn post(store: &Store, headers: &[(&str, &str)], body: Vec<u8>) -> Response {
    let mut request = Request::post("/v1/traces");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body)).unwrap();
    http::router(store.clone()).oneshot(request).await.unwrap()
}

const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");
const GZIP: (&str, &str) = ("content-encoding", "gzip");

#[tokio::test]
async fn a_batch_is_taken_and_answered_in_protobuf() {
    let store = store();
    let response = post(&store, &[PROTOBUF], batch("orders", vec![span(1, 0)])).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "application/x-protobuf");
    let answer = ExportTraceServiceResponse::decode(body_of(response).await).unwrap();
    assert_eq!(answer, ExportTraceServiceResponse::default());
    assert_eq!(trace_json(&store).await["data"][0]["spans"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_packed_batch_is_the_same_batch() {
    let store = store();
    let packed = gzip(&batch("orders", vec![span(1, 0), span(2, 1)]));
    let response = post(&store, &[PROTOBUF, GZIP], packed).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(trace_json(&store).await["data"][0]["spans"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn parameters_of_the_type_do_not_matter() {
    let kind = ("content-type", "Application/X-Protobuf; charset=utf-8");
    let response = post(&store(), &[kind], Vec::new()).await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_is_not_protobuf_is_refused() {
    let json = ("content-type", "application/json");
    let status = post(&store(), &[json], b"{}".to_vec()).await.status();
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let status = post(&store(), &[], Vec::new()).await.status();
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let zstd = ("content-encoding", "zstd");
    let status = post(&store(), &[PROTOBUF, zstd], Vec::new()).await.status();
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn broken_bodies_are_refused() {
    let garbage = b"\xff\xff\xff\xff".to_vec();
    let status = post(&store(), &[PROTOBUF], garbage.clone()).await.status();
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let status = post(&store(), &[PROTOBUF, GZIP], garbage).await.status();
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn bodies_over_the_limit_are_refused_packed_or_not() {
    let large = vec![0; http::MAX_BODY + 1];
    let status = post(&store(), &[PROTOBUF], large.clone()).await.status();
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let status = post(&store(), &[PROTOBUF, GZIP], gzip(&large)).await.status();
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn health_and_method() {
    let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    let health = http::router(store()).oneshot(get("/healthz")).await.unwrap();
    assert_eq!(health.status(), StatusCode::OK);
    let traces = http::router(store()).oneshot(get("/v1/traces")).await.unwrap();
    assert_eq!(traces.status(), StatusCode::METHOD_NOT_ALLOWED);
}
