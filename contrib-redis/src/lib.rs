//! Traces the commands that redis sends.
#![forbid(unsafe_code)]

mod address;
#[cfg(feature = "aio")]
mod aio;
mod call;
mod config;
mod connection;
mod containers;
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
pub use ext::TraceExt;
#[cfg(feature = "aio")]
pub use guard::Guard;
pub use settings::RedisTracing;
