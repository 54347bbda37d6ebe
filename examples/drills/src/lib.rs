//! Drills: what a trace shows when things break, rehearsed.
//!
//! A [`Drill`](drill::Drill) breaks one thing in the chain of services (`examples/chain`) or in the
//! login by SMS (`examples/sms-login`), sends a request, and judges the trace that comes of it
//! ([`verdict`]): what the caller got, where errors are marked and nowhere else, that all spans are
//! one tree, that the customer is known at every hop, and that the books are exact.
//!
//! The drills themselves are in [`drills`], one file for each part that breaks. [`book`] writes
//! docs/drills.md from their own runs.

#![recursion_limit = "256"]

pub mod book;
pub mod cli;
pub mod drill;
pub mod drills;
pub mod field;
pub mod report;
pub mod run;
pub mod tree;
pub mod verdict;
