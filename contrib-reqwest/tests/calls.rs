//! What a call's span says, and what the caller gets.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use contrib_reqwest::{RequestBuilderExt, TraceMiddleware, Untraced, UrlTemplate};
use reqwest_middleware::ClientBuilder;
use reqwest_retry::RetryTransientMiddleware;
use reqwest_retry::policies::ExponentialBackoff;
use testing::{Recorded, tag, tags};
use tokio::net::TcpListener;
use tracer_core::{InSpanExt, SpanKind, Status, Tag};

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().fallback(async |request: Request| match request.uri().path() {
        "/moved" => (StatusCode::FOUND, [("location", "/items/7")], String::new()),
        "/slow" => {
            tokio::time::sleep(Duration::from_secs(5)).await;
            (StatusCode::OK, [("x", "y")], String::new())
        }
        "/told" => {
            let told = ["traceparent", "tracestate", "baggage"]
                .iter()
                .any(|name| request.headers().contains_key(*name));
            (StatusCode::OK, [("x", "y")], told.to_string())
        }
        "/sorry" => (StatusCode::SERVICE_UNAVAILABLE, [("x", "y")], "sorry".to_owned()),
        "/missing" => (StatusCode::NOT_FOUND, [("x", "y")], String::new()),
        path => (StatusCode::OK, [("x", "y")], format!("this is {path}")),
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

#[tokio::test]
async fn everything_there_is() {
    if !tracer_core::ENABLED {
        return;
    }
    let (recorded, address) = (Recorded::new(), server().await);
    let middleware = TraceMiddleware::new().with_tracer(recorded.tracer.clone());
    let client = ClientBuilder::new(client()).with(middleware).build();
    let url = format!("http://user:pw@{address}/items/7?token=hush&color=blue#part");
    // The builder would have made a header of the credentials.
    let request = reqwest::Request::new(reqwest::Method::GET, url.parse().unwrap());
    let bare = self::client().execute(request.try_clone().unwrap()).await.unwrap();
    let response = client.execute(request).await.unwrap();
    assert_eq!(response.url(), bare.url(), "the URL is kept");
    assert_eq!(response.content_length(), Some(16));
    assert!(response.remote_addr().is_some());
    assert_eq!(response.text().await.unwrap(), "this is /items/7");
    let span = recorded.one();
    assert_eq!((&*span.name, span.kind, &span.status), ("GET", SpanKind::Client, &Status::Unset));
    let full = format!("http://REDACTED:REDACTED@{address}/items/7?token=REDACTED&color=blue");
    assert_eq!(
        tags(&span),
        [
            "http.request.method=GET".to_owned(),
            format!("url.full={full}"),
            "server.address=127.0.0.1".to_owned(),
            format!("server.port={}", address.port()),
            "http.response.status_code=200".to_owned(),
            "network.protocol.version=1.1".to_owned(),
            "network.peer.address=127.0.0.1".to_owned(),
            format!("network.peer.port={}", address.port()),
        ]
    );
}

#[tokio::test]
async fn redirects_are_one_call() {
    if !tracer_core::ENABLED {
        return;
    }
    let (recorded, address) = (Recorded::new(), server().await);
    let middleware = TraceMiddleware::new().with_tracer(recorded.tracer.clone());
    let request = client().get(format!("http://{address}/moved")).build().unwrap();
    let response = middleware.execute(&client(), request).await.unwrap();
    assert_eq!(response.url().path(), "/items/7");
    drop(response.bytes().await.unwrap());
    assert_eq!(tag(&recorded.one(), "http.response.status_code"), "200");
}

#[tokio::test]
async fn redirects_can_be_logged() {
    let (recorded, address) = (Recorded::new(), server().await);
    let middleware = TraceMiddleware::new().with_tracer(recorded.tracer.clone());
    let follow = |limit| {
        let client = reqwest::Client::builder().no_proxy();
        client.redirect(contrib_reqwest::log_redirects(limit)).build().unwrap()
    };
    let request = client().get(format!("http://{address}/moved")).build().unwrap();
    let too_many = middleware.execute(&follow(0), request.try_clone().unwrap()).await.unwrap_err();
    assert!(too_many.is_redirect(), "{too_many:?}");
    let response = middleware.execute(&follow(1), request).await.unwrap();
    assert_eq!(response.text().await.unwrap(), "this is /items/7");
    if !tracer_core::ENABLED {
        return;
    }
    for span in recorded.spans() {
        let told = |fields: &[Tag]| fields.iter().map(|field| field.value.to_string()).collect();
        let logs: Vec<Vec<String>> = span.logs.iter().map(|(_, fields)| told(fields)).collect();
        let redirect =
            ["redirect".to_owned(), "302".to_owned(), format!("http://{address}/items/7")];
        assert_eq!(logs[0], redirect);
    }
}

#[tokio::test]
async fn errors() {
    if !tracer_core::ENABLED {
        return;
    }
    let address = server().await;
    let refused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for (url, kind) in [
        (format!("http://{address}/slow?token=hush"), "timeout"),
        (format!("http://u:hush@{refused}/?token=hush"), "connection_refused"),
        (format!("http://{address}/missing?token=hush"), "404"),
    ] {
        let recorded = Recorded::new();
        let middleware = TraceMiddleware::new().with_tracer(recorded.tracer.clone());
        let request = client().get(&url).timeout(Duration::from_millis(100)).build().unwrap();
        let result = middleware.execute(&client(), request).await;
        assert_eq!(result.is_err(), kind != "404");
        drop(result);
        let span = recorded.one();
        assert_eq!(tag(&span, "error.type"), kind);
        assert!(span.status.is_error());
        assert!(!format!("{span:?}").contains("hush"), "{span:?}");
    }
}

/// reqwest-retry above it sends a request again.
#[tokio::test]
async fn each_attempt_has_a_span() {
    let (recorded, address) = (Recorded::new(), server().await);
    let middleware = TraceMiddleware::new().with_tracer(recorded.tracer.clone());
    let soon = Duration::from_millis(1);
    let policy = ExponentialBackoff::builder().retry_bounds(soon, soon).build_with_max_retries(2);
    let retry = RetryTransientMiddleware::new_with_policy(policy);
    let client = ClientBuilder::new(client()).with(retry).with(middleware).build();
    let parent = recorded.tracer.span("parent").start();
    for (path, status) in [("/sorry", 503), ("/items/7", 200)] {
        let get = client.get(format!("http://{address}{path}")).send();
        let response = get.attach(parent.handle()).await.unwrap();
        assert_eq!(response.status(), status);
    }
    parent.finish();
    if !tracer_core::ENABLED {
        return assert!(recorded.spans().is_empty());
    }
    let expected = "\
parent
  client GET ! error.type=503
  client GET ! error.type=503 http.request.resend_count=1
  client GET ! error.type=503 http.request.resend_count=2
  client GET
";
    let shown = ["error.type", "http.request.resend_count"];
    assert_eq!(testing::tree_with(&recorded.spans(), &shown), expected);
}

#[tokio::test]
async fn without_a_tracer_nothing_is_added() {
    let address = server().await;
    let response = client().get(format!("http://{address}/x")).send_traced().await.unwrap();
    assert_eq!(response.text().await.unwrap(), "this is /x");
}

/// How many errors there are in a chain of sources.
fn depth(error: &dyn Error) -> usize {
    1 + error.source().map_or(0, depth)
}

#[tokio::test]
async fn a_body_that_takes_too_long_is_still_a_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut [0; 1024]).await;
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello";
            tokio::io::AsyncWriteExt::write_all(&mut stream, head).await.unwrap();
            open.push(stream);
        }
    });
    let recorded = Recorded::new();
    let middleware = TraceMiddleware::new().with_tracer(recorded.tracer.clone());
    let url = format!("http://{address}/");
    let request = client().get(&url).timeout(Duration::from_millis(100)).build().unwrap();
    let response = middleware.execute(&client(), request).await.unwrap();
    let error = response.bytes().await.unwrap_err();
    assert!(error.is_timeout() && error.is_decode(), "as without tracing: {error:?}");
    let with_tracing = depth(&error);
    let request = client().get(&url).timeout(Duration::from_millis(100)).build().unwrap();
    let response = client().execute(request).await.unwrap();
    let without = depth(&response.bytes().await.unwrap_err());
    assert_eq!(with_tracing, without + if tracer_core::ENABLED { 2 } else { 0 });
    if tracer_core::ENABLED {
        assert_eq!(tag(&recorded.one(), "error.type"), "timeout");
    }
}

