//! What callers do, in more than one drill.

use anyhow::Result;
use futures_util::future::BoxFuture;

use crate::field::{ChainField, LoginField, answer};

/// Orders a lamp.
pub(super) fn order(field: &ChainField) -> BoxFuture<'_, Result<String>> {
    Box::pin(answer(field.order("lamp")))
}

/// Asks what has become of an order that was placed before the drill.
pub(super) fn steps(field: &ChainField) -> BoxFuture<'_, Result<String>> {
    Box::pin(async { answer(field.steps(field.placed().await?)).await })
}

/// Asks for a code, and waits until the SMS is there and the message is settled.
pub(super) fn code(field: &LoginField) -> BoxFuture<'_, Result<String>> {
    Box::pin(async {
        let phone = field.phone();
        let answer = answer(field.ask(&phone)).await?;
        field.arrived(&phone).await?;
        field.watch.until("ack sms-login.sms", 1).await?;
        Ok(answer)
    })
}
