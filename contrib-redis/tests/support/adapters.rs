//! The kinds of connections, for the suite.

use std::net::SocketAddr;
use std::sync::OnceLock;

use contrib_redis::TraceExt;
use redis::Client;
use redis::aio::{
    ConnectionLike, ConnectionManager, ConnectionManagerConfig, MultiplexedConnection,
};
use testing::store::{Adapter, Call, Outcome};
use tokio::net::TcpSocket;
use tracer_core::Tracer;

use super::calls::{self, Keys};
use super::{client, named, tracing};

/// A multiplexed connection.
pub(crate) struct Multiplexed;

/// A connection manager.
pub(crate) struct Managed;

/// A blocking connection.
pub(crate) struct Sync;

/// Each of them makes the same spans.
macro_rules! same_for_all {
    () => {
        fn system(&self) -> &'static str {
            "redis"
        }

        fn error_code(&self) -> &'static str {
            "WRONGTYPE"
        }

        fn spans(&self, call: Call) -> Vec<String> {
            calls::operations(call).iter().map(|operation| named(operation)).collect()
        }
    };
}

fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(Keys::made)
}

impl Adapter for Multiplexed {
    same_for_all!();

    fn supports(&self, call: Call) -> bool {
        !matches!(call, Call::Streams | Call::LeavesEarly)
    }

    async fn call(&self, tracer: Tracer, call: Call) -> Outcome {
        let mut connection = multiplexed(call).await.traced(tracing(&tracer));
        calls::over(&mut connection, keys(), call).await
    }

    async fn untraced(&self, call: Call) -> Option<Outcome> {
        Some(calls::over(&mut multiplexed(call).await, keys(), call).await)
    }
}

impl Adapter for Managed {
    same_for_all!();

    fn supports(&self, call: Call) -> bool {
        Multiplexed.supports(call)
    }

    async fn call(&self, tracer: Tracer, call: Call) -> Outcome {
        let mut connection = managed(call).traced(tracing(&tracer));
        calls::over(&mut connection, keys(), call).await
    }

    async fn untraced(&self, call: Call) -> Option<Outcome> {
        Some(calls::over(&mut managed(call), keys(), call).await)
    }
}

impl Adapter for Sync {
    same_for_all!();

    fn supports(&self, call: Call) -> bool {
        // Nobody can drop it in the middle.
        Multiplexed.supports(call) && !matches!(call, Call::Hangs | Call::Unpolled)
    }

    async fn call(&self, tracer: Tracer, call: Call) -> Outcome {
        on_a_thread(move || {
            let tracing = tracing(&tracer);
            match call {
                Call::Unreachable => calls::blocking(&mut nobody().traced(tracing), keys(), call),
                _ => {
                    let connection = client().get_connection().unwrap();
                    calls::blocking(&mut connection.traced(tracing), keys(), call)
                }
            }
        })
        .await
    }

    async fn untraced(&self, call: Call) -> Option<Outcome> {
        let outcome = on_a_thread(move || match call {
            Call::Unreachable => calls::blocking(&mut nobody(), keys(), call),
            _ => calls::blocking(&mut client().get_connection().unwrap(), keys(), call),
        });
        Some(outcome.await)
    }
}

async fn on_a_thread(work: impl FnOnce() -> Outcome + Send + 'static) -> Outcome {
    tokio::task::spawn_blocking(tracer_core::bind_current(work)).await.unwrap()
}

async fn multiplexed(call: Call) -> MultiplexedConnection {
    let server = if call == Call::Unreachable { calls::deaf() } else { client() };
    let config = calls::patient();
    let connection = server.get_multiplexed_async_connection_with_config(&config).await.unwrap();
    if call == Call::Unreachable {
        until_it_is_known(connection.clone()).await;
    }
    connection
}

/// The first command after the other end has left can still end in more than one way.
async fn until_it_is_known(mut connection: impl ConnectionLike) {
    let mut before = None;
    loop {
        let answer = redis::cmd("PING").query_async::<String>(&mut connection).await;
        let error = answer.err().map(|error| format!("{error:?}"));
        if error.is_some() && error == before {
            return;
        }
        before = error;
    }
}

fn managed(call: Call) -> ConnectionManager {
    let (server, config) = (client(), ConnectionManagerConfig::new().set_response_timeout(None));
    if call == Call::Unreachable {
        return ConnectionManager::new_lazy_with_config(nobody(), config.set_number_of_retries(0))
            .unwrap();
    }
    ConnectionManager::new_lazy_with_config(server, config).unwrap()
}

/// A client of a port where nobody listens. As a blocking connection, it connects for each command.
fn nobody() -> Client {
    // Bound for as long as the tests run, so that nobody else can listen there.
    static TAKEN: OnceLock<TcpSocket> = OnceLock::new();
    let taken = TAKEN.get_or_init(|| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        socket
    });
    Client::open(format!("redis://{}/", taken.local_addr().unwrap())).unwrap()
}
