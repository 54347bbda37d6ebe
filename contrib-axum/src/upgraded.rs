//! A WebSocket's life, and that of any other upgraded connection, as an argument of a handler.

use std::borrow::Cow;
use std::convert::Infallible;

use axum::extract::{FromRequestParts, MatchedPath};
use http::Method;
use http::request::Parts;

/// The connection's life after the request: run in it, what `on_upgrade` is given has a span of its
/// own; see [`contrib_tower::Upgraded`].
///
/// ```
/// use axum::{Router, response::Response, routing::get};
/// use contrib_axum::{TraceLayer, Upgraded};
///
/// # struct WebSocketUpgrade;
/// # struct WebSocket;
/// # impl<S: Sync> axum::extract::FromRequestParts<S> for WebSocketUpgrade {
/// #     type Rejection = std::convert::Infallible;
/// #     async fn from_request_parts(_: &mut axum::http::request::Parts, _: &S)
/// #         -> Result<Self, Self::Rejection> { Ok(Self) }
/// # }
/// # impl WebSocketUpgrade {
/// #     fn on_upgrade<F: Future<Output = ()>>(self, _: impl FnOnce(WebSocket) -> F + Send + 'static)
/// #         -> Response { Response::default() }
/// # }
/// async fn chat(upgrade: WebSocketUpgrade, life: Upgraded) -> Response {
///     upgrade.on_upgrade(|socket| life.run(talk(socket)))
/// }
///
/// async fn talk(socket: WebSocket) {
///     // The span is current here.
///     # drop(socket);
/// }
///
/// let app: Router = Router::new().route("/chat", get(chat)).layer(TraceLayer::new());
/// ```
///
/// The span is called `websocket /chat`: `websocket`, `connect` or, of any other protocol,
/// `upgrade`, and the route.
#[derive(Debug)]
#[must_use = "the span starts with `run`"]
pub struct Upgraded(contrib_tower::Upgraded);

impl Upgraded {
    /// With another name. Names group spans: make few of them.
    pub fn with_name(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self(self.0.with_name(name))
    }

    /// Starts the span, which lasts as long as this future.
    pub fn run<F: Future>(self, life: F) -> impl Future<Output = F::Output> + use<F> {
        self.0.run(life)
    }
}

impl<S: Sync> FromRequestParts<S> for Upgraded {
    type Rejection = Infallible;

    async fn from_request_parts(request: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(contrib_tower::Upgraded::here(name(request))))
    }
}

fn name(request: &Parts) -> Cow<'static, str> {
    // Which protocol is asked for is the caller's to choose, so it is not the name. A WebSocket's
    // header is the same over HTTP/1.1 and HTTP/2, where its method is CONNECT (RFC 8441).
    let what = if request.headers.contains_key("sec-websocket-version") {
        "websocket"
    } else if request.method == Method::CONNECT {
        "connect"
    } else {
        "upgrade"
    };
    match request.extensions.get::<MatchedPath>() {
        Some(route) => Cow::Owned(format!("{what} {}", route.as_str())),
        None => Cow::Borrowed(what),
    }
}
