//! Calls over HTTP that fail: a middleware below the one that traces.

use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{Error, Middleware, Next, Result};
use tokio::net::{TcpListener, TcpSocket};

use super::{Hook, Kind, wait};

/// A free port of this machine.
const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Breaks calls. What can be had for real is: a request is sent to where nobody listens, nobody
/// answers or the connection breaks, and the library finds out for itself.
#[derive(Clone, Debug)]
pub struct FaultMiddleware(Hook);

impl FaultMiddleware {
    /// At this place.
    #[must_use]
    pub const fn new(hook: Hook) -> Self {
        Self(hook)
    }
}

#[async_trait::async_trait]
impl Middleware for FaultMiddleware {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        match self.0.now() {
            Some(Kind::Latency { by, jitter }) => wait(by, jitter).await,
            Some(Kind::Hang) => pending().await,
            Some(Kind::Status(status)) => return answer(status),
            Some(Kind::Dns) => {
                // This name is reserved for not being there.
                request.url_mut().set_host(Some("nobody.invalid")).map_err(middleware)?;
            }
            Some(Kind::Refused) => {
                // The port is ours, and nobody listens.
                let socket = TcpSocket::new_v4().map_err(middleware)?;
                socket.bind(ANY).map_err(middleware)?;
                redirect(&mut request, socket.local_addr())?;
                return next.run(request, extensions).await;
            }
            Some(Kind::Timeout(time)) => {
                // The operating system takes the connection, and nobody reads from it.
                let nobody = TcpListener::bind(ANY).await.map_err(middleware)?;
                redirect(&mut request, nobody.local_addr())?;
                *request.timeout_mut() = Some(time);
                return next.run(request, extensions).await;
            }
            Some(Kind::Reset) => {
                let listener = TcpListener::bind(ANY).await.map_err(middleware)?;
                redirect(&mut request, listener.local_addr())?;
                let answer = next.run(request, extensions);
                // It ends with the answer, or when that has been seen to: a call may fail before it
                // connects.
                tokio::pin!(answer);
                return tokio::select! {
                    biased;
                    answer = &mut answer => answer,
                    () = reset_next(listener) => answer.await,
                };
            }
            _ => {}
        }
        next.run(request, extensions).await
    }
}

/// Takes the next connection, waits until something was said, and resets it.
async fn reset_next(listener: TcpListener) {
    // What fails here is broken, too.
    let Ok((connection, _)) = listener.accept().await else { return };
    let _ = connection.readable().await;
    let _ = connection.set_zero_linger();
}

fn redirect(request: &mut Request, to: io::Result<SocketAddr>) -> Result<()> {
    let to = to.map_err(middleware)?;
    let url = request.url_mut();
    let is_set = url.set_ip_host(to.ip()).and_then(|()| url.set_port(Some(to.port())));
    is_set.map_err(|()| middleware("no URL to redirect"))
}

fn answer(status: u16) -> Result<Response> {
    let body = r#"{"error":"fault injected"}"#;
    let answer = axum::http::Response::builder().status(status).body(body).map_err(middleware)?;
    Ok(answer.into())
}

fn middleware(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::middleware(io::Error::other(error))
}
