//! Secrets wherever a call over HTTP or gRPC can carry one: none is found in what is exported,
//! drawn, or printed of it. (What goes to stores and queues has canaries of its own.)
#![cfg(all(
    feature = "axum",
    feature = "otlp",
    feature = "reqwest",
    feature = "tonic",
    feature = "ureq"
))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use testing::canary::{MARK, Out, expect_silent, is_told};
use tonic::body::Body;
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tracer::{ENABLED, Tracer, Waterfall, WaterfallStyle};

const ROUNDS: usize = 3;
/// Spans of a call that is sent on.
const REDIRECTED: usize = 2;
/// No value of a query is recorded that stands behind one of these.
const KEYS: [&str; 10] = [
    "X-Amz-Signature",
    "x-amz-security-token",
    "X-Goog-Signature",
    "AWSAccessKeyId",
    "sig",
    "Signature",
    "access_token",
    "api_key",
    "pass%77ord",
    "client_secret",
];
const HEADERS: [&str; 6] =
    ["authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token", "x-csrf-token"];

#[derive(Default)]
struct Secrets(usize);

impl Secrets {
    fn next(&mut self) -> String {
        self.0 += 1;
        format!("{MARK}{:04}nobodymayread", self.0)
    }

    fn query(&mut self) -> String {
        let pairs: Vec<_> = KEYS.iter().map(|key| format!("{key}={}", self.next())).collect();
        format!("colour=blue&{}", pairs.join("&"))
    }

    /// `http://user:password@address/path?query#fragment`, all of it secret that can be.
    fn url(&mut self, scheme: &str, address: SocketAddr) -> String {
        let (user, password, query) = (self.next(), self.next(), self.query());
        format!("{scheme}://{user}:{password}@{address}/items/7?{query}#{}", self.next())
    }

    fn headers(&mut self) -> HeaderMap {
        let pairs = HEADERS.map(|name| (name.parse().unwrap(), self.next().parse().unwrap()));
        pairs.into_iter().collect()
    }
}

/// Answers with secrets, in ways that differ by the method.
async fn answer(method: Method, secret: String) -> (StatusCode, HeaderMap, String) {
    let status = match method {
        Method::PUT => StatusCode::INTERNAL_SERVER_ERROR,
        Method::DELETE => StatusCode::UNAUTHORIZED,
        Method::TRACE => StatusCode::FOUND,
        // Its words are the program's own, and no hook prints them.
        Method::PATCH => std::panic::resume_unwind(Box::new(secret)),
        _ => StatusCode::OK,
    };
    let mut headers = HeaderMap::new();
    headers.insert("set-cookie", secret.parse().unwrap());
    // Nobody listens there.
    let next = format!("http://a:{secret}@127.0.0.1:1/?token={secret}");
    headers.insert("location", next.parse().unwrap());
    (status, headers, secret)
}

/// A server with a layer; what it answers with are secrets, too.
async fn server(layer: tracer::axum::TraceLayer, secret: String) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let handler =
        axum::routing::any(move |method: Method, _: Bytes| answer(method, secret.clone()));
    let app = Router::new().route("/items/{id}", handler).layer(layer);
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// Where nobody listens.
fn nowhere() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

async fn by_reqwest(tracer: &Tracer, address: SocketAddr, secrets: &mut Secrets) {
    let middleware = tracer::reqwest::TraceMiddleware::new().with_tracer(tracer.clone());
    expect_silent(&middleware);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let client = reqwest_middleware::ClientBuilder::new(client).with(middleware).build();
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        for address in [address, nowhere()] {
            let mut request = reqwest::Request::new(
                method.clone(),
                secrets.url("http", address).parse().unwrap(),
            );
            *request.headers_mut() = secrets.headers();
            *request.body_mut() = Some(secrets.next().into());
            if let Ok(response) = client.execute(request).await {
                // A body that is broken off is an error with a URL in it.
                let _ = response.text().await;
            }
        }
    }
}

/// To where a server says, with a log of it: one span on either side.
async fn by_redirect(tracer: &Tracer, address: SocketAddr, secrets: &mut Secrets) {
    let middleware = tracer::reqwest::TraceMiddleware::new().with_tracer(tracer.clone());
    let client = reqwest::Client::builder().no_proxy();
    let client = client.redirect(tracer::reqwest::log_redirects(3)).build().unwrap();
    let url = secrets.url("http", address).parse().unwrap();
    let moved = middleware.execute(&client, reqwest::Request::new(Method::TRACE, url)).await;
    assert!(moved.unwrap_err().is_connect());
}

