//! Codes in Redis: one for each telephone, for a while, and for a few tries.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::time::Duration;

use contrib_redis::{RedisTracing, TraceExt, TracedConnection};
use example_parts::faults::{FaultyConnection, Hook};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, Client, ExistenceCheck, RedisResult, SetExpiry, SetOptions};
use tracer_core::Tracer;

/// Tries for each code.
const TRIES: u32 = 3;
/// How long a request may wait for a connection.
const CONNECT: Duration = Duration::from_secs(1);

/// How long what is kept.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// A code can be used for so many seconds.
    pub code: u64,
    /// The next one can be asked for after so many.
    pub pause: u64,
}

impl Default for Times {
    fn default() -> Self {
        Self { code: 300, pause: 30 }
    }
}

/// What a code is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is gone now.
    Right,
    /// It can be tried again.
    Wrong,
    /// Never sent, used, or expired.
    NotThere,
    /// It is gone now.
    TooOften,
}

/// The codes.
#[derive(Clone)]
pub struct Codes {
    connection: TracedConnection<FaultyConnection<ConnectionManager>>,
    times: Times,
}

impl Codes {
    /// Connects.
    ///
    /// # Errors
    /// When no Redis answers.
    pub async fn open(
        client: Client,
        times: Times,
        tracer: &Tracer,
        hook: Hook,
    ) -> RedisResult<Self> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_number_of_retries(1);
        // No query text: keys hold telephone numbers.
        let tracing = RedisTracing::of(&client).with_tracer(tracer.clone());
        let connection = ConnectionManager::new_with_config(client, config).await?;
        let connection = FaultyConnection::new(connection, hook).traced(tracing);
        Ok(Self { connection, times })
    }

    /// Whether the last code was long enough ago; from now on it is not.
    ///
    /// # Errors
    /// Those of Redis.
    pub async fn may_send(&self, phone: &str) -> RedisResult<bool> {
        let only_new = SetOptions::default()
            .conditional_set(ExistenceCheck::NX)
            .with_expiration(SetExpiry::EX(self.times.pause));
        let key = pause_of(phone);
        let set: Option<String> = self.connection.clone().set_options(key, 1, only_new).await?;
        Ok(set.is_some())
    }

    /// Nothing was sent after all: the next one may come at once.
    ///
    /// # Errors
    /// Those of Redis.
    pub async fn not_sent(&self, phone: &str) -> RedisResult<()> {
        self.connection.clone().del(pause_of(phone)).await
    }

    /// A new code; an older one is good for nothing any more.
    ///
    /// # Errors
    /// Those of Redis, and that there are no random numbers.
    pub async fn make(&self, phone: &str) -> RedisResult<String> {
        let code = random()?;
        let mut both = redis::pipe();
        both.atomic()
            .del((code_of(phone), tries_of(phone)))
            .ignore()
            .hset(code_of(phone), &code, 1)
            .ignore()
            .expire(code_of(phone), self.life())
            .ignore();
        both.exec_async(&mut self.connection.clone()).await?;
        Ok(code)
    }

    /// Counts the try first, so that many at once get no more of them.
    ///
    /// # Errors
    /// Those of Redis.
    pub async fn check(&self, phone: &str, code: &str) -> RedisResult<Verdict> {
        let mut asked = redis::pipe();
        asked
            .atomic()
            .hgetall(code_of(phone))
            .incr(tries_of(phone), 1)
            .expire(tries_of(phone), self.life())
            .ignore();
        let (made, tries): (BTreeMap<String, u8>, u32) =
            asked.query_async(&mut self.connection.clone()).await?;
        let Some(expected) = made.into_keys().next() else { return Ok(Verdict::NotThere) };
        if tries > TRIES {
            self.remove(phone, &expected).await?;
            return Ok(Verdict::TooOften);
        }
        if expected != code {
            return Ok(Verdict::Wrong);
        }
        // Where it is not there any more, somebody else has used it in this moment, or asked for a
        // new one: it is good for one login.
        let removed = self.remove(phone, code).await?;
        Ok(if removed { Verdict::Right } else { Verdict::NotThere })
    }

    /// Removes this code, and none that was made since. Whether it was still there.
    ///
    /// # Errors
    /// Those of Redis.
    pub async fn remove(&self, phone: &str, code: &str) -> RedisResult<bool> {
        self.connection.clone().hdel(code_of(phone), code).await
    }

    /// In seconds, as Redis takes them.
    fn life(&self) -> i64 {
        i64::try_from(self.times.code).unwrap_or(i64::MAX)
    }
}

fn pause_of(phone: &str) -> String {
    format!("sms-login:pause:{phone}")
}

/// A hash with one field, whose name is the code: so one command removes this code and no other.
fn code_of(phone: &str) -> String {
    format!("sms-login:code:{phone}")
}

fn tries_of(phone: &str) -> String {
    format!("sms-login:tries:{phone}")
}

/// Six digits, of the operating system's: nobody guesses the next one from the last.
fn random() -> io::Result<String> {
    let number = getrandom::u32().map_err(|_| io::Error::other("no random numbers"))?;
    Ok(format!("{:06}", number % 1_000_000))
}

impl fmt::Debug for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Codes").field("times", &self.times).finish_non_exhaustive()
    }
}
