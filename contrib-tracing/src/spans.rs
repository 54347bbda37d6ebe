//! The open spans of a layer, by the id that `tracing` gave them.
//!
//! They are not kept in the registry's extensions, where layers usually keep what is theirs: those
//! are behind a lock, and `fmt` holds it while it formats values. A value whose `Debug` starts a
//! span would wait for itself.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tracer_core::observe::Observed;
use tracer_core::{Entered, SpanRef};
use tracing_core::span::Id;

/// Spans with neighbouring ids, started by several threads, do not wait for each other.
const SHARDS: usize = 16;

/// What stands for a span of `tracing`.
pub(crate) enum Standing {
    /// A span of its own.
    Own(Observed),
    /// The one above: it was filtered out, and still carries the context wherever it is entered.
    Above(SpanRef),
}

type Shard = HashMap<u64, Standing, BuildHasherDefault<Spread>>;

pub(crate) struct Spans {
    shards: [Mutex<Shard>; SHARDS],
    /// For a look that costs next to nothing.
    len: AtomicUsize,
}

impl Standing {
    pub(crate) fn span(&self) -> &SpanRef {
        match self {
            Self::Own(observed) => observed.span(),
            Self::Above(span) => span,
        }
    }

    pub(crate) const fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }
}

impl Spans {
    pub(crate) fn new() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()), len: AtomicUsize::new(0) }
    }

    /// Whether there are none; always so where tracing has been off all the time.
    pub(crate) fn is_empty(&self) -> bool {
        self.len.load(Ordering::Relaxed) == 0
    }

    pub(crate) fn insert(&self, id: &Id, standing: Standing) {
        self.len.fetch_add(1, Ordering::Relaxed);
        let old = self.shard(id).insert(id.into_u64(), standing);
        // Nobody gives out the id of an open span; if somebody did, the span before would end here.
        if old.is_some() {
            self.len.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Takes a span out. It ends where the result is dropped, which is not under the lock.
    pub(crate) fn remove(&self, id: &Id) -> Option<Standing> {
        if self.is_empty() {
            return None;
        }
        let standing = self.shard(id).remove(&id.into_u64())?;
        self.len.fetch_sub(1, Ordering::Relaxed);
        Some(standing)
    }

    /// A handle of what stands for a span.
    pub(crate) fn span(&self, id: &Id) -> Option<SpanRef> {
        self.with(id, |standing| standing.span().clone())
    }

    /// A handle of a span that has one of its own, and is recorded.
    pub(crate) fn recorded(&self, id: &Id) -> Option<SpanRef> {
        self.with(id, |standing| match standing {
            Standing::Own(observed) if observed.is_recording() => Some(observed.span().clone()),
            _ => None,
        })
        .flatten()
    }

    pub(crate) fn enter(&self, id: &Id) -> Option<Entered> {
        self.with(id, |standing| standing.span().enter())
    }

    /// A handle of a span that has one of its own.
    pub(crate) fn own(&self, id: &Id) -> Option<SpanRef> {
        self.with(id, |standing| standing.is_own().then(|| standing.span().clone())).flatten()
    }

    /// Whether a span has one of its own.
    pub(crate) fn is_own(&self, id: &Id) -> bool {
        self.with(id, |standing| standing.is_own()).unwrap_or(false)
    }

    /// A span was left: if nobody enters it again, that was its end. Tells whether it has one of
    /// its own.
    pub(crate) fn progress(&self, id: &Id) -> bool {
        let own = self.with(id, |standing| match standing {
            Standing::Own(observed) => {
                observed.progress(0);
                true
            }
            Standing::Above(_) => false,
        });
        own.unwrap_or(false)
    }

    /// Looks at a span under the lock: no code of users' runs in here.
    fn with<R>(&self, id: &Id, look: impl FnOnce(&mut Standing) -> R) -> Option<R> {
        if self.is_empty() {
            return None;
        }
        self.shard(id).get_mut(&id.into_u64()).map(look)
    }

    fn shard(&self, id: &Id) -> MutexGuard<'_, Shard> {
        // Other bits than those by which the map of a shard finds its place.
        let shard = &self.shards[(spread(id.into_u64()) >> 32) as usize % SHARDS];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ids are places in a slab, with the thread in their upper bits.
const fn spread(id: u64) -> u64 {
    let product = id.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ (product >> 32)
}

/// Hashes an id; nobody outside of the process chooses ids.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = spread(self.0 ^ u64::from(*byte));
        }
    }

    fn write_u64(&mut self, id: u64) {
        self.0 = spread(id);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
