//! Messages of calls, counted: all four shapes, over a network.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::Request as AxumRequest;
use contrib_tonic::{
    ClientLayer, GrpcClient, MessagesLayer, MessagesService, ServerLayer, TraceService,
};
use futures_util::FutureExt;
use futures_util::stream::{self, BoxStream, StreamExt};
use http_body_util::BodyExt;
use support::pair;
use testing::{Recorded, tag};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::client::Grpc;
use tonic::codec::CompressionEncoding;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::service::Routes;
use tonic::transport::{Channel, Server};
use tonic::{Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tracer_core::{FinishedSpan, InSpanExt, SpanKind};

type Codec = ProstCodec<String, String>;
type Client = Grpc<TraceService<MessagesService<Channel>, GrpcClient>>;

/// The four shapes, by their paths.
async fn answer(request: AxumRequest) -> Result<axum::response::Response, Infallible> {
    let mut grpc = tonic::server::Grpc::new(Codec::default());
    if request.uri().path() == "/shop.Shop/Squeezed" {
        grpc = grpc
            .accept_compressed(CompressionEncoding::Gzip)
            .send_compressed(CompressionEncoding::Gzip);
    }
    let response = match request.uri().path() {
        "/shop.Shop/One" | "/shop.Shop/Squeezed" => {
            let one = service_fn(async |asked: Request<String>| {
                Ok::<_, Status>(Response::new(asked.into_inner()))
            });
            grpc.unary(one, request).await
        }
        "/shop.Shop/Gather" => {
            let gather = service_fn(async |mut asked: Request<Streaming<String>>| {
                let mut all = String::new();
                while let Some(word) = asked.get_mut().message().await? {
                    all += &word;
                }
                Ok::<_, Status>(Response::new(all))
            });
            grpc.client_streaming(gather, request).await
        }
        "/shop.Shop/Scatter" => {
            let scatter = service_fn(async |asked: Request<String>| {
                let words: Vec<_> =
                    asked.into_inner().split(' ').map(|word| Ok(word.to_owned())).collect();
                let words: BoxStream<'static, Result<String, Status>> = stream::iter(words).boxed();
                Ok::<_, Status>(Response::new(words))
            });
            grpc.server_streaming(scatter, request).await
        }
        "/shop.Shop/Drip" => {
            let drip = service_fn(async |_: Request<String>| {
                let first = stream::iter([Ok("drop".to_owned())]);
                let words: BoxStream<'static, Result<String, Status>> =
                    first.chain(stream::pending()).boxed();
                Ok::<_, Status>(Response::new(words))
            });
            grpc.server_streaming(drip, request).await
        }
        _ => {
            let echo = service_fn(async |asked: Request<Streaming<String>>| {
                Ok::<_, Status>(Response::new(asked.into_inner()))
            });
            grpc.streaming(echo, request).await
        }
    };
    Ok(response.map(axum::body::Body::new))
}

/// Both ends, each with its layers.
async fn both_ends(recorded: &Recorded) -> Client {
    let (listener, channel) = pair().await;
    serve(recorded, listener);
    let client = ClientLayer::new().with_tracer(recorded.tracer.clone());
    Grpc::new(ServiceBuilder::new().layer(client).layer(MessagesLayer::new()).service(channel))
}

fn serve(recorded: &Recorded, listener: TcpListenerStream) {
    let router = Router::new().fallback_service(service_fn(answer));
    let server = ServerLayer::new().with_tracer(recorded.tracer.clone());
    let layers = ServiceBuilder::new().layer(server).layer(MessagesLayer::new());
    let mut server = Server::builder().layer(layers.into_inner());
    let routes = Routes::from(router);
    tokio::spawn(async move { server.add_routes(routes).serve_with_incoming(listener).await });
}

fn path(method: &str) -> PathAndQuery {
    format!("/shop.Shop/{method}").parse().unwrap()
}

/// As prost writes them: a tag, a length, the text.
fn size(words: &[&str]) -> u64 {
    words.iter().map(|word| word.len() as u64 + 2).sum()
}

fn of(span: &FinishedSpan) -> [String; 4] {
    [
        "request.message.count",
        "request.message.size",
        "response.message.count",
        "response.message.size",
    ]
    .map(|name| tag(span, &format!("rpc.{name}")))
}

/// The server's span ends when it has seen that the client has gone, or got all.
async fn both(recorded: &Recorded) -> Vec<FinishedSpan> {
    let ended = async {
        while recorded.tracer.books().finished < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ended).await.unwrap();
    recorded.spans()
}

/// Of both sides: what was asked, and what was answered.
async fn expect(recorded: &Recorded, asked: &[&str], answered: &[&str]) {
    if !tracer_core::ENABLED {
        return;
    }
    let spans = both(recorded).await;
    for kind in [SpanKind::Client, SpanKind::Server] {
        let span = spans.iter().find(|span| span.kind == kind).unwrap();
        let expected = [asked.len() as u64, size(asked), answered.len() as u64, size(answered)];
        assert_eq!(of(span), expected.map(|number| number.to_string()), "{kind:?} {}", span.name);
    }
}

#[tokio::test]
async fn one_and_one() {
    let recorded = Recorded::new();
    let mut client = both_ends(&recorded).await;
    client.ready().await.unwrap();
    let asked = Request::new("lamp".to_owned());
    let answer = client.unary(asked, path("One"), Codec::default()).await.unwrap();
    assert_eq!(answer.into_inner(), "lamp");
    expect(&recorded, &["lamp"], &["lamp"]).await;
}

#[tokio::test]
async fn many_and_one() {
    let recorded = Recorded::new();
    let mut client = both_ends(&recorded).await;
    client.ready().await.unwrap();
    let words = stream::iter(["a", "lamp", ""].map(str::to_owned));
    let answer =
        client.client_streaming(Request::new(words), path("Gather"), Codec::default()).await;
    assert_eq!(answer.unwrap().into_inner(), "alamp");
    if tracer_core::ENABLED {
        let spans = both(&recorded).await;
        for span in spans {
            // What is empty is a message all the same, of no bytes.
            let expected = [3, size(&["a", "lamp"]), 1, size(&["alamp"])];
            assert_eq!(of(&span), expected.map(|number| number.to_string()));
        }
    }
}

#[tokio::test]
async fn one_and_many() {
    let recorded = Recorded::new();
    let mut client = both_ends(&recorded).await;
    client.ready().await.unwrap();
    let asked = Request::new("a lamp please".to_owned());
    let answer = client.server_streaming(asked, path("Scatter"), Codec::default()).await;
    let words: Vec<_> = answer.unwrap().into_inner().collect().await;
    assert_eq!(words.len(), 3);
    expect(&recorded, &["a lamp please"], &["a", "lamp", "please"]).await;
}

#[tokio::test]
async fn many_and_many() {
    let recorded = Recorded::new();
    let mut client = both_ends(&recorded).await;
    client.ready().await.unwrap();
    let asked = Request::new(stream::iter(["a", "lamp"].map(str::to_owned)));
    let answer = client.streaming(asked, path("Echo"), Codec::default()).await;
    let words: Vec<_> = answer.unwrap().into_inner().collect().await;
    assert_eq!(words.len(), 2);
    expect(&recorded, &["a", "lamp"], &["a", "lamp"]).await;
}

/// As they are on the wire.
#[tokio::test]
async fn compressed() {
    let recorded = Recorded::new();
    let mut client = both_ends(&recorded)
        .await
        .accept_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Gzip);
    client.ready().await.unwrap();
    let long = "lamp ".repeat(1_000);
    let asked = Request::new(long.clone());
    let answer = client.unary(asked, path("Squeezed"), Codec::default()).await.unwrap();
    assert_eq!(answer.into_inner(), long);
    if tracer_core::ENABLED {
        for span in both(&recorded).await {
            let [asked, sent, answered, got] = of(&span).map(|number| number.parse().unwrap());
            assert_eq!((asked, answered), (1, 1));
            assert!((20..200).contains(&sent) && (20..200).contains(&got), "{sent} {got}");
        }
    }
}

