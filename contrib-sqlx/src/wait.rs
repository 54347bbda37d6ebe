//! Waiting for a connection of a pool.

use std::future::poll_fn;
use std::pin::pin;

use sqlx_core::database::Database;
use sqlx_core::error::Error;
use sqlx_core::pool::{Pool, PoolConnection};
use tracer_core::SpanRef;
use tracer_core::semconv::db;

use crate::config::SqlxTracing;
use crate::database::TracedDatabase;
use crate::start;

/// A connection for a statement. Where it is not there at once, the statement's span says when it
/// came.
pub(crate) async fn connection<DB: Database>(
    pool: &Pool<DB>,
    span: &SpanRef,
) -> Result<PoolConnection<DB>, Error> {
    let mut acquiring = pin!(pool.acquire());
    let mut has_waited = false;
    let connection = poll_fn(|cx| {
        let polled = acquiring.as_mut().poll(cx);
        has_waited |= polled.is_pending();
        polled
    })
    .await?;
    if has_waited {
        db::on_connection(span);
    }
    Ok(connection)
}

/// A connection for whoever asked for one.
pub(crate) async fn acquire<DB: TracedDatabase>(
    pool: &Pool<DB>,
    tracing: &SqlxTracing,
) -> Result<PoolConnection<DB>, Error> {
    start::named::<DB>(tracing, "acquire").wait(pool.acquire()).await
}
