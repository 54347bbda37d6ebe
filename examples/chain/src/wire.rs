//! What the services say to each other over HTTP.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contrib_reqwest::TraceMiddleware;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use serde::{Deserialize, Serialize};
use tracer_core::Tracer;

use crate::orders;

/// The baggage item that every hop reads.
pub const CUSTOMER: &str = "customer.id";

/// The customer that this request is about. Nobody handed it over in a body or an argument: it
/// came with the trace, in the header `baggage`.
#[must_use]
pub fn customer() -> String {
    tracer_core::current().baggage_item(CUSTOMER).unwrap_or_default()
}

/// A client whose calls are children of the current span, and tell the next service so.
///
/// # Errors
/// When there can be no client.
pub fn client(tracer: &Tracer) -> reqwest::Result<ClientWithMiddleware> {
    let tracing = TraceMiddleware::new().with_tracer(tracer.clone());
    Ok(ClientBuilder::new(direct_client()?).with(tracing).build())
}

/// A client that goes straight to our services: a proxy of the environment (`HTTP_PROXY`) is for
/// the way out, and does not know them.
///
/// # Errors
/// When there can be no client.
pub fn direct_client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().no_proxy().build()
}

/// What a customer fills in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// Who orders.
    #[serde(default)]
    pub customer: String,
    /// What.
    pub item: String,
    /// How many.
    #[serde(default = "one")]
    pub quantity: u32,
}

const fn one() -> u32 {
    1
}

/// What server1 asks of server2: no word of the customer.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    /// What is ordered.
    pub item: String,
    /// How many.
    pub quantity: u32,
}

/// An order that was taken.
#[derive(Debug, Serialize, Deserialize)]
pub struct Receipt {
    /// Its number.
    pub order: u64,
    /// In cents.
    pub price: u64,
    /// Which customer each hop read in its baggage, in the order of the calls.
    pub seen: Vec<Seen>,
}

/// What becomes of an order, sent from server3 to server2 and from there to server1.
#[derive(Debug, Serialize, Deserialize)]
pub struct News {
    /// The order's number.
    pub order: u64,
}

/// A hop, and the customer it read in its baggage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Whose request this was.
    pub hop: String,
    /// What it read.
    pub customer: String,
}

impl Seen {
    /// What this hop reads, now.
    #[must_use]
    pub fn here(hop: &str) -> Self {
        Self { hop: hop.to_owned(), customer: customer() }
    }
}

impl From<orders::Seen> for Seen {
    fn from(orders::Seen { hop, customer }: orders::Seen) -> Self {
        Self { hop, customer }
    }
}

impl From<Seen> for orders::Seen {
    fn from(Seen { hop, customer }: Seen) -> Self {
        Self { hop, customer }
    }
}

/// Why a request is not answered as it was asked to.
#[derive(Debug)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// Why, in a few words.
    pub error: String,
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

impl From<tonic::Status> for Refusal {
    /// The caller's mistakes keep their meaning; the rest is a broken service behind this one.
    fn from(status: tonic::Status) -> Self {
        let error = status.message().to_owned();
        let status = match status.code() {
            tonic::Code::NotFound => StatusCode::NOT_FOUND,
            tonic::Code::FailedPrecondition => StatusCode::CONFLICT,
            _ => StatusCode::BAD_GATEWAY,
        };
        Self { status, error }
    }
}

impl From<reqwest_middleware::Error> for Refusal {
    fn from(error: reqwest_middleware::Error) -> Self {
        // Without the URL: the caller is not told where our services are.
        let error = error.without_url().to_string();
        Self { status: StatusCode::BAD_GATEWAY, error }
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
