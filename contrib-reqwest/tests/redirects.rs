//! Redirects that are followed where each hop can be seen (row T2).
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use contrib_reqwest::{FollowRedirects, TooManyRedirects, TraceMiddleware};
use reqwest::redirect::Policy;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use testing::{Recorded, tag};
use tokio::net::TcpListener;
use tracer_core::propagation::Hosts;
use tracer_core::{ENABLED, TracerBuilder};

/// What a server was told: method, path, and which of these headers there were.
type Heard = Arc<Mutex<Vec<(String, String)>>>;

const LOOKED_FOR: [&str; 6] =
    ["traceparent", "baggage", "authorization", "content-type", "cookie", "cookie2"];

async fn server(
    answer: fn(&str, SocketAddr) -> Option<Response>,
    other: SocketAddr,
) -> (SocketAddr, Heard) {
    let heard = Heard::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let notes = Arc::clone(&heard);
    let app = Router::new().fallback(async move |request: Request| {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 100).await.unwrap();
        let mut seen: Vec<&str> =
            LOOKED_FOR.into_iter().filter(|name| parts.headers.contains_key(*name)).collect();
        if !body.is_empty() {
            seen.push("body");
        }
        if parts.headers.get("host").is_some_and(|host| host == "tenant.test") {
            seen.push("tenant");
        }
        let line = format!("{} {}", parts.method, parts.uri.path());
        notes.lock().unwrap().push((line, seen.join(" ")));
        if parts.uri.path() == "/slow" {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        answer(parts.uri.path(), other).unwrap_or_else(|| "here".into_response())
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    (address, heard)
}

fn redirect(status: u16, to: &str) -> Option<Response> {
    let status = StatusCode::from_u16(status).unwrap();
    Some((status, [("location", to.to_owned())]).into_response())
}

/// Answers paths as their names say.
fn answers(path: &str, other: SocketAddr) -> Option<Response> {
    match path {
        "/other" => Some(Redirect::temporary(&format!("http://{other}/end")).into_response()),
        "/loop" => redirect(308, "/loop"),
        "/301" => redirect(301, "/end"),
        "/302" => redirect(302, "/end"),
        "/303" => redirect(303, "end"),
        "/307" => redirect(307, "/end"),
        "/308" => redirect(308, "/end"),
        "/nowhere" => redirect(302, "mailto:nobody@test"),
        "/nonsense" => redirect(302, "http://[/"),
        "/silent" => Some(StatusCode::FOUND.into_response()),
        "/slowly" => redirect(303, "/slow"),
        _ => None,
    }
}

struct Setup {
    recorded: Recorded,
    client: ClientWithMiddleware,
    here: SocketAddr,
    heard_here: Heard,
    heard_there: Heard,
}

async fn set_up(set: impl FnOnce(TracerBuilder, SocketAddr) -> TracerBuilder) -> Setup {
    let (there, heard_there) = server(|_, _| None, ([127, 0, 0, 1], 1).into()).await;
    let (here, heard_here) = server(answers, there).await;
    let recorded = Recorded::with(|builder| set(builder, here));
    let plain = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let client = ClientBuilder::new(plain)
        .with(FollowRedirects::new())
        .with(TraceMiddleware::new().with_tracer(recorded.tracer.clone()))
        .build();
    Setup { recorded, client, here, heard_here, heard_there }
}

fn heard(notes: &Heard) -> Vec<(String, String)> {
    std::mem::take(&mut notes.lock().unwrap())
}

fn line(request: &str, headers: &str) -> (String, String) {
    (request.to_owned(), headers.to_owned())
}

#[tokio::test]
async fn t2_a_redirect_to_another_host_tells_it_only_what_the_list_allows() {
    for (trusted, told) in [(false, ""), (true, "traceparent")] {
        let setup = set_up(|builder, here| {
            let hosts = if trusted { Hosts::any() } else { Hosts::only([here.to_string()]) };
            builder.propagate_to(hosts)
        })
        .await;
        let url = format!("http://{}/other", setup.here);
        let request = setup.client.get(url).header("authorization", "secret").header("cookie", "a");
        let request = request.header("cookie2", "b").header("host", "tenant.test");
        let response = request.send().await.unwrap();
        assert_eq!(response.text().await.unwrap(), "here");
        let own = if ENABLED {
            "traceparent authorization cookie cookie2 tenant"
        } else {
            "authorization cookie cookie2 tenant"
        };
        assert_eq!(heard(&setup.heard_here), [line("GET /other", own)]);
        let told = if ENABLED { told } else { "" };
        assert_eq!(heard(&setup.heard_there), [line("GET /end", told)], "no secrets either");
        if ENABLED {
            let spans = setup.recorded.spans();
            assert_eq!(spans.len(), 2, "a span a hop");
            assert_eq!(tag(&spans[1], "http.request.resend_count"), "1");
            assert_eq!(tag(&spans[0], "http.response.status_code"), "307");
        }
    }
}

#[tokio::test]
async fn methods_and_bodies_after_each_kind_of_redirect() {
    let setup = set_up(|builder, _| builder.propagate_to(Hosts::none())).await;
    for (method, status, second) in [
        ("POST", 301, line("GET /end", "")),
        ("POST", 302, line("GET /end", "")),
        ("PUT", 303, line("GET /end", "")),
        ("POST", 307, line("POST /end", "content-type body")),
        ("PUT", 308, line("PUT /end", "content-type body")),
        ("GET", 301, line("GET /end", "content-type body")),
        ("HEAD", 303, line("HEAD /end", "content-type body")),
    ] {
        let url = format!("http://{}/{status}", setup.here);
        let request = setup.client.request(method.parse().unwrap(), url);
        let request = request.header("content-type", "text/plain").body("all of it");
        assert_eq!(request.send().await.unwrap().status(), 200, "{method} {status}");
        let heard = heard(&setup.heard_here);
        assert_eq!(heard, [line(&format!("{method} /{status}"), "content-type body"), second]);
    }
}

#[tokio::test]
async fn what_cannot_be_followed_comes_back_as_it_is() {
    let setup = set_up(|builder, _| builder).await;
    for path in ["nowhere", "nonsense", "silent"] {
        let url = format!("http://{}/{path}", setup.here);
        let response = setup.client.get(url).send().await;
        assert_eq!(response.unwrap().status(), 302, "{path}");
    }
    let frame = Ok::<_, std::io::Error>(http_body::Frame::data(bytes::Bytes::from("streamed")));
    let once = http_body_util::StreamBody::new(futures_util::stream::iter([frame]));
    let url = format!("http://{}/307", setup.here);
    let request = setup.client.post(url).body(reqwest::Body::wrap(once));
    assert_eq!(request.send().await.unwrap().status(), 307, "a stream is not sent twice");
}

#[tokio::test]
async fn a_timeout_of_the_requests_own_holds_for_all_hops_together() {
    let setup = set_up(|builder, _| builder).await;
    let url = format!("http://{}/slowly", setup.here);
    let request = setup.client.post(url).timeout(Duration::from_millis(300)).body("x");
    let started = Instant::now();
    let error = request.send().await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(heard(&setup.heard_here).len(), 2, "the second hop was on its way");
}

#[tokio::test]
async fn the_eleventh_redirect_is_an_error() {
    let setup = set_up(|builder, _| builder).await;
    let sent = setup.client.get(format!("http://{}/loop", setup.here)).send().await;
    let reqwest_middleware::Error::Middleware(error) = sent.unwrap_err() else {
        panic!("an error of the middleware");
    };
    assert_eq!(error.downcast_ref(), Some(&TooManyRedirects { limit: 10 }));
    assert_eq!(heard(&setup.heard_here).len(), 11);
}
