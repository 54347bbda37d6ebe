//! The traces that are held, oldest first.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use super::TraceKey;
use crate::record::chunk::{Chunk, Unpacked};

/// A trace that is held.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) chunk: Chunk,
    /// When its first span came.
    pub(super) since: Instant,
    /// Whether a local root of it has ended.
    pub(super) ended: bool,
    order: Order,
}

/// Whether it is the first that is seen of its trace, and its number. What came of traces that were
/// let go already goes first, then the oldest.
type Order = (bool, u64);

/// Bytes that a trace takes beside its spans: its places in the two maps, which are full to 7/16 at
/// least, and half.
pub(super) const OVERHEAD: usize =
    size_of::<(TraceKey, Held)>() * 3 + size_of::<(Order, TraceKey)>() * 3;

#[derive(Debug, Default)]
pub(super) struct Traces {
    held: HashMap<TraceKey, Held>,
    order: BTreeMap<Order, TraceKey>,
    latest: u64,
    spans: usize,
    bytes: usize,
}

impl Traces {
    /// Number of spans that are held of a trace.
    pub(super) fn spans_of(&self, trace: TraceKey) -> usize {
        self.held.get(&trace).map_or(0, |held| held.chunk.len())
    }

    /// Takes the next span of these in. `again` says that its trace was let go before.
    pub(super) fn add(&mut self, trace: TraceKey, again: bool, now: Instant, spans: &mut Unpacked) {
        let held = match self.held.entry(trace) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                self.latest += 1;
                self.bytes += OVERHEAD;
                let order = (!again, self.latest);
                self.order.insert(order, trace);
                let chunk = Chunk::new(usize::MAX);
                entry.insert(Held { chunk, since: now, ended: false, order })
            }
        };
        let before = held.chunk.bytes();
        spans.move_into(&mut held.chunk, false);
        self.spans += 1;
        self.bytes += held.chunk.bytes() - before;
    }

    /// Notes that a local root of it has ended. True for the first one.
    pub(super) fn end(&mut self, trace: TraceKey) -> bool {
        self.held.get_mut(&trace).is_some_and(|held| !std::mem::replace(&mut held.ended, true))
    }

    pub(super) fn has_ended(&self, trace: TraceKey) -> bool {
        self.held.get(&trace).is_some_and(|held| held.ended)
    }

    pub(super) fn remove(&mut self, trace: TraceKey) -> Option<Held> {
        let held = self.held.remove(&trace)?;
        self.order.remove(&held.order);
        self.spans -= held.chunk.len();
        self.bytes -= held.chunk.bytes() + OVERHEAD;
        Some(held)
    }

    /// The one that goes first where there is no room.
    pub(super) fn first(&self) -> Option<TraceKey> {
        self.order.values().next().copied()
    }

    /// The one that has waited longest.
    pub(super) fn oldest(&self) -> Option<(TraceKey, Instant)> {
        let fresh = self.order.range((true, 0)..).next();
        let both = [self.order.first_key_value(), fresh];
        let ages = both.into_iter().flatten().filter_map(|(_, trace)| {
            let held = self.held.get(trace)?;
            Some((*trace, held.since))
        });
        ages.min_by_key(|(_, since)| *since)
    }

    pub(super) const fn spans(&self) -> usize {
        self.spans
    }

    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Held {
    /// Whether it was let go before: what came since has no local root to wait for.
    pub(super) const fn is_rest(&self) -> bool {
        !self.order.0
    }
}
