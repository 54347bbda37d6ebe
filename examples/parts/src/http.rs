//! How services call each other over HTTP, and how they refuse.

use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contrib_reqwest::TraceMiddleware;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use reqwest_retry::RetryTransientMiddleware;
use reqwest_retry::policies::ExponentialBackoff;
use serde::{Deserialize, Serialize};
use tracer_core::Tracer;

use crate::faults::{FaultMiddleware, Hook};

/// A client whose calls are children of the current span, and tell the next service so. They can be
/// broken at `hook`.
///
/// # Errors
/// When there can be no client.
pub fn client(tracer: &Tracer, hook: Hook) -> reqwest::Result<ClientWithMiddleware> {
    Ok(traced(ClientBuilder::new(direct_client()?), tracer, hook))
}

/// A client that asks again, up to so many times, where a failure may be gone in a moment. Each
/// attempt is a span of its own, because it is in here that the kit's layer is.
///
/// # Errors
/// When there can be no client.
pub fn retrying_client(
    tracer: &Tracer,
    hook: Hook,
    retries: u32,
) -> reqwest::Result<ClientWithMiddleware> {
    let pause = ExponentialBackoff::builder().retry_bounds(SHORT, LONG);
    let again = RetryTransientMiddleware::new_with_policy(pause.build_with_max_retries(retries));
    Ok(traced(ClientBuilder::new(direct_client()?).with(again), tracer, hook))
}

/// Between two attempts.
const SHORT: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_millis(100);

/// The last one is the innermost: what is broken happens to a call that has its span already.
fn traced(client: ClientBuilder, tracer: &Tracer, hook: Hook) -> ClientWithMiddleware {
    let tracing = TraceMiddleware::new().with_tracer(tracer.clone());
    client.with(tracing).with(FaultMiddleware::new(hook)).build()
}

/// A client that goes straight to our services: a proxy of the environment (`HTTP_PROXY`) is for
/// the way out, and does not know them.
///
/// # Errors
/// When there can be no client.
pub fn direct_client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().no_proxy().build()
}

/// Why a request is not answered as it was asked to.
#[derive(Debug)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// Why, in a few words.
    pub error: String,
}

impl Refusal {
    /// With these words.
    pub fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status, error: error.into() }
    }
}

#[derive(Serialize, Deserialize)]
struct Body {
    error: String,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = Json(Body { error: self.error });
        (self.status, body).into_response()
    }
}

/// In a few words: the caller is not told where our services are, as the error's own text would.
impl From<reqwest_middleware::Error> for Refusal {
    fn from(error: reqwest_middleware::Error) -> Self {
        let error = match reqwest_error(&error) {
            Some(error) if error.is_timeout() => "no answer in time",
            Some(error) if error.is_connect() => "no connection",
            _ => "the call has failed",
        };
        Self::new(StatusCode::BAD_GATEWAY, error)
    }
}

/// Also below a middleware that has given it another error around it.
fn reqwest_error(error: &reqwest_middleware::Error) -> Option<&reqwest::Error> {
    use reqwest_middleware::Error::{Middleware, Reqwest};

    match error {
        Reqwest(error) => Some(error),
        Middleware(error) => error.chain().find_map(|cause| match cause.downcast_ref() {
            Some(Reqwest(error)) => Some(error),
            _ => cause.downcast_ref(),
        }),
    }
}

impl From<reqwest::Error> for Refusal {
    fn from(error: reqwest::Error) -> Self {
        reqwest_middleware::Error::from(error).into()
    }
}

/// Reads an answer, or the refusal that it is.
///
/// # Errors
/// The refusal, with the same status; 502 where the answer is none.
pub async fn read<T: for<'a> Deserialize<'a>>(response: reqwest::Response) -> Result<T, Refusal> {
    let status = response.status();
    if status.is_success() {
        return Ok(response.json().await?);
    }
    let Body { error } = response.json().await?;
    Err(Refusal { status, error })
}
