//! Traces the commands that redis sends, over asynchronous and blocking connections.
//!
//! | span | tags | an error is |
//! | --- | --- | --- |
//! | `{command} {host}:{port}`, client, below the current span | those of OpenTelemetry's conventions for Redis: `db.operation.name`, the number of the database, server, size of a batch, name of a script or function, status code | an error that the server answers with, no answer, a panic |
//!
//! # Quick start
//!
//! ```no_run
//! use contrib_redis::TraceExt;
//! use redis::AsyncCommands;
//!
//! # async fn run() -> redis::RedisResult<()> {
//! let client = redis::Client::open("redis://cache.internal/")?;
//! let mut connection = client.get_multiplexed_async_connection().await?.traced(&client);
//! let stock: i64 = connection.get("stock:7").await?;
//! # Ok(())
//! # }
//! ```
//!
//! The rest of the program stays as it is: a [`TracedConnection`] has the commands, pipelines,
//! scripts and iterators of the connection in it. So it goes with the others:
//!
//! | connection | traced |
//! | --- | --- |
//! | `MultiplexedConnection`, `ConnectionManager` | `connection.traced(&client)` |
//! | blocking `Connection`, r2d2's guard, `&mut Connection` | `connection.traced(&client)` |
//! | `ClusterConnection`, asynchronous or blocking | `connection.traced(RedisTracing::new())`: a cluster has no one address |
//! | deadpool's guard | `pool.get().await?.traced(&tracing)` |
//! | bb8's guard, `&mut MultiplexedConnection` | `pool.get().await?.traced_guard(&tracing)`, of `TraceGuardExt` |
//! | what is asynchronous and blocking at once, as mocks are | `tracing.trace(connection)` |
//!
//! One thing does not: `cluster_pipe().query(..)` takes a blocking `ClusterConnection` and no other
//! type. Such pipelines go over [`get_mut`](TracedConnection::get_mut), and have no spans; an
//! asynchronous cluster's `pipe()` has.
//!
//! # Customising
//!
//! ```no_run
//! use contrib_redis::{RedisTracing, TraceExt};
//!
//! # fn run() -> redis::RedisResult<()> {
//! let client = redis::Client::open("redis://cache.internal/2")?;
//! let tracing = RedisTracing::of(&client)
//!     .with_filter(|operation| operation != "PING")
//!     .only_with_parent()
//!     .with_query_text()
//!     .on_start(|span, _| {
//!         span.set_tag("peer.service", "cache");
//!     });
//! let mut connection = client.get_connection()?.traced(&tracing);
//! # Ok(())
//! # }
//! ```
//!
//! # What a span is
//! One command, or one pipeline or transaction whatever its length: `PIPELINE SET` where its
//! commands are all the same, else `PIPELINE`; `MULTI SET` and `MULTI` for `atomic()` ones. A
//! pipeline of one command is that command. Of a name with two words, the second is told only if it
//! is known to belong to it (`CONFIG GET`); what is no word, or longer than 64 bytes, is `_OTHER`.
//! An iterator has a span for each batch it fetches.
//!
//! Errors are those of the server: `WRONGTYPE`, `ERR`, the first one if there are several. Codes
//! that Redis does not have are `_OTHER`: a module's own, and whatever a script begins its error
//! with. A pipeline is marked when any of its commands failed, with `ignore_errors()` too: who deals with
//! the error does so above. Nil is no error, nor is a transaction that gave way to another one, nor
//! `NOSCRIPT`: a `Script` takes it as the request to load it, so that its first
//! call makes the spans `EVALSHA`, `SCRIPT LOAD` and `EVALSHA`. (In a pipeline nobody loads it, and
//! there it is one.) What the library does below the connection is not seen: reconnecting, the
//! redirections of a cluster, its own `PING`.
//!
//! A span starts when its future is first polled, and what is current then is its parent: a future
//! made in one place and polled inside of a span in another belongs to that span. One that is
//! dropped early ends its span with a log `cancelled`; whether the server has done what it was told
//! nobody knows. `db.namespace` is the number that the client was set up with.
//!
//! # Pub/sub
//! `PUBLISH` is a command as any other. Subscribing goes past the trait that this crate implements,
//! and is not traced. Messages have no place for a context but their payload: [`envelope`] puts it
//! there, where both ends know of it.
//!
//! # Never recorded
//! Values, channels, scripts, users and passwords, whatever the command. Keys and the messages of
//! errors only if you ask for them: [`with_query_text`](RedisTracing::with_query_text),
//! [`with_error_messages`](RedisTracing::with_error_messages).
//!
//! # Features
//! `aio`, on by default: asynchronous connections, with tokio. Those of redis itself, TLS among
//! them, are yours to choose.
//!
//! # Cost when off
//! Switched off, without a tracer, or where the filter takes a command out, the library's own future
//! is handed on. Where it is the parent that decides, or there being none (it is not sampled, it is
//! suppressed, `only_with_parent()`), nobody knows before the first poll: that costs one more box.
//! Compiled out (tracer-core's feature `off`), a connection is a newtype of the one in it.
#![forbid(unsafe_code)]

mod address;
#[cfg(feature = "aio")]
mod aio;
mod call;
mod codes;
mod config;
mod connection;
mod containers;
pub mod envelope;
mod ext;
mod failure;
#[cfg(feature = "aio")]
mod guard;
mod keys;
mod name;
mod reply;
mod resp;
mod script;
mod sent;
mod settings;
mod sync;
mod text;

pub use connection::TracedConnection;
#[cfg(feature = "aio")]
pub use ext::{Asynchronous, TraceGuardExt};
pub use ext::{Blocking, TraceExt};
#[cfg(feature = "aio")]
pub use guard::Guard;
pub use settings::RedisTracing;
