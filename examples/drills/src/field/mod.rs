//! Where drills take place: services that run, and what is watched of them.

mod apart;
mod chain;
mod gate;
mod login;
mod server;
mod watch;

pub use self::apart::Apart;
pub use self::chain::{ChainField, File};
pub use self::gate::Gate;
pub use self::login::LoginField;
pub use self::server::{Kind, Server, Stoppable};
pub use self::watch::Watch;

use anyhow::{Context, Result};
use reqwest::{RequestBuilder, Response};
use serde_json::Value;

/// Real servers, where there are any.
#[derive(Clone, Default)]
pub struct Servers {
    /// `REDIS_URL`.
    pub redis: Option<String>,
    /// `MYSQL_URL`.
    pub mysql: Option<String>,
    /// `AMQP_URL`.
    pub amqp: Option<String>,
}

impl Servers {
    /// Those that the environment names.
    ///
    /// # Errors
    /// When it lacks one.
    pub fn from_env() -> Result<Self> {
        let url = |name: &'static str| {
            let url = tracer_core::env_var(name).filter(|url| !url.trim().is_empty());
            url.map(Some)
                .with_context(|| format!("{name} is not set: run cargo xtask drill --real"))
        };
        Ok(Self { redis: url("REDIS_URL")?, mysql: url("MYSQL_URL")?, amqp: url("AMQP_URL")? })
    }

    /// Whether there are any.
    #[must_use]
    pub const fn are_real(&self) -> bool {
        self.redis.is_some()
    }
}

impl std::fmt::Debug for Servers {
    /// Without the URLs, which hold passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Servers").field("are_real", &self.are_real()).finish_non_exhaustive()
    }
}

/// Sends it, and says what came back as a caller would.
///
/// # Errors
/// Never; it is what the caller got.
pub async fn answer(request: RequestBuilder) -> Result<String> {
    match request.send().await {
        Ok(response) => Ok(read(response).await),
        Err(error) => Ok(failure(&error).to_owned()),
    }
}

async fn read(response: Response) -> String {
    let status = response.status();
    match response.text().await {
        Ok(text) => {
            let body: Value = serde_json::from_str(&text).unwrap_or_default();
            match body["error"].as_str() {
                Some(error) => format!("{status}: {error}"),
                None => status.to_string(),
            }
        }
        Err(error) => format!("{status}, then {}", failure(&error)),
    }
}

fn failure(error: &reqwest::Error) -> &'static str {
    if error.is_connect() {
        "no connection"
    } else if error.is_timeout() {
        "no answer in time"
    } else {
        "the connection is closed"
    }
}
