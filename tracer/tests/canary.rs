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
use std::fmt::Debug;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use tonic::body::Body;
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tracer::{Batch, ENABLED, FinishedSpan, Outcome, Reporter, Tracer, Waterfall, WaterfallStyle};

/// Every secret begins like this, so that half of one is found too.
const MARK: &str = "hushcanary";
const ROUNDS: usize = 3;
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

/// What has gone out: the spans, and the bytes for a receiver.
#[derive(Clone, Default)]
struct Out(Arc<Mutex<(Vec<FinishedSpan>, Vec<u8>)>>);

impl Reporter for Out {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        let mut out = self.0.lock().unwrap();
        tracer::otlp::encode(batch, &mut out.1);
        out.0.extend(batch.spans().map(|span| span.to_finished(batch.resource())));
        Outcome::Reported
    }
}

fn expect_untold(what: &str, text: impl AsRef<[u8]>) {
    let text = text.as_ref();
    let told = text.windows(MARK.len()).any(|part| part.eq_ignore_ascii_case(MARK.as_bytes()));
    assert!(!told, "{what}: {}", String::from_utf8_lossy(text));
}

fn expect_silent(what: &str, value: &impl Debug) {
    expect_untold(what, format!("{value:?} {value:#?}"));
}

/// Answers with secrets, in ways that differ by the method.
async fn answer(method: Method, secret: String) -> (StatusCode, HeaderMap, String) {
    let status = match method {
        Method::PUT => StatusCode::INTERNAL_SERVER_ERROR,
        Method::DELETE => StatusCode::UNAUTHORIZED,
        // Its words are the program's own, and no hook prints them.
        Method::PATCH => std::panic::resume_unwind(Box::new(secret)),
        _ => StatusCode::OK,
    };
    let mut headers = HeaderMap::new();
    headers.insert("set-cookie", secret.parse().unwrap());
    headers.insert("x-next", format!("http://a:{secret}@b/?token={secret}").parse().unwrap());
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
    expect_silent("reqwest", &middleware);
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

fn by_ureq(tracer: &Tracer, address: SocketAddr, secrets: &mut Secrets) {
    let middleware = tracer::ureq::TraceMiddleware::new().with_tracer(tracer.clone());
    expect_silent("ureq", &middleware);
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
    expect_silent("tonic", &(&client, &server));
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
    let (out, mut secrets) = (Out::default(), Secrets::default());
    let tracer = Tracer::builder("shop").reporter(out.clone()).build();
    let layer = tracer::axum::TraceLayer::new().with_tracer(tracer.clone());
    expect_silent("axum", &layer);
    for _ in 0..ROUNDS {
        let address = server(layer.clone(), secrets.next()).await;
        by_reqwest(&tracer, address, &mut secrets).await;
        tokio::task::block_in_place(|| by_ureq(&tracer, address, &mut secrets));
        by_grpc(&tracer, &mut secrets).await;
    }
    let exporter = tracer::otlp::OtlpReporter::builder()
        .endpoint(&secrets.url("http", nowhere()))
        .header("authorization", &secrets.next());
    expect_silent("an exporter's settings", &exporter);
    assert!(secrets.0 > 200, "{}", secrets.0);
    // A server may be a little behind its caller.
    let give_up = Instant::now() + Duration::from_secs(20);
    while tracer.books().open > 0 && Instant::now() < give_up {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tracer.flush(Duration::from_secs(20)).unwrap();
    if !ENABLED {
        return;
    }
    expect_silent("the tracer", &tracer);
    let (spans, bytes) = std::mem::take(&mut *out.0.lock().unwrap());
    // Each call has one here, and those that are answered one on the other side.
    let each = 4 * 2 + 4 + 2 * 2 + 2 + 2;
    assert_eq!(spans.len(), ROUNDS * each, "{}", Waterfall::new(&spans, WaterfallStyle::Plain));
    expect_silent("spans", &spans);
    expect_untold("a picture", Waterfall::new(&spans, WaterfallStyle::Plain).to_string());
    expect_untold("OTLP", &bytes);
    let text = String::from_utf8_lossy(&bytes);
    for (harmless, least) in [("colour=blue", 30), ("/items/{id}", 12), ("REDACTED", 100)] {
        assert!(text.matches(harmless).count() > least, "{harmless}");
    }
}
