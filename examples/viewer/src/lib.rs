//! An in-memory OTLP collector that serves the Jaeger UI.
//!
//! Spans come in over OTLP/gRPC ([`grpc`]) or OTLP/HTTP ([`http`]), are made
//! readable for Jaeger ([`translate`]) and land in one [`Store`].

pub mod grpc;
pub mod http;
pub mod options;
pub mod store;
pub mod translate;
pub mod ui;

pub use options::Options;
pub use store::Store;
