//! Somebody else's company, which sends SMS for money: called, and not traced. What it gets of our
//! trace is a header that it does not read.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::queue::Sms;

/// Numbers that end so can't be reached.
pub const UNREACHABLE: &str = "00";

/// The telephones, all of them: what has arrived.
#[derive(Clone, Debug)]
pub struct Telephones {
    inbox: Arc<Mutex<UnboundedReceiver<Sms>>>,
}

impl Telephones {
    /// The next SMS that arrives.
    pub async fn next(&self) -> Option<Sms> {
        self.inbox.lock().await.recv().await
    }
}

/// The provider, and the telephones that it reaches.
pub fn router() -> (Router, Telephones) {
    let (send, inbox) = unbounded_channel();
    let router = Router::new().route("/messages", post(deliver)).with_state(send);
    (router, Telephones { inbox: Arc::new(Mutex::new(inbox)) })
}

async fn deliver(
    State(telephones): State<UnboundedSender<Sms>>,
    Json(sms): Json<Sms>,
) -> StatusCode {
    if sms.phone.ends_with(UNREACHABLE) {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    match telephones.send(sms) {
        Ok(()) => StatusCode::ACCEPTED,
        Err(_) => StatusCode::GONE,
    }
}
