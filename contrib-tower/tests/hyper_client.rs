//! The layer over hyper-util's client, on a network.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::net::SocketAddr;

use bytes::Bytes;
use contrib_tower::ClientLayer;
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use testing::{Recorded, named, tag};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tower::{BoxError, Layer, ServiceBuilder, ServiceExt};
use tracer_core::{ENABLED, InSpanExt};

/// Answers each connection once, with the request's head as the content.
async fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(client.read_u8().await.unwrap());
            }
            let answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
            client.write_all(&[answer, head.as_slice()].concat()).await.unwrap();
        }
    });
    address
}

#[tokio::test]
async fn a_call_its_body_and_nobody_there() {
    let (recorded, address) = (Recorded::new(), echo().await);
    let refused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    // In a box an error shows its causes; otherwise its type's name is all that is known of it.
    let client = ServiceBuilder::new().map_err(BoxError::from).service(client);
    let client = ClientLayer::new().with_tracer(recorded.tracer.clone()).layer(client);
    let get = |address: SocketAddr| {
        let uri = format!("http://{address}/items/7?token=hush");
        client.clone().oneshot(Request::get(uri).body(Empty::new()).unwrap())
    };
    let outer = recorded.tracer.span("outer").start();
    let told = async {
        let response = get(address).await.unwrap();
        assert!(get(refused).await.is_err());
        response.into_body().collect().await.unwrap().to_bytes()
    };
    let told = told.attach(outer.handle()).await;
    let told = String::from_utf8(told.to_vec()).unwrap();
    outer.finish();
    assert_eq!(told.contains("traceparent: "), ENABLED, "{told}");
    if !ENABLED {
        return;
    }
    let spans = recorded.spans();
    let outer = named(&spans, "outer");
    let calls: Vec<_> = spans.iter().filter(|span| span.name == "GET").collect();
    assert_eq!(calls.len(), 2);
    assert!(calls.iter().all(|call| call.parent_id == outer.span_id));
    assert!(calls.iter().all(|call| !format!("{call:?}").contains("hush")));
    let of = |port: u16| calls.iter().find(|call| tag(call, "server.port") == port.to_string());
    let answered = of(address.port()).unwrap();
    assert!(told.contains(&answered.span_id.unwrap().to_string()), "{told}");
    assert_eq!(tag(answered, "http.response.status_code"), "200");
    assert!(answered.events().is_empty() && !answered.status.is_error(), "{answered:?}");
    let refused = of(refused.port()).unwrap();
    assert_eq!(tag(refused, "error.type"), "connection_refused");
    assert!(refused.status.is_error());
}
