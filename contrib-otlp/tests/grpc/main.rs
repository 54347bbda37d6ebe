//! OTLP over gRPC, against a real receiver and against peers that mean harm.
#![cfg(feature = "grpc")]

mod delivery;
mod faults;
mod hostile;
mod restarts;
#[path = "../support/mod.rs"]
mod support;
mod too_large;
