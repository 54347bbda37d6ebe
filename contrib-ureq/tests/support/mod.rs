//! An agent and a server to call, made to be tested.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::io::Read;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body as ServedBody;
use axum::extract::Request as Served;
use contrib_ureq::TraceMiddleware;
use http_body_util::BodyExt;
use testing::http::{Adapter, Exchange, HEALTH, Kind, Shape, consume};
use tokio::net::TcpListener;
use tracer_core::Tracer;
use ureq::http::{Request, Uri};
use ureq::{Agent, BodyReader};

pub(crate) struct Ureq;

impl Adapter for Ureq {
    fn kind(&self) -> Kind {
        Kind::HttpClient
    }

    /// A call that blocks its thread can't be dropped.
    fn supports(&self, shape: Shape) -> bool {
        shape != Shape::Hangs
    }

    async fn exchange(&self, tracer: Tracer, exchange: Exchange) {
        let (mut parts, ()) = exchange.request().into_parts();
        let address = serve(exchange.clone()).await;
        parts.uri = Uri::try_from(format!("http://{address}{}", exchange.path())).unwrap();
        let agent = agent(
            TraceMiddleware::new()
                .with_tracer(tracer)
                .with_filter(|request| request.uri().path() != HEALTH),
        );
        let work = tracer_core::bind_current(move || agent.run(Request::from_parts(parts, ())));
        let Ok(response) = tokio::task::spawn_blocking(work).await.unwrap() else { return };
        let reader = response.into_body().into_reader();
        consume(Blocking(Some(reader)), &exchange).await;
    }
}

pub(crate) fn agent(middleware: TraceMiddleware) -> Agent {
    let config = Agent::config_builder().proxy(None).http_status_as_error(false);
    config.middleware(middleware).build().into()
}

/// A body that is read where the test is.
struct Blocking(Option<BodyReader<'static>>);

impl http_body::Body for Blocking {
    type Data = bytes::Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<std::io::Result<http_body::Frame<bytes::Bytes>>>> {
        let Some(reader) = &mut self.0 else { return Poll::Ready(None) };
        let mut bytes = vec![0; 1 << 10];
        Poll::Ready(match tokio::task::block_in_place(|| reader.read(&mut bytes)) {
            Ok(0) => None,
            Ok(read) => {
                bytes.truncate(read);
                Some(Ok(http_body::Frame::data(bytes.into())))
            }
            Err(failure) => Some(Err(failure)),
        })
    }
}

pub(crate) async fn serve(exchange: Exchange) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    if exchange.shape() != Shape::Fails {
        let app = Router::new().fallback(async move |request: Served| {
            let response = exchange.answer(request.headers()).await.unwrap();
            response.map(|body| ServedBody::new(body.map_err(axum::Error::new)))
        });
        tokio::spawn(async { axum::serve(listener, app).await });
    }
    address
}