#[tokio::test]
async fn a_host_that_is_to_know_nothing() {
    if !tracer_core::ENABLED {
        return;
    }
    let (recorded, address) = (Recorded::new(), server().await);
    for allowed in [true, false] {
        let middleware = TraceMiddleware::new()
            .with_tracer(recorded.tracer.clone())
            .with_propagation(move |_| allowed);
        // Whoever has put it there: a proxy hands on its caller's headers.
        let request = client()
            .get(format!("http://{address}/told"))
            .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            .header("baggage", "tenant=a")
            .build()
            .unwrap();
        let response = middleware.execute(&client(), request).await.unwrap();
        assert_eq!(response.text().await.unwrap(), allowed.to_string());
    }
}

#[tokio::test]
async fn what_counts_as_a_failure_can_be_chosen() {
    if !tracer_core::ENABLED {
        return;
    }
    let address = server().await;
    for (path, kind) in [("/missing", ""), ("/sorry", "503")] {
        let recorded = Recorded::new();
        let middleware = TraceMiddleware::new()
            .with_tracer(recorded.tracer.clone())
            .with_error_status(|status| status.as_u16() >= 400 && status != 404);
        let request = client().get(format!("http://{address}{path}")).build().unwrap();
        drop(middleware.execute(&client(), request).await.unwrap());
        let span = recorded.one();
        assert_eq!(tag(&span, "error.type"), kind);
        assert_eq!(span.status.is_error(), !kind.is_empty());
    }
}

