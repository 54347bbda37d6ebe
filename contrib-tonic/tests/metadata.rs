//! Metadata that is recorded because somebody has asked for it.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::convert::Infallible;

use bytes::Bytes;
use contrib_tonic::{ClientLayer, ServerLayer};
use http::{HeaderName, Request, Response};
use http_body_util::Full;
use testing::{Recorded, tag};
use tower::{Layer, ServiceExt, service_fn};
use tracer_core::ENABLED;

const TENANT: HeaderName = HeaderName::from_static("x-tenant");
const SHARD: HeaderName = HeaderName::from_static("x-shard");

async fn answer(_: Request<()>) -> Result<Response<Full<Bytes>>, Infallible> {
    let response = Response::builder().header("content-type", "application/grpc");
    let response = response.header("grpc-status", "0").header(SHARD, "7").header("token", "hush");
    Ok(response.body(Full::default()).unwrap())
}

#[tokio::test]
async fn of_requests_and_responses_by_name() {
    let recorded = Recorded::new();
    let tracer = recorded.tracer.clone();
    let server = ServerLayer::new().with_tracer(tracer.clone());
    let server = server.with_request_headers([TENANT]).with_response_headers([SHARD]);
    let client = ClientLayer::new().with_tracer(tracer);
    let client = client.with_request_headers([TENANT]).with_response_headers([SHARD]);
    let service = client.layer(server.layer(service_fn(answer)));
    let request = Request::post("http://shop.test/shop.v1.Shop/Buy");
    let request = request.header("content-type", "application/grpc").header(TENANT, "blue");
    let request = request.header("authorization", "hush").body(()).unwrap();
    drop(service.oneshot(request).await.unwrap());
    if !ENABLED {
        return;
    }
    let spans = recorded.spans();
    assert_eq!(spans.len(), 2);
    assert!(!format!("{spans:?}").contains("hush"));
    for span in spans {
        assert_eq!(tag(&span, "rpc.request.metadata.x-tenant"), r#"["blue"]"#);
        assert_eq!(tag(&span, "rpc.response.metadata.x-shard"), r#"["7"]"#);
    }
}
