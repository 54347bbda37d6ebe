//! OpenTelemetry's semantic conventions (1.44): the only place that spells tag names, builds span
//! names, and knows what counts as an error.
//!
//! An integration brings a view of its library's request (getters only) and calls `start`, then
//! `on_response` or `on_error`. [`Observed`](crate::observe::Observed) ends the span.

mod authority;
pub mod code;
pub mod db;
pub mod event;
pub mod failure;
mod furnish;
pub mod http;
pub mod http_client;
pub mod http_server;
mod interned;
pub mod messaging;
mod methods;
mod names;
pub mod opentracing;
pub mod otel;
pub mod peer;
pub mod redact;
pub mod resource;
pub mod rpc;
pub mod sql;

pub use names::*;
