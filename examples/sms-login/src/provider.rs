//! Somebody else's company, which sends SMS for money: called, and not traced. What it gets of our
//! trace is a header that it does not read.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex, watch};

use crate::queue::Sms;

/// Numbers that end so can't be reached.
pub const UNREACHABLE: &str = "00";

/// The telephones, all of them: what has arrived.
#[derive(Clone, Debug)]
pub struct Telephones {
    inbox: Arc<Mutex<UnboundedReceiver<Sms>>>,
    refused: watch::Receiver<u64>,
}

impl Telephones {
    /// The next SMS that arrives.
    pub async fn next(&self) -> Option<Sms> {
        self.inbox.lock().await.recv().await
    }

    /// Until the provider has refused so many in all.
    pub async fn refused(&self, times: u64) {
        // An error means that there is no provider any more, which is an end as well.
        let _ = self.refused.clone().wait_for(|refused| *refused >= times).await;
    }
}

/// The provider, and the telephones that it reaches.
pub fn router() -> (Router, Telephones) {
    let (arrived, inbox) = unbounded_channel();
    let (refuse, refused) = watch::channel(0);
    let provider = Provider { arrived, refuse: Arc::new(refuse) };
    let router = Router::new().route("/messages", post(deliver)).with_state(provider);
    (router, Telephones { inbox: Arc::new(Mutex::new(inbox)), refused })
}

#[derive(Clone)]
struct Provider {
    arrived: UnboundedSender<Sms>,
    refuse: Arc<watch::Sender<u64>>,
}

async fn deliver(State(provider): State<Provider>, Json(sms): Json<Sms>) -> StatusCode {
    if sms.phone.ends_with(UNREACHABLE) {
        provider.refuse.send_modify(|refused| *refused += 1);
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    match provider.arrived.send(sms) {
        Ok(()) => StatusCode::ACCEPTED,
        Err(_) => StatusCode::GONE,
    }
}
