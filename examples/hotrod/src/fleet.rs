//! The drivers and where they are, in Redis.

use std::fmt;
use std::time::Duration;

use contrib_redis::{RedisTracing, TraceExt, TracedConnection};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, FromRedisValue, RedisResult};
use tracer_core::Tracer;
use tracing::warn;

use crate::Paces;
use crate::drivers::Driver;
use crate::far::Far;

/// How long the start waits for a connection.
const CONNECT: Duration = Duration::from_secs(1);
/// How often a question is asked that is not answered, the first time included.
const TRIES: u32 = 3;
/// Who is on duty.
const ON_DUTY: &str = "hotrod:on-duty";
/// All of them, and where they wait.
#[rustfmt::skip]
const DRIVERS: [(&str, &str); 10] = [
    ("T701247C", "140,190"), ("T708315C", "222,388"), ("T715592C", "301,555"),
    ("T722036C", "410,120"), ("T739871C", "498,402"), ("T744410C", "566,280"),
    ("T751834C", "610,701"), ("T768129C", "695,350"), ("T773506C", "742,180"),
    ("T790653C", "180,610"),
];

/// The drivers.
#[derive(Clone)]
pub struct Fleet {
    connection: TracedConnection<Far<ConnectionManager>>,
    address: String,
}

impl Fleet {
    /// Connects, and sends the drivers to where they wait.
    ///
    /// # Errors
    /// When no Redis answers.
    pub async fn open(client: Client, paces: Paces, tracer: &Tracer) -> RedisResult<Self> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_number_of_retries(1);
        let address = client.get_connection_info().addr().to_string();
        // Spans show the keys, there is nothing secret in them; values they never show.
        let tracing = RedisTracing::of(&client).with_tracer(tracer.clone()).with_query_text();
        let mut connection = ConnectionManager::new_with_config(client, config).await?;
        // Nobody's request: not traced. All or nothing, others may do the same on this Redis.
        let (ids, places): (Vec<_>, Vec<_>) =
            DRIVERS.iter().map(|(id, place)| (*id, (key(id), *place))).unzip();
        let mut all = redis::pipe();
        all.atomic().del(ON_DUTY).rpush(ON_DUTY, ids).mset(&places);
        all.exec_async(&mut connection).await?;
        Ok(Self { connection: Far::new(connection, paces).traced(tracing), address })
    }

    /// One after another: each waits until the one before it is there and back.
    ///
    /// # Errors
    /// That Redis does not answer, however often it is asked.
    pub async fn one_by_one(&self) -> RedisResult<Vec<Driver>> {
        let mut drivers = Vec::new();
        for id in self.on_duty().await? {
            let location = self.ask(&Cmd::get(key(&id))).await?;
            drivers.push(Driver { id, location });
        }
        Ok(drivers)
    }

    /// All in one command.
    ///
    /// # Errors
    /// The same.
    pub async fn at_once(&self) -> RedisResult<Vec<Driver>> {
        let ids = self.on_duty().await?;
        let keys: Vec<_> = ids.iter().map(|id| key(id)).collect();
        let places: Vec<String> = self.ask(&Cmd::mget(&keys)).await?;
        let drivers = ids.into_iter().zip(places);
        Ok(drivers.map(|(id, location)| Driver { id, location }).collect())
    }

    async fn on_duty(&self) -> RedisResult<Vec<String>> {
        self.ask(&Cmd::lrange(ON_DUTY, 0, -1)).await
    }

    /// Asks again where no answer comes. What failed is on the command's own span; the one around it
    /// has its answer in the end, and is no error.
    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        let mut connection = self.connection.clone();
        let mut tries = 1;
        loop {
            match command.query_async(&mut connection).await {
                Err(error) if error.is_timeout() && tries < TRIES => {
                    warn!(tries, error = &error as &dyn std::error::Error, "Redis: once more");
                    tries += 1;
                }
                answer => return answer,
            }
        }
    }

    /// Where it is, for people to read.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

fn key(id: &str) -> String {
    format!("hotrod:driver:{id}")
}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet").field("address", &self.address).finish_non_exhaustive()
    }
}
