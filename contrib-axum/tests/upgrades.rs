//! A WebSocket over a real socket: its request's span, and that of its life.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::Request;
use axum::response::Response;
use axum::routing::any;
use contrib_axum::{TraceLayer, Upgraded};
use testing::{Recorded, tag};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;
use tracer_core::{AlwaysOff, ENABLED, FinishedSpan, SpanKind, current};

const CALLER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

async fn chat(upgrade: WebSocketUpgrade, life: Upgraded) -> Response {
    upgrade.on_upgrade(|socket| life.run(talk(socket)))
}

async fn talk(mut socket: WebSocket) {
    while let Some(Ok(Message::Text(text))) = socket.recv().await {
        let answer = match text.as_str() {
            "close" => return,
            "panic" => panic!("on purpose"),
            "tenant" => current().baggage_item("tenant").unwrap_or_default(),
            _ => text.to_string(),
        };
        current().log("answered");
        socket.send(Message::Text(answer.into())).await.unwrap();
    }
}

/// A WebSocket that has been accepted.
struct Client(TcpStream);

impl Client {
    async fn connect(layer: TraceLayer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app: Router = Router::new().route("/rooms/{id}", any(chat)).layer(layer);
        tokio::spawn(async move { axum::serve(listener, app).await });
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "GET /rooms/7 HTTP/1.1\r\nhost: shop.test\r\nconnection: upgrade\r\n\
             upgrade: websocket\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\ntraceparent: {CALLER}\r\n\
             baggage: tenant=blue\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
        Self(stream)
    }

    /// A text of less than 126 bytes, under the mask of zeros.
    async fn send(&mut self, text: &str) {
        let mut frame = vec![0x81, 0x80 | u8::try_from(text.len()).unwrap(), 0, 0, 0, 0];
        frame.extend_from_slice(text.as_bytes());
        self.0.write_all(&frame).await.unwrap();
    }

    async fn ask(&mut self, text: &str) -> String {
        self.send(text).await;
        assert_eq!(self.0.read_u8().await.unwrap(), 0x81);
        let mut answer = vec![0; self.0.read_u8().await.unwrap().into()];
        self.0.read_exact(&mut answer).await.unwrap();
        String::from_utf8(answer).unwrap()
    }

    /// Until the server has closed the connection.
    async fn wait(mut self) {
        let _ = self.0.read_to_end(&mut Vec::new()).await;
    }
}

fn layer(recorded: &Recorded) -> TraceLayer {
    TraceLayer::new().with_tracer(recorded.tracer.clone())
}

/// The request's span and the life's, once both have ended.
fn both(recorded: &Recorded) -> [FinishedSpan; 2] {
    let give_up = Instant::now() + Duration::from_secs(5);
    let mut spans = Vec::new();
    while spans.len() < 2 && Instant::now() < give_up {
        std::thread::sleep(Duration::from_millis(5));
        spans.extend(recorded.spans());
    }
    let [request, life] = <[_; 2]>::try_from(spans).unwrap();
    assert_eq!((&*request.name, request.kind), ("GET /rooms/{id}", SpanKind::Server));
    assert_eq!(tag(&request, "http.response.status_code"), "101");
    assert!(!request.status.is_error() && request.logs.is_empty(), "{request:?}");
    assert_eq!(request.trace_id.unwrap().to_string(), CALLER[3..35]);

    assert_eq!((&*life.name, life.kind), ("websocket /rooms/{id}", SpanKind::Internal));
    assert_eq!((life.trace_id, life.parent_id), (request.trace_id, request.span_id));
    assert_eq!(life.links.len(), 1);
    assert_eq!(life.links[0].context.span_id(), request.span_id);
    assert_eq!(life.links[0].kind.as_str(), "follows_from");
    [request, life]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_life_lasts_until_either_side_ends_it() {
    for server_closes in [true, false] {
        let recorded = Recorded::new();
        let mut client = Client::connect(layer(&recorded)).await;
        assert_eq!(client.ask("hello").await, "hello");
        assert_eq!(client.ask("tenant").await, if ENABLED { "blue" } else { "" });
        if ENABLED {
            assert_eq!(recorded.tracer.books().open, 1, "the request's span has ended");
        }
        if server_closes {
            client.send("close").await;
            client.wait().await;
        } else {
            drop(client);
        }
        if ENABLED {
            let [_, life] = both(&recorded);
            assert!(!life.status.is_error(), "{life:?}");
            assert_eq!(life.events(), ["answered", "answered"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_the_lifes() {
    let recorded = Recorded::new();
    let mut client = Client::connect(layer(&recorded)).await;
    client.send("panic").await;
    client.wait().await;
    if ENABLED {
        let [_, life] = both(&recorded);
        assert!(life.status.is_error());
        assert_eq!(tag(&life, "error.type"), "panic");
        assert_eq!(life.events(), ["error"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn switched_off_in_between_it_ends_all_the_same() {
    let recorded = Recorded::new();
    let mut client = Client::connect(layer(&recorded)).await;
    assert_eq!(client.ask("hello").await, "hello");
    recorded.tracer.set_enabled(false);
    assert_eq!(client.ask("tenant").await, if ENABLED { "blue" } else { "" });
    client.send("close").await;
    client.wait().await;
    if ENABLED {
        let [_, life] = both(&recorded);
        assert!(!life.status.is_error());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_span_the_context_goes_on() {
    let off = Recorded::new();
    off.tracer.set_enabled(false);
    let unsampled = Recorded::with(|builder| builder.sampler(AlwaysOff));
    let filtered = Recorded::new();
    for (recorded, layer) in [
        (&off, layer(&off)),
        (&filtered, layer(&filtered).with_filter(|_| false)),
        (&unsampled, layer(&unsampled)),
    ] {
        let mut client = Client::connect(layer).await;
        assert_eq!(client.ask("tenant").await, if ENABLED { "blue" } else { "" });
        client.send("close").await;
        client.wait().await;
        recorded.tracer.set_enabled(true);
        assert_eq!(recorded.spans().len(), 0);
        assert_eq!(recorded.tracer.books().started, 0);
    }
}

/// What is asked for names the span, in words that are not the caller's.
#[tokio::test]
async fn names() {
    for (method, header, path, name) in [
        ("GET", "sec-websocket-version", "/rooms/7", "websocket /rooms/{id}"),
        ("CONNECT", "sec-websocket-version", "/rooms/7", "websocket /rooms/{id}"),
        ("CONNECT", "x-any", "/rooms/7", "connect /rooms/{id}"),
        ("GET", "upgrade", "/rooms/7", "upgrade /rooms/{id}"),
        ("GET", "upgrade", "/nowhere", "upgrade"),
    ] {
        let recorded = Recorded::new();
        let handler = any(async |life: Upgraded| life.run(async {}).await);
        let app: Router = Router::new()
            .route("/rooms/{id}", handler.clone())
            .fallback_service(handler)
            .layer(layer(&recorded));
        let request = Request::builder().method(method).uri(path).header(header, "random");
        let Ok(_) = app.oneshot(request.body(Body::empty()).unwrap()).await;
        if ENABLED {
            let names: Vec<_> = recorded.spans().into_iter().map(|span| span.name).collect();
            assert!(names.iter().any(|own| own == name), "{names:?} {name}");
        }
    }
}
