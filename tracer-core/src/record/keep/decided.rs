//! What was decided about traces lately.

use super::{Reason, TraceKey};

/// Traces that are remembered, at most: 256 KiB of them, whatever comes.
const PLACES: usize = 1 << 15;

/// A table with one place for each id: who comes later takes it over.
#[derive(Debug)]
pub(super) struct Decided(Vec<u64>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Kept(Reason),
    Dropped,
}

impl Decided {
    pub(super) fn new() -> Self {
        Self(vec![0; PLACES])
    }

    pub(super) fn get(&self, trace: TraceKey) -> Option<Verdict> {
        let (place, print) = place(trace);
        let word = *self.0.get(place)?;
        if word & !CODE != print {
            return None;
        }
        Some(match word & CODE {
            1 => Verdict::Kept(Reason::Error),
            2 => Verdict::Kept(Reason::Slow),
            3 => Verdict::Kept(Reason::Priority),
            4 => Verdict::Dropped,
            _ => return None,
        })
    }

    pub(super) fn set(&mut self, trace: TraceKey, verdict: Verdict) {
        let (place, print) = place(trace);
        let code = match verdict {
            Verdict::Kept(Reason::Error) => 1,
            Verdict::Kept(Reason::Slow) => 2,
            Verdict::Kept(Reason::Priority) => 3,
            Verdict::Dropped => 4,
        };
        if let Some(word) = self.0.get_mut(place) {
            *word = print | code;
        }
    }
}

/// The bits of a word that say what was decided. The others tell the trace from those that would
/// have the same place: 61 bits, which two traces do not share by accident.
const CODE: u64 = 7;

fn place([high, low]: TraceKey) -> (usize, u64) {
    // Callers' ids need not be random all over: every bit counts.
    let mixed = (low ^ high.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed >> 49) as usize % PLACES, mixed & !CODE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verdict_comes_back() {
        let mut decided = Decided::new();
        let verdicts = [
            Verdict::Kept(Reason::Error),
            Verdict::Kept(Reason::Slow),
            Verdict::Kept(Reason::Priority),
            Verdict::Dropped,
        ];
        for (nth, verdict) in (1..).zip(verdicts) {
            assert_eq!(decided.get([nth, nth]), None);
            decided.set([nth, nth], verdict);
            assert_eq!(decided.get([nth, nth]), Some(verdict));
        }
        decided.set([1, 1], Verdict::Dropped);
        assert_eq!(decided.get([1, 1]), Some(Verdict::Dropped), "the latest one");
    }

    /// Ids that differ in a few bits only, as a caller may make them.
    #[test]
    fn nothing_is_taken_for_another_and_most_are_remembered() {
        for shape in [|nth| [0, nth], |nth| [nth, 1], |nth: u64| [nth << 40, 7]] {
            let mut decided = Decided::new();
            let count = PLACES as u64 / 8;
            (1..=count).for_each(|nth| decided.set(shape(nth), Verdict::Kept(Reason::Slow)));
            let known = (1..=count).filter(|nth| decided.get(shape(*nth)).is_some()).count();
            assert!(known as u64 > count * 3 / 4, "{known} of {count}");
            assert!((count + 1..count * 9).all(|nth| decided.get(shape(nth)).is_none()));
        }
    }
}
