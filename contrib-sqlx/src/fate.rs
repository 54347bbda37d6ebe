//! Whether a transaction can still be committed, as far as its statements tell.
//!
//! A server can take a transaction back by itself, and answer `COMMIT` as if nothing had happened:
//! PostgreSQL after any error, MySQL after a deadlock. (SQLite refuses to commit then.)

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tracer_core::ENABLED;

/// What an error does to the transaction that its statement is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(unnameable_types, reason = "it belongs to the trait that seals another")]
pub enum Damage {
    /// The statement alone is taken back.
    None,
    /// All is lost that is not taken back to a savepoint. Until then no statement succeeds.
    UntilSavepoint,
    /// There is no transaction any more.
    Whole,
}

const UNHARMED: u8 = 0;
const UNTIL_SAVEPOINT: u8 = 1;
const LOST: u8 = 2;

/// Shared by all that happens in a transaction. With tracing compiled out it takes no room.
#[derive(Clone, Default)]
pub(crate) struct Fate {
    state: [Option<Arc<AtomicU8>>; ENABLED as usize],
}

impl Fate {
    /// Of a transaction that begins now.
    pub(crate) fn new() -> Self {
        Self { state: std::array::from_fn(|_| Some(Arc::default())) }
    }

    /// A statement has failed.
    pub(crate) fn harm(&self, damage: Damage) {
        let harm = match damage {
            Damage::None => return,
            Damage::UntilSavepoint => UNTIL_SAVEPOINT,
            Damage::Whole => LOST,
        };
        if let Some(state) = self.state() {
            state.fetch_max(harm, Ordering::Relaxed);
        }
    }

    /// A statement has succeeded, or it is taken back to a savepoint.
    pub(crate) fn heal(&self) {
        if let Some(state) = self.state() {
            let (from, to) = (UNTIL_SAVEPOINT, UNHARMED);
            // Fails where there is nothing to heal, or no way to.
            let _ = state.compare_exchange(from, to, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// Whether `COMMIT` would be answered by a rollback.
    pub(crate) fn is_sealed(&self) -> bool {
        self.state().is_some_and(|state| state.load(Ordering::Relaxed) != UNHARMED)
    }

    fn state(&self) -> Option<&AtomicU8> {
        self.state.first()?.as_deref()
    }
}
