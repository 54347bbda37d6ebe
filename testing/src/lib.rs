//! What the crates of this workspace are tested with. Not published.
#![forbid(unsafe_code)]

pub mod attributes;
mod bench;
pub mod canary;
pub mod collector;
pub mod http;
mod recorded;
pub mod reporting;
pub mod store;
mod tree;

pub use recorded::{Recorded, tag, tags};
pub use tree::{named, tree, tree_with};