/// The client leaves after the first message, of a stream that has no end.
#[tokio::test]
async fn cut_off() {
    let recorded = Recorded::new();
    let mut client = both_ends(&recorded).await;
    client.ready().await.unwrap();
    let asked = Request::new("water".to_owned());
    let answer = client.server_streaming(asked, path("Drip"), Codec::default()).await;
    let mut drops = answer.unwrap().into_inner();
    assert_eq!(drops.message().await.unwrap().as_deref(), Some("drop"));
    drop(drops);
    expect(&recorded, &["water"], &["drop"]).await;
}

/// Refused at once, there is no answer.
#[tokio::test]
async fn refused() {
    let recorded = Recorded::new();
    let (listener, channel) = pair().await;
    drop(listener);
    let client = ClientLayer::new().with_tracer(recorded.tracer.clone());
    let layers = ServiceBuilder::new().layer(client).layer(MessagesLayer::new());
    let mut client = Grpc::new(layers.service(channel));
    let called = async {
        client.ready().await.map_err(drop)?;
        client
            .unary(Request::new("lamp".to_owned()), path("One"), Codec::default())
            .await
            .map_err(drop)
    };
    assert!(called.await.is_err());
    if tracer_core::ENABLED {
        let [_, _, count, size] = of(&recorded.one());
        assert_eq!((&*count, &*size), ("0", "0"));
    }
}

