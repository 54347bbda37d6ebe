//! The series of one histogram.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use arc_swap::{ArcSwap, ArcSwapOption};
use foldhash::fast::RandomState;
use tracer_core::{EndedSpan, Value};

use crate::instrument::{Instrument, Labels};
use crate::series::{Counters, Series};

/// Longest label, in bytes.
const MAX_LABEL: usize = 256;

/// By the hash of their labels; of two that have the same one, the second is at the next number.
type Map = HashMap<u64, Arc<Counters>, RandomState>;

pub(crate) struct Table {
    instrument: Instrument,
    pub(crate) max: usize,
    pub(crate) to_facade: bool,
    hasher: RandomState,
    /// Read without a lock. A new series takes a copy of it, which happens so many times as there
    /// can be series.
    map: ArcSwap<Map>,
    /// Made when there is something over the limit.
    overflow: ArcSwapOption<Counters>,
}

impl Table {
    pub(crate) fn new(instrument: Instrument, max: usize, to_facade: bool) -> Self {
        Self {
            instrument,
            max,
            to_facade,
            hasher: RandomState::default(),
            map: ArcSwap::from_pointee(Map::default()),
            overflow: ArcSwapOption::empty(),
        }
    }

    #[inline]
    pub(crate) fn record(&self, span: &EndedSpan<'_>) {
        let labels = self.instrument.labels_of(span);
        let hash = self.hash(&labels);
        if let Ok(series) = find(&self.map.load(), hash, &labels) {
            return series.record(span);
        }
        self.record_first(hash, &labels, span);
    }

    /// The same for what is not there yet.
    #[cold]
    fn record_first(&self, hash: u64, labels: &Labels<'_>, span: &EndedSpan<'_>) {
        let is_full = self.map.load().len() >= self.max;
        if is_full || labels.iter().flatten().any(|label| is_long(label)) {
            return self.record_overflow(span);
        }
        let make = || Arc::new(Counters::new(self.instrument, Some(labels), self.to_facade));
        let mut new = None;
        // Not under a lock: a fork could be made while another thread has it.
        self.map.rcu(|map| match find(map, hash, labels) {
            Err(at) if map.len() < self.max => {
                let mut map = Map::clone(map);
                map.insert(at, Arc::clone(new.get_or_insert_with(make)));
                Arc::new(map)
            }
            Ok(_) | Err(_) => Arc::clone(map),
        });
        match find(&self.map.load(), hash, labels) {
            Ok(series) => series.record(span),
            Err(_) => self.record_overflow(span),
        }
    }

    fn record_overflow(&self, span: &EndedSpan<'_>) {
        if self.overflow.load().is_none() {
            let new = Arc::new(Counters::new(self.instrument, None, self.to_facade));
            self.overflow.rcu(|old| Some(old.clone().unwrap_or_else(|| Arc::clone(&new))));
        }
        if let Some(overflow) = &*self.overflow.load() {
            overflow.record(span);
        }
    }

    fn hash(&self, labels: &Labels<'_>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        for label in labels {
            match label {
                None => hasher.write_u8(0),
                Some(Value::Str(text)) => {
                    hasher.write(text.as_bytes());
                    hasher.write_u8(1);
                }
                Some(Value::I64(number)) => hasher.write_i64(*number),
                Some(other) => hasher.write_u8(u8::from(**other == Value::Bool(true))),
            }
        }
        hasher.finish()
    }

    /// All in which something was counted, in the order of their labels.
    pub(crate) fn series(&self) -> Vec<Series> {
        let (map, overflow) = (self.map.load(), self.overflow.load());
        let all = map.values().map(|series| &**series).chain(overflow.as_deref());
        let mut series: Vec<_> = all.filter_map(Counters::read).collect();
        series.sort_by(|one, other| one.labels.cmp(&other.labels));
        series.dedup_by(|second, first| {
            let same = second.labels == first.labels;
            if same {
                first.add(second);
            }
            same
        });
        series
    }
}

/// The series, or the number at which it would be.
fn find<'a>(map: &'a Map, hash: u64, labels: &Labels<'_>) -> Result<&'a Counters, u64> {
    let mut at = hash;
    while let Some(series) = map.get(&at) {
        if series.has(labels) {
            return Ok(series);
        }
        at = at.wrapping_add(1);
    }
    Err(at)
}

fn is_long(label: &Value) -> bool {
    label.as_str().is_some_and(|text| text.len() > MAX_LABEL)
}
