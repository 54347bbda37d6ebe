//! Headers that are recorded because somebody has asked for it, and the one that callers are given.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::convert::Infallible;

use bytes::Bytes;
use contrib_tower::{ClientLayer, ServerLayer};
use http::header::{ACCEPT, HeaderName, HeaderValue};
use http::{Request, Response};
use http_body_util::Full;
use testing::{Recorded, tag};
use tower::{Layer, ServiceExt, service_fn};
use tracer_core::{AlwaysOff, Decision, ENABLED, Sampler, SamplingInput};

const TENANT: HeaderName = HeaderName::from_static("x-tenant");
const SHARD: HeaderName = HeaderName::from_static("x-shard");

fn request() -> Request<()> {
    let request = Request::get("http://shop.test/items").header(ACCEPT, "text/html");
    let request = request.header(ACCEPT, "*/*").header("authorization", "hush");
    let odd = HeaderValue::from_bytes(b"no \xff text").unwrap();
    request.header(TENANT, "blue").header(SHARD, odd).body(()).unwrap()
}

async fn answer(_: Request<()>) -> Result<Response<Full<Bytes>>, Infallible> {
    let response = Response::builder().header(SHARD, "7").header("set-cookie", "hush");
    Ok(response.body(Full::from("ok")).unwrap())
}

#[tokio::test]
async fn of_requests_and_responses_by_name() {
    let recorded = Recorded::new();
    let tracer = recorded.tracer.clone();
    let server = ServerLayer::new()
        .with_tracer(tracer.clone())
        .with_request_headers([ACCEPT, TENANT])
        .with_request_headers([SHARD])
        .with_response_headers([SHARD, TENANT]);
    let client = ClientLayer::new()
        .with_tracer(tracer)
        .with_request_headers([TENANT])
        .with_response_headers([SHARD]);
    let service = client.layer(server.layer(service_fn(answer)));
    drop(service.oneshot(request()).await.unwrap());
    if !ENABLED {
        return;
    }
    let spans = recorded.spans();
    assert_eq!(spans.len(), 2);
    let all = format!("{spans:?}");
    assert!(!all.contains("hush"), "only what was asked for: {all}");
    for span in spans {
        let is_server = span.kind == tracer_core::SpanKind::Server;
        let list = if is_server { r#"["text/html", "*/*"]"# } else { "" };
        assert_eq!(tag(&span, "http.request.header.accept"), list);
        assert_eq!(tag(&span, "http.request.header.x-tenant"), r#"["blue"]"#);
        assert_eq!(span.tag("http.request.header.x-shard"), None, "it is no text");
        assert_eq!(tag(&span, "http.response.header.x-shard"), r#"["7"]"#);
        assert_eq!(span.tag("http.response.header.x-tenant"), None, "there is none");
    }
}

/// Records what one tenant asks for.
#[derive(Debug)]
struct Tenant;

impl Sampler for Tenant {
    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        let is_asked_for = input.tags.iter().any(|tag| tag.key == "http.request.header.x-tenant");
        if is_asked_for { Decision::yes() } else { Decision::no() }
    }

    fn reads_tags(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn samplers_see_them() {
    for (names, expected) in [(vec![TENANT], 1), (vec![], 0)] {
        let recorded = Recorded::with(|builder| builder.sampler(Tenant));
        let layer = ServerLayer::new().with_tracer(recorded.tracer.clone());
        let service = layer.with_request_headers(names).layer(service_fn(answer));
        drop(service.oneshot(request()).await.unwrap());
        assert_eq!(recorded.spans().len(), if ENABLED { expected } else { 0 });
    }
}

async fn told(layer: ServerLayer) -> Option<String> {
    let response = layer.layer(service_fn(answer)).oneshot(request()).await.unwrap();
    let header = response.headers().get("traceresponse")?;
    Some(header.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn callers_are_told_of_the_span_that_has_served_them() {
    let recorded = Recorded::new();
    let layer = ServerLayer::new().with_tracer(recorded.tracer.clone());
    assert_eq!(told(layer.clone()).await, None, "nobody has asked for it");
    let layer = layer.with_trace_response();
    let header = told(layer.clone()).await;
    if !ENABLED {
        return assert_eq!(header, None);
    }
    let span = recorded.spans().remove(1);
    let (trace_id, span_id) = (span.trace_id.unwrap(), span.span_id.unwrap());
    assert_eq!(header, Some(format!("00-{trace_id}-{span_id}-03")));
    let filtered = layer.clone().with_filter(|_| false);
    assert_eq!(told(filtered).await, None);
    recorded.tracer.set_enabled(false);
    assert_eq!(told(layer).await, None);
    let unsampled = Recorded::with(|builder| builder.sampler(AlwaysOff));
    let layer = ServerLayer::new().with_tracer(unsampled.tracer.clone()).with_trace_response();
    assert!(told(layer).await.is_some_and(|header| header.ends_with("-02")));
}

#[tokio::test]
async fn proxies_are_believed_as_far_as_they_are_trusted() {
    for (hops, client, server, scheme) in [
        (0, None, "shop.test", "http"),
        (1, Some("10.0.0.1"), "api.test", "https"),
        (2, Some("6.6.6.6"), "api.test", "https"),
    ] {
        let recorded = Recorded::new();
        let layer = ServerLayer::new().with_tracer(recorded.tracer.clone());
        let service = layer.with_trusted_hops(hops).layer(service_fn(answer));
        let request = Request::get("/items").header("host", "shop.test");
        let request = request.header("x-forwarded-for", "6.6.6.6, 10.0.0.1");
        let request = request.header("x-forwarded-host", "api.test");
        let request = request.header("x-forwarded-proto", "https").body(()).unwrap();
        drop(service.oneshot(request).await.unwrap());
        if !ENABLED {
            continue;
        }
        let span = recorded.one();
        let told = span.tag("client.address").map(ToString::to_string);
        assert_eq!(told.as_deref(), client, "{hops}");
        assert_eq!(tag(&span, "server.address"), server);
        assert_eq!(tag(&span, "url.scheme"), scheme);
    }
}
