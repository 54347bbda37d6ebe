//! What is wrong, and how to repair it.

use std::num::NonZeroUsize;

use clap::Args;

/// As many workers as there are when nobody has asked for more.
const FEW: NonZeroUsize = NonZeroUsize::new(3).unwrap();
/// More than there are drivers to ask for, in a few rides at once.
const MANY: NonZeroUsize = NonZeroUsize::new(100).unwrap();

/// The repairs. By default nothing is repaired.
#[derive(Clone, Copy, Debug, Args)]
pub struct Fixes {
    /// Repair customer: no lock around the database
    #[arg(long)]
    pub fix_lock: bool,

    /// Repair driver: Redis is asked for all drivers at once
    #[arg(long)]
    pub fix_redis: bool,

    /// Repair frontend, by 100: how many routes it asks for at a time, over all rides
    #[arg(long, value_name = "N", default_value_t = FEW)]
    pub workers: NonZeroUsize,
}

impl Fixes {
    /// All of them.
    pub const ALL: Self = Self { fix_lock: true, fix_redis: true, workers: MANY };
}

impl Default for Fixes {
    fn default() -> Self {
        Self { fix_lock: false, fix_redis: false, workers: FEW }
    }
}
