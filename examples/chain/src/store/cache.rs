//! Redis: what is asked for often, for a while.

use std::fmt;
use std::time::Duration;

use contrib_redis::{RedisTracing, TraceExt, TracedConnection};
use example_parts::faults::{FaultyConnection, Hook};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, Client, RedisResult};
use tracer_core::{Tracer, current};

/// How long what is kept may be behind the book, in seconds.
const KEEP: u64 = 30;
/// How long orders are counted on after the latest, in seconds. No key stays for good: the Redis
/// may be somebody's.
const COUNT: i64 = 3600;
/// How long an order may wait for a connection to the cache. For an answer it is half a second, as
/// redis has it.
const CONNECT: Duration = Duration::from_secs(1);

/// The cache. Whatever fails in here goes no further.
#[derive(Clone)]
pub(super) struct Cache {
    connection: TracedConnection<FaultyConnection<ConnectionManager>>,
    /// What all keys begin with: two books may share a Redis.
    prefix: String,
    address: String,
}

impl Cache {
    pub(super) async fn open(
        client: Client,
        book: &str,
        tracer: &Tracer,
        hook: Hook,
    ) -> RedisResult<Self> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_number_of_retries(1);
        let address = client.get_connection_info().addr().to_string();
        // Spans show the keys, there is nothing secret in them; values they never show.
        let tracing = RedisTracing::of(&client).with_tracer(tracer.clone()).with_query_text();
        let connection = ConnectionManager::new_with_config(client, config).await?;
        let connection = FaultyConnection::new(connection, hook).traced(tracing);
        Ok(Self { connection, prefix: format!("chain:{book}"), address })
    }

    /// How many are left of an item, if somebody has asked lately.
    pub(super) async fn stock(&self, item: &str) -> Option<i64> {
        ok(self.connection.clone().get(self.item(item)).await)?
    }

    pub(super) async fn keep_stock(&self, item: &str, stock: i64) {
        ok(self.connection.clone().set_ex::<_, _, ()>(self.item(item), stock, KEEP).await);
    }

    /// One more order, and one item that is to be asked for again: all of it, or nothing.
    pub(super) async fn count_order(&self, item: &str) {
        let orders = format!("{}:orders", self.prefix);
        let mut transaction = redis::pipe();
        transaction.atomic().incr(&orders, 1).expire(&orders, COUNT).del(self.item(item));
        ok(transaction.exec_async(&mut self.connection.clone()).await);
    }

    pub(super) async fn steps(&self, order: u64) -> Option<Vec<String>> {
        let steps: Option<String> = ok(self.connection.clone().get(self.order(order)).await)?;
        Some(steps?.lines().map(str::to_owned).collect())
    }

    pub(super) async fn keep_steps(&self, order: u64, steps: &[String]) {
        let steps = steps.join("\n");
        ok(self.connection.clone().set_ex::<_, _, ()>(self.order(order), steps, KEEP).await);
    }

    /// Where it is, for people to read.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    fn item(&self, name: &str) -> String {
        format!("{}:item:{name}", self.prefix)
    }

    fn order(&self, number: u64) -> String {
        format!("{}:order:{number}", self.prefix)
    }
}

/// The shop goes on without the cache. What failed is on the command's own span; the one around it
/// has done its work in the end, and is no error.
fn ok<T>(result: RedisResult<T>) -> Option<T> {
    if result.is_err() {
        current().log("cache failed: going on without it");
    }
    result.ok()
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("address", &self.address).finish_non_exhaustive()
    }
}
