//! Traces the statements that sqlx sends.
#![forbid(unsafe_code)]

mod acquire;
mod answer;
mod begin;
mod call;
mod config;
mod conn;
mod conn_executor;
mod database;
mod end;
mod error;
mod ext;
mod pool;
mod pool_connection;
mod pool_executor;
mod query;
mod scope;
mod start;
mod stream;
mod transaction;
mod view;
mod wait;

pub use acquire::TracedAcquire;
pub use config::SqlxTracing;
pub use conn::{DynConn, TracedConn};
pub use database::TracedDatabase;
pub use ext::PoolExt;
pub use pool::TracedPool;
pub use pool_connection::TracedPoolConnection;
pub use transaction::TracedTransaction;