fn by_ureq(tracer: &Tracer, address: SocketAddr, secrets: &mut Secrets) {
    let middleware = tracer::ureq::TraceMiddleware::new().with_tracer(tracer.clone());
    expect_silent(&middleware);
    let agent: ureq::Agent =
        ureq::Agent::config_builder().proxy(None).middleware(middleware).build().into();
    for method in [Method::POST, Method::PUT] {
        for address in [address, nowhere()] {
            let mut request = Request::new(secrets.next());
            *request.method_mut() = method.clone();
            *request.uri_mut() =
                secrets.url("http", address).split('#').next().unwrap().parse::<Uri>().unwrap();
            *request.headers_mut() = secrets.headers();
            if let Ok(mut response) = agent.run(request) {
                response.body_mut().read_to_string().unwrap();
            }
        }
    }
}

/// Both sides of a call, whose status is told in words with a URL in them.
async fn by_grpc(tracer: &Tracer, secrets: &mut Secrets) {
    let client = tracer::tonic::ClientLayer::new().with_tracer(tracer.clone());
    let server = tracer::tonic::ServerLayer::new().with_tracer(tracer.clone());
    expect_silent(&(&client, &server));
    let url = secrets.url("https", SocketAddr::from(([10, 0, 0, 1], 443)));
    let (answered, body) = (secrets.headers(), secrets.next());
    let service = service_fn(move |_: Request<Body>| {
        let mut response = Response::new(Body::new(body.clone()));
        *response.headers_mut() = answered.clone();
        response.headers_mut().insert("grpc-status", "13".parse().unwrap());
        response.headers_mut().insert("grpc-message", url.parse().unwrap());
        response.headers_mut().insert("grpc-status-details-bin", body.parse().unwrap());
        std::future::ready(Ok::<_, Infallible>(response))
    });
    let service = ServiceBuilder::new().layer(client).layer(server).service(service);
    let mut request = Request::post("http://shop.internal/shop.Orders/Place");
    *request.headers_mut().unwrap() = secrets.headers();
    let request = request.header("content-type", "application/grpc");
    let Ok(_) = service.oneshot(request.body(Body::new(secrets.next())).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_secrets() {
    let (out, mut secrets) = (Out::new(tracer::otlp::encode), Secrets::default());
    let tracer = out.tracer();
    let layer = tracer::axum::TraceLayer::new().with_tracer(tracer.clone());
    expect_silent(&layer);
    for _ in 0..ROUNDS {
        let address = server(layer.clone(), secrets.next()).await;
        by_reqwest(&tracer, address, &mut secrets).await;
        by_redirect(&tracer, address, &mut secrets).await;
        tokio::task::block_in_place(|| by_ureq(&tracer, address, &mut secrets));
        by_grpc(&tracer, &mut secrets).await;
    }
    let exporter = tracer::otlp::OtlpReporter::builder()
        .endpoint(&secrets.url("http", nowhere()))
        .header("authorization", &secrets.next());
    expect_silent(&exporter);
    assert!(secrets.0 > 200, "{}", secrets.0);
    // A server may be a little behind its caller.
    let give_up = Instant::now() + Duration::from_secs(20);
    while tracer.books().open > 0 && Instant::now() < give_up {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    if !ENABLED {
        return;
    }
    expect_silent(&tracer);
    let kept = out.kept(&tracer);
    // Each call has one here, and those that are answered one on the other side.
    let each = 4 * 2 + 4 + 2 * 2 + 2 + 2 + REDIRECTED;
    let picture = Waterfall::new(&kept.spans, WaterfallStyle::Plain).to_string();
    assert_eq!(kept.spans.len(), ROUNDS * each, "{picture}");
    kept.expect_untold(is_told);
    let text = String::from_utf8_lossy(&kept.bytes);
    for (harmless, least) in
        [("colour=blue", 30), ("/items/{id}", 12), ("REDACTED", 100), ("redirect", ROUNDS - 1)]
    {
        assert!(text.matches(harmless).count() > least, "{harmless}");
    }
}
