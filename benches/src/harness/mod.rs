//! How a figure is taken: what counts, what repeats, what starts a process for it.

pub mod alloc;
pub mod callgrind;
pub mod child;
pub mod cpu;
pub mod measured;
pub mod memory;
pub mod pace;
pub mod rounds;