#[tokio::test]
async fn one_request_has_a_name_of_its_own_and_one_has_none() {
    let (recorded, address) = (Recorded::new(), server().await);
    let middleware = TraceMiddleware::new().with_tracer(recorded.tracer.clone());
    let client = ClientBuilder::new(client()).with(middleware).build();
    let parent = recorded.tracer.span("parent").start();
    let get = |path: &str| client.get(format!("http://{address}{path}"));
    async {
        let named = get("/items/7").with_extension(UrlTemplate::new("/items/{id}"));
        named.send().await.unwrap().text().await.unwrap();
        let untraced = get("/told").with_extension(Untraced).send().await.unwrap();
        let told = untraced.text().await.unwrap();
        assert_eq!(told, tracer_core::ENABLED.to_string(), "the context is handed on");
    }
    .attach(parent.handle())
    .await;
    parent.finish();
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    assert_eq!(testing::tree(&spans), "parent\n  client GET /items/{id}\n");
    let named = spans.iter().find(|span| span.name.starts_with("GET")).unwrap();
    assert_eq!(tag(named, "url.template"), "/items/{id}");
}

#[tokio::test]
async fn sizes_are_written_where_they_are_asked_for() {
    if !tracer_core::ENABLED {
        return;
    }
    let (recorded, address) = (Recorded::new(), server().await);
    let middleware = TraceMiddleware::new().with_tracer(recorded.tracer.clone());
    for (middleware, expected) in [
        (middleware.clone(), ["", ""]),
        (middleware.clone().with_body_sizes(), ["5", "16"]),
        (middleware.with_body_sizes().end_on_headers(), ["5", ""]),
    ] {
        let client = ClientBuilder::new(client()).with(middleware).build();
        let call = client.post(format!("http://{address}/items/7")).body("hello");
        assert_eq!(call.send().await.unwrap().text().await.unwrap().len(), 16);
        let span = recorded.one();
        let sizes = ["http.request.body.size", "http.response.body.size"];
        assert_eq!(sizes.map(|key| tag(&span, key)), expected);
    }
}
