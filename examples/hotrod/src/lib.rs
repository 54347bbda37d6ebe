//! Jaeger's HotROD with this kit: four services, a page to call a car from, and problems that are
//! found by reading traces. README.md beside this is the tour.
//!
//! ```text
//! page --HTTP--> frontend --HTTP--> customer --> SQL
//!                   |
//!                   +-----gRPC----> driver ----> Redis
//!                   |
//!                   +-----HTTP----> route
//! ```
//!
//! Somebody clicks; [`frontend`] asks [`customer`] where they are, [`driver`] who is near, and
//! [`route`] how long each of those would take, and sends the one who is there first. Customer,
//! session and request travel in the baggage, so that route knows whom it works for though nobody
//! tells it.
//!
//! What is wrong with it: customer has a lock around its [`database`], driver asks Redis ([`fleet`])
//! for one driver after another and sometimes gets no answer, frontend has few workers for many
//! routes. Each has an option that repairs it ([`Fixes`]).
//!
//! Each service is given its own tracer, as if it was a process of its own. [`HotRod`] starts the
//! four, [`rides`] calls cars as the page does, [`findings`] reads traces.

// As in the chain: how large the futures are is computed through all layers at once.
#![recursion_limit = "256"]

pub mod cli;
pub mod costs;
pub mod customer;
pub mod database;
pub mod demo;
pub mod driver;
mod far;
pub mod findings;
mod fixes;
pub mod fleet;
pub mod frontend;
mod hotrod;
mod lines;
mod paces;
pub mod rides;
pub mod route;
mod tour;
mod turns;
pub mod wire;

/// What `proto/drivers.proto` says, made by `cargo xtask codegen`.
#[allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    clippy::all,
    reason = "generated"
)]
pub mod drivers {
    include!("gen/drivers.v1.rs");
}

pub use fixes::Fixes;
pub use hotrod::{Addresses, Backing, HotRod, Settings, Tracers};
pub use paces::Paces;
