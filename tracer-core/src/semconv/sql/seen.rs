//! How often a statement was asked for of late, without any memory of its text.
//!
//! One counter stands for many statements: the one that holds it gains by being seen, and loses it
//! when others are seen more often. Counts begin anew from time to time, so that what is rare
//! never adds up. A lost update does no harm, and so nobody waits for anybody.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

const COUNTERS: usize = 2048;
/// What the counters take.
pub(super) const BYTES: usize = size_of::<AtomicU64>() * COUNTERS;
/// Sightings of all statements after which counts begin anew.
const WINDOW: u32 = 1 << 16;

static SIGHTINGS: AtomicU32 = AtomicU32::new(0);
/// Half a hash, the window it was seen in, and how often: 32, 16 and 16 bits.
static SEEN: [AtomicU64; COUNTERS] = [const { AtomicU64::new(0) }; COUNTERS];

/// How often the statement of this hash was seen in this window; now is one time more. Less if
/// others share its counter.
pub(super) fn count(hash: u64) -> u64 {
    let window = u64::from(SIGHTINGS.fetch_add(1, Relaxed) / WINDOW);
    // Statements that share a counter in one window do not in the next.
    let place = (hash >> 32) ^ (hash >> 11).wrapping_mul(window);
    let Some(counter) = SEEN.get(place as usize % COUNTERS) else {
        return 0;
    };
    let mark = (hash << 32) | (window << 16);
    let found = counter.load(Relaxed);
    let (found_mark, times) = (found & !0xffff, found & 0xffff);
    let is_stale = times == 0 || (found ^ mark) & 0xffff_0000 != 0;
    if is_stale || found_mark == mark {
        let times = if is_stale { 1 } else { (times + 1).min(0xffff) };
        counter.store(mark | times, Relaxed);
        times
    } else {
        counter.store(found - 1, Relaxed);
        0
    }
}
