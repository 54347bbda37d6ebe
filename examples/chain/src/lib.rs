//! Three services, and the one trace that a request through them makes.
//!
//! ```text
//! server1 --HTTP--> server2 --gRPC--> server3 --> Redis, SQL
//!    ^                 |  ^              |
//!    +------HTTP-------+  +-----HTTP-----+
//! ```
//!
//! A customer orders something at [`server1`], which asks [`server2`] for a price, which has
//! [`server3`] store the order. Then the news goes back the way it came: server3 calls server2,
//! and server2 calls server1. All of it is one trace, and the customer's id rides along in the
//! baggage: no request names the customer but the first.
//!
//! server3 keeps its orders in SQL and what is asked for often in Redis: [`store`] says where the
//! two are, and is written as if nobody traced it.
//!
//! Each service is given its own tracer, as if it was a process of its own. What they have in
//! common is in [`wire`] and in `example-parts`, as it is in all examples. [`Chain`] starts the three, [`demo`] sends requests, and
//! [`process`] runs one of them alone.

// An optimized build computes how large server3's futures are through all layers of tonic, sqlx and
// this kit at once, which is deeper than the compiler's default.
#![recursion_limit = "256"]

mod chain;
pub mod cli;
pub mod demo;
pub mod options;
pub mod process;
pub mod server1;
pub mod server2;
pub mod server3;
pub mod store;
pub mod wire;

/// What `proto/orders.proto` says, made by `cargo xtask codegen`.
#[allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    clippy::all,
    reason = "generated"
)]
pub mod orders {
    include!("gen/orders.v1.rs");
}

pub use chain::{Addresses, Chain, Tracers};
pub use options::Options;
