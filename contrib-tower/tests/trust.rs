//! Whom a server believes, and whom a client tells (row T2).
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::convert::Infallible;
use std::future::ready;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use contrib_tower::{ClientLayer, ServerLayer};
use http::{Request, Response, header};
use http_body_util::Full;
use testing::Recorded;
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tower_http::follow_redirect::FollowRedirectLayer;
use tracer_core::propagation::Hosts;
use tracer_core::{ENABLED, InSpanExt, Trust};

const CALLER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

type Answer = Result<Response<Full<Bytes>>, Infallible>;

fn request(uri: &str) -> Request<Full<Bytes>> {
    let request = Request::builder().uri(uri).header("traceparent", CALLER);
    request.header("baggage", "customer=7").body(Full::default()).unwrap()
}

#[tokio::test]
async fn a_layer_has_a_trust_of_its_own() {
    if !ENABLED {
        return;
    }
    for on in [true, false] {
        for (trust, same_trace, items) in [(None, true, 1), (Some(Trust::Link), false, 0)] {
            let recorded = Recorded::new();
            recorded.tracer.set_enabled(on);
            let mut layer = ServerLayer::new().with_tracer(recorded.tracer.clone());
            if let Some(trust) = trust {
                layer = layer.with_trust(trust);
            }
            let tracer = recorded.tracer.clone();
            let service = ServiceBuilder::new().layer(layer).service(service_fn(move |_| {
                let context = tracer_core::current().context();
                assert_eq!(context.baggage().len(), items);
                let mut onward = http::HeaderMap::new();
                tracer.inject(&context, &mut onward);
                let told = onward.get("traceparent").and_then(|value| value.to_str().ok());
                assert_eq!(told.is_some_and(|told| told.contains(&CALLER[3..35])), same_trace);
                ready(Answer::Ok(Response::default()))
            }));
            service.oneshot(request("/items")).await.unwrap();
            if on {
                let span = recorded.one();
                assert_eq!(span.parent_id.is_some(), same_trace);
                assert_eq!(span.links.len(), usize::from(!same_trace));
            }
        }
    }
}

/// `http://a.test` sends on to `b.test`, and `b.test` to `c.test`. Notes who was told what.
async fn told_on_the_way(recorded: &Recorded) -> Vec<(String, bool, bool)> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let client = ServiceBuilder::new()
        .layer(FollowRedirectLayer::new())
        .layer(ClientLayer::new().with_tracer(recorded.tracer.clone()))
        .service(service_fn(move |request: Request<Full<Bytes>>| {
            let host = request.uri().host().unwrap().to_owned();
            let has = |name| request.headers().contains_key(name);
            heard.lock().unwrap().push((host.clone(), has("traceparent"), has("baggage")));
            let next = match &*host {
                "a.test" => Some("http://b.test/"),
                "b.test" => Some("http://c.test/"),
                _ => None,
            };
            let mut response = Response::new(Full::<Bytes>::default());
            if let Some(next) = next {
                *response.status_mut() = http::StatusCode::TEMPORARY_REDIRECT;
                response.headers_mut().insert(header::LOCATION, next.parse().unwrap());
            }
            ready(Answer::Ok(response))
        }));
    let caller = recorded.tracer.extract(request("/").headers());
    let span = recorded.tracer.span("handler").child_of(&caller).start();
    client.oneshot(request("http://a.test/")).in_span(span).await.unwrap();
    let told = told.lock().unwrap();
    told.clone()
}

#[tokio::test]
async fn t2_each_hop_of_a_redirect_is_decided_anew() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::with(|builder| {
        builder
            .propagate_to(Hosts::only(["a.test", "c.test"]))
            .baggage_to(Hosts::only(["b.test", "c.test"]))
    });
    for on in [true, false] {
        recorded.tracer.set_enabled(on);
        let told = told_on_the_way(&recorded).await;
        let expected = [("a.test", true, false), ("b.test", false, true), ("c.test", true, true)];
        assert_eq!(told, expected.map(|(host, c, b)| (host.to_owned(), c, b)), "{on}");
    }
    let hops = recorded.spans();
    assert_eq!(hops.iter().filter(|span| span.name == "GET").count(), 3, "a span a hop");
}

#[tokio::test]
async fn t2_who_is_called_by_a_path_alone_is_known_by_the_layers_server() {
    if !ENABLED {
        return;
    }
    let recorded = Recorded::with(|builder| builder.propagate_to(Hosts::only(["a.test:1"])));
    for (server, told) in [(None, false), (Some("a.test:1"), true), (Some("b.test"), false)] {
        let mut layer = ClientLayer::new().with_tracer(recorded.tracer.clone());
        if let Some(server) = server {
            layer = layer.with_server(server);
        }
        let client = ServiceBuilder::new().layer(layer).service(service_fn(
            |request: Request<Full<Bytes>>| {
                let told = request.headers().contains_key("traceparent");
                ready(Answer::Ok(Response::new(Full::from(told.to_string()))))
            },
        ));
        // The `Host` header is not where it goes.
        let mut request = request("/items");
        request.headers_mut().insert(header::HOST, "a.test:1".parse().unwrap());
        let body = http_body_util::BodyExt::collect(client.oneshot(request).await.unwrap()).await;
        assert_eq!(body.unwrap().to_bytes(), told.to_string(), "{server:?}");
    }
}
