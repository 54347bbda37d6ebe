//! What the services say to each other over HTTP.

use axum::http::StatusCode;
use example_parts::http::Refusal;
use serde::{Deserialize, Serialize};
use tracer_core::SpanRef;

use crate::orders;

/// The baggage item that every hop reads.
pub const CUSTOMER: &str = "customer.id";

/// The customer that this request is about. Nobody handed it over in a body or an argument: it
/// came with the trace, in the header `baggage`.
#[must_use]
pub fn customer() -> String {
    tracer_core::current().baggage_item(CUSTOMER).unwrap_or_default()
}

/// Baggage is not in the spans by itself: who wants to search for a customer says so, at each hop.
pub fn tag_customer(span: &SpanRef) {
    if let Some(customer) = span.baggage_item(CUSTOMER) {
        span.set_tag(CUSTOMER, customer);
    }
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

/// server3's refusal as this service's own: the caller's mistakes keep their meaning, the rest is a
/// broken service behind this one.
#[must_use]
#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
pub fn refused(status: tonic::Status) -> Refusal {
    let code = match status.code() {
        tonic::Code::NotFound => StatusCode::NOT_FOUND,
        tonic::Code::FailedPrecondition => StatusCode::CONFLICT,
        _ => StatusCode::BAD_GATEWAY,
    };
    Refusal::new(code, status.message())
}
