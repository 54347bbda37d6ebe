//! Somebody else's company, which sends SMS for money: called, and not traced. What it gets of our
//! trace is a header that it does not read.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use tokio::sync::watch;

use crate::queue::Sms;

/// Numbers that end so can't be reached.
pub const UNREACHABLE: &str = "00";

/// The telephones, all of them, by their numbers.
#[derive(Clone)]
pub struct Telephones(watch::Receiver<HashMap<String, Telephone>>);

#[derive(Default)]
struct Telephone {
    /// What its last SMS says.
    text: Option<String>,
    /// How often the provider could not reach it.
    refused: u64,
}

impl Telephones {
    /// What the last SMS to this one says, as soon as there is one; none when there is no provider
    /// any more. A queue may hold messages of an earlier time: those go to other telephones.
    pub async fn text(&self, phone: &str) -> Option<String> {
        let text = |telephones: &HashMap<String, Telephone>| telephones.get(phone)?.text.clone();
        let mut telephones = self.0.clone();
        let arrived = telephones.wait_for(|telephones| text(telephones).is_some()).await.ok()?;
        text(&arrived)
    }

    /// Until this one could not be reached so many times.
    pub async fn refused(&self, phone: &str, times: u64) {
        let often = |telephones: &HashMap<String, Telephone>| {
            telephones.get(phone).is_some_and(|telephone| telephone.refused >= times)
        };
        // An error means that there is no provider any more, which is an end as well.
        let _ = self.0.clone().wait_for(often).await;
    }
}

impl std::fmt::Debug for Telephones {
    /// Without numbers and texts.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Telephones").field(&self.0.borrow().len()).finish()
    }
}

/// The provider, and the telephones that it reaches.
pub fn router() -> (Router, Telephones) {
    let (reach, telephones) = watch::channel(HashMap::new());
    (Router::new().route("/messages", post(deliver)).with_state(reach), Telephones(telephones))
}

async fn deliver(
    State(reach): State<watch::Sender<HashMap<String, Telephone>>>,
    Json(sms): Json<Sms>,
) -> StatusCode {
    let is_reached = !sms.phone.ends_with(UNREACHABLE);
    reach.send_modify(|telephones| {
        let telephone = telephones.entry(sms.phone).or_default();
        if is_reached {
            telephone.text = Some(sms.text);
        } else {
            telephone.refused += 1;
        }
    });
    if is_reached { StatusCode::ACCEPTED } else { StatusCode::SERVICE_UNAVAILABLE }
}
