//! Waiting for a connection of a pool.

use std::future::poll_fn;
use std::pin::pin;
use std::time::{Duration, Instant};

use sqlx_core::database::Database;
use sqlx_core::error::Error;
use sqlx_core::pool::{Pool, PoolConnection};
use tracer_core::SpanRef;
use tracer_core::semconv::db;

use crate::config::SqlxTracing;
use crate::database::TracedDatabase;
use crate::start;

/// A wait that is worth a log. sqlx tests a connection before it hands it out, so that most have to
/// be waited for, if only for a moment.
const WORTH_TELLING: Duration = Duration::from_millis(1);

/// A connection for a statement. Where it has to be waited for, because there was none idle or its
/// test took long, the statement's span says when it came.
pub(crate) async fn connection<DB: Database>(
    pool: &Pool<DB>,
    span: &SpanRef,
) -> Result<PoolConnection<DB>, Error> {
    let mut acquiring = pin!(pool.acquire());
    let has_idle = pool.num_idle() > 0;
    let mut since = None;
    let connection = poll_fn(|cx| {
        let polled = acquiring.as_mut().poll(cx);
        if polled.is_pending() {
            since.get_or_insert_with(Instant::now);
        }
        polled
    })
    .await?;
    if since.is_some_and(|since| !has_idle || since.elapsed() >= WORTH_TELLING) {
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