/// tonic's routes in a router of axum's, whose body is another one.
#[tokio::test]
async fn mounted_in_axum() {
    let recorded = Recorded::new();
    let router: Router = Router::new()
        .fallback_service(service_fn(answer))
        .layer(MessagesLayer::new())
        .layer(ServerLayer::new().with_tracer(recorded.tracer.clone()));
    let message: &[u8] = b"\0\0\0\0\x06\n\x04lamp";
    let asked = http::Request::post("/shop.Shop/One").header("content-type", "application/grpc");
    let asked = asked.body(axum::body::Body::from(message)).unwrap();
    let answer = router.oneshot(asked).await.unwrap();
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), message);
    if tracer_core::ENABLED {
        assert_eq!(of(&recorded.one()), ["1", "6", "1", "6"]);
    }
}

/// Where the layer around it records nothing, nobody else's span is told.
#[tokio::test]
async fn not_recorded() {
    let (recorded, outer) = (Recorded::new(), Recorded::new());
    for (is_on, skipped) in [(false, "/"), (true, "/shop.Shop/One")] {
        recorded.tracer.set_enabled(is_on);
        let (listener, channel) = pair().await;
        let routes = Routes::from(Router::new().fallback_service(service_fn(answer)));
        tokio::spawn(async move {
            Server::builder().add_routes(routes).serve_with_incoming(listener).await
        });
        let client = ClientLayer::new().with_tracer(recorded.tracer.clone()).skip_paths([skipped]);
        let layers = ServiceBuilder::new().layer(client).layer(MessagesLayer::new());
        let mut client = Grpc::new(layers.service(channel));
        let span = outer.tracer.span("handler").start();
        let call = async {
            client.ready().await.unwrap();
            client.unary(Request::new("lamp".to_owned()), path("One"), Codec::default()).await
        };
        assert_eq!(call.in_span(span).await.unwrap().into_inner(), "lamp");
        if tracer_core::ENABLED {
            assert!(outer.one().tags.iter().all(|tag| !tag.key.starts_with("rpc.")), "{is_on}");
        }
        assert!(recorded.spans().is_empty());
    }
}

/// A call with its layers, answered so.
async fn answered(
    inner: impl AsyncFn() -> Result<http::Response<axum::body::Body>, Infallible>,
) -> Recorded {
    let recorded = Recorded::new();
    let service = ServiceBuilder::new()
        .layer(ClientLayer::new().with_tracer(recorded.tracer.clone()))
        .layer(MessagesLayer::new())
        .service(service_fn(async |_: http::Request<tonic::body::Body>| inner().await));
    let asked = http::Request::post("/shop.Shop/One").body(tonic::body::Body::empty()).unwrap();
    let called = std::panic::AssertUnwindSafe(async {
        let Ok(answer) = service.oneshot(asked).await;
        let _ = answer.into_body().collect().await;
    });
    let _ = called.catch_unwind().await;
    recorded
}

/// The span ends with the head, or by a panic: it is told before that.
#[tokio::test]
async fn ended_in_another_way() {
    let broken = || {
        let first: &[u8] = b"\0\0\0\0\x01a";
        let frames = stream::iter([first]).chain(stream::once(async { panic!("in the body") }));
        axum::body::Body::from_stream(frames.map(Ok::<_, Infallible>))
    };
    let gone = || http::Response::builder().status(503);
    for (recorded, expected) in [
        (answered(async || Ok(gone().body(axum::body::Body::from("<html>")).unwrap())).await, "0"),
        (answered(async || panic!("in the service")).await, "0"),
        (answered(async || Ok(http::Response::new(broken()))).await, "1"),
    ] {
        if tracer_core::ENABLED {
            assert_eq!(tag(&recorded.one(), "rpc.response.message.count"), expected);
            assert_eq!(recorded.tracer.books().written_after_finish, 0);
        }
    }
}
