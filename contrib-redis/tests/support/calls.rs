//! The suite's calls as users write them, for any connection.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use redis::aio::ConnectionLike;
use redis::{
    AsyncCommands, AsyncConnectionConfig, Client, Commands, Pipeline, RedisError, RedisResult,
    Value,
};
use testing::store::{Call, Outcome, SECRET};

/// Keys that are there, one that is not, and one of another type.
pub(crate) struct Keys {
    pub(crate) there: String,
    pub(crate) missing: String,
    pub(crate) list: String,
    pub(crate) written: String,
}

impl Keys {
    /// Made on the server, to be gone with the process in a while.
    pub(crate) fn made() -> Self {
        let keys = Self {
            there: super::unique("there"),
            missing: super::unique("missing"),
            list: super::unique("list"),
            written: super::unique("written"),
        };
        let mut connection = super::client().get_connection().unwrap();
        let _: () = connection.set_ex(&keys.there, "value", 600).unwrap();
        let _: () = connection.rpush(&keys.list, "element").unwrap();
        let _: () = connection.expire(&keys.list, 600).unwrap();
        keys
    }

    fn pipeline(&self, call: Call) -> Pipeline {
        let mut pipeline = redis::pipe();
        if call == Call::Transaction {
            pipeline.atomic();
        }
        for nth in 0..3 {
            pipeline.set_ex(format!("{}:{nth}", self.written), nth, 600);
        }
        if call == Call::BatchRefused {
            pipeline.get(&self.list);
        }
        pipeline
    }
}

/// The names of the operations of a call's spans.
pub(crate) fn operations(call: Call) -> &'static [&'static str] {
    match call {
        Call::Writes => &["SETEX"],
        Call::Hangs => &["BLPOP"],
        Call::Batch => &["PIPELINE SETEX"],
        Call::Transaction => &["MULTI SETEX"],
        Call::BatchRefused => &["PIPELINE"],
        Call::Secrets => &["AUTH", "ACL SETUSER", "EVAL", "PIPELINE", "NOSUCHCOMMAND", "auth"],
        _ => &["GET"],
    }
}

pub(crate) fn outcome<T: std::fmt::Debug>(result: RedisResult<T>) -> Outcome {
    let is_refusal = |error: &RedisError| {
        matches!(error.kind(), redis::ErrorKind::Server(_))
            || error.code().is_some()
            || error.kind() == redis::ErrorKind::Extension
    };
    Outcome::of(result, is_refusal)
}

/// Commands with the secret in most of their arguments; some of them fail, and quote it.
fn secrets(list: &str) -> Vec<redis::Cmd> {
    let mut commands = vec![redis::cmd("AUTH"), redis::cmd("ACL"), redis::cmd("EVAL")];
    commands[0].arg(SECRET).arg(SECRET);
    commands[1].arg("SETUSER").arg(SECRET).arg(format!("+{SECRET}"));
    commands[2].arg(format!("return redis.error_reply('{SECRET} {SECRET}')")).arg(0).arg(SECRET);
    let mut unknown = redis::cmd("NOSUCHCOMMAND");
    unknown.arg(SECRET).arg(list);
    let mut auth = redis::cmd("auth");
    auth.arg(SECRET).arg(SECRET);
    commands.extend([unknown, auth]);
    commands
}

fn secret_pipeline() -> Pipeline {
    let mut pipeline = redis::pipe();
    pipeline.cmd("ECHO").arg(SECRET).cmd("HSET").arg(SECRET).arg(SECRET).cmd("ECHO").arg(SECRET);
    pipeline
}

/// Makes a call over an asynchronous connection.
pub(crate) async fn over<C>(connection: &mut C, keys: &Keys, call: Call) -> Outcome
where
    C: ConnectionLike + Send + std::marker::Sync,
{
    match call {
        Call::Empty => outcome(connection.get::<_, Option<String>>(&keys.missing).await),
        Call::Writes => outcome(connection.set_ex::<_, _, ()>(&keys.written, SECRET, 600).await),
        Call::Refused => outcome(connection.get::<_, String>(&keys.list).await),
        Call::Hangs => outcome(connection.blpop::<_, Value>(&keys.missing, 0.0).await),
        Call::Batch | Call::Transaction | Call::BatchRefused => {
            outcome(keys.pipeline(call).query_async::<Vec<String>>(connection).await)
        }
        Call::Secrets => {
            let mut said = Vec::new();
            for (nth, command) in secrets(&keys.list).iter().enumerate() {
                if nth == 3 {
                    let answer = secret_pipeline().query_async::<Value>(connection).await;
                    said.push(outcome(answer));
                }
                said.push(outcome(command.query_async::<Value>(connection).await));
            }
            Outcome::Answer(format!("{said:?}"))
        }
        Call::Unpolled => {
            // Below the commands, where the future is the integration's own.
            let command = redis::cmd("GET");
            drop(connection.req_packed_command(&command));
            Outcome::Answer(String::new())
        }
        _ => outcome(connection.get::<_, Option<String>>(&keys.there).await),
    }
}

/// Makes a call over a blocking connection.
pub(crate) fn blocking<C: redis::ConnectionLike>(
    connection: &mut C,
    keys: &Keys,
    call: Call,
) -> Outcome {
    match call {
        Call::Empty => outcome(connection.get::<_, Option<String>>(&keys.missing)),
        Call::Writes => outcome(connection.set_ex::<_, _, ()>(&keys.written, SECRET, 600)),
        Call::Refused => outcome(connection.get::<_, String>(&keys.list)),
        Call::Batch | Call::Transaction | Call::BatchRefused => {
            outcome(keys.pipeline(call).query::<Vec<String>>(connection))
        }
        Call::Secrets => {
            let mut said = Vec::new();
            for (nth, command) in secrets(&keys.list).iter().enumerate() {
                if nth == 3 {
                    said.push(outcome(secret_pipeline().query::<Value>(connection)));
                }
                said.push(outcome(command.query::<Value>(connection)));
            }
            Outcome::Answer(format!("{said:?}"))
        }
        _ => outcome(connection.get::<_, Option<String>>(&keys.there)),
    }
}

/// Waits for its answers as long as the caller does.
pub(crate) fn patient() -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_response_timeout(None)
        .set_connection_timeout(Some(Duration::from_secs(5)))
}

/// A server that answers the greeting and then leaves.
pub(crate) fn deaf() -> Client {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = Client::open(format!("redis://{}/", server.local_addr().unwrap())).unwrap();
    std::thread::spawn(move || -> std::io::Result<()> {
        let (mut connection, _) = server.accept()?;
        let mut greeting = [0; 4096];
        let read = connection.read(&mut greeting)?;
        let commands = greeting[..read].iter().filter(|byte| **byte == b'*').count();
        connection.write_all("+OK\r\n".repeat(commands).as_bytes())
    });
    client
}
