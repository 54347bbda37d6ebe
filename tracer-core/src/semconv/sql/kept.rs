//! What was found out about the statements that a program sends often.
//!
//! Places are few and are never given up, so that what is kept can be shown without a copy. They
//! go to what is asked for often: the fewer are left, the more sightings one costs. A program that
//! makes up hundreds of texts, each with its own number of placeholders, does not take all of them
//! from the statements that matter. Nobody ever waits: places are looked at without a lock, and
//! are taken at most [`MAX_KEPT`] times in the life of the process.
//!
//! All of it takes `448 * (2 * 2048 + 255)` bytes for the texts and about 90 KiB for the tables:
//! less than 2 MiB.

use std::borrow::Cow;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::hash::hash;
use super::{Description, Dialect, read, seen};

/// Most statements kept for the life of the process. What comes later is read each time.
const MAX_KEPT: usize = 448;
/// Longest statement kept. Its text without values is no longer.
const MAX_BYTES: usize = 2048;
/// So many are kept before a place costs twice as many sightings.
const STEP: usize = 64;
/// More than are kept, so that a place is found near to where the hash says.
const PLACES: usize = 1024;
/// Most places looked at.
const MAX_TRIES: usize = 32;

/// A statement, its text without values, and its summary.
const MAX_TEXTS: usize = MAX_KEPT * (2 * MAX_BYTES + 255);
const _: () = assert!(MAX_TEXTS + size_of::<[OnceLock<Kept>; PLACES]>() + seen::BYTES <= 2 << 20);

static KEPT: [OnceLock<Kept>; PLACES] = [const { OnceLock::new() }; PLACES];
static COUNT: AtomicUsize = AtomicUsize::new(0);

#[derive(Debug)]
struct Kept {
    hash: u64,
    dialect: Dialect,
    sql: Box<str>,
    summary: Option<Box<str>>,
    text: Text,
}

#[derive(Debug)]
enum Text {
    None,
    /// Most of a program's statements hold nothing that has to be masked.
    Same,
    Masked(Box<str>),
}

/// What is known of a statement, read now if it is not kept.
pub(super) fn describe(dialect: Dialect, sql: &str) -> Description {
    if sql.len() > MAX_BYTES {
        return read(dialect, sql);
    }
    let hash = hash(dialect, sql);
    for place in places(hash) {
        match place.get() {
            Some(kept) if kept.is_of(hash, dialect, sql) => return kept.description(),
            Some(_) => {}
            None => break,
        }
    }
    read_new(hash, dialect, sql)
}

#[cold]
fn read_new(hash: u64, dialect: Dialect, sql: &str) -> Description {
    let description = read(dialect, sql);
    let count = COUNT.load(Relaxed);
    if count < MAX_KEPT && seen::count(hash) >= price(count) {
        keep(Kept::new(hash, dialect, sql, &description));
    }
    description
}

/// Sightings that a place costs when so many are taken: from 2 to 128.
const fn price(count: usize) -> u64 {
    2 << (count / STEP)
}

fn keep(mut kept: Kept) {
    let more = |count| (count < MAX_KEPT).then_some(count + 1);
    if COUNT.fetch_update(Relaxed, Relaxed, more).is_err() {
        return;
    }
    for place in places(kept.hash) {
        kept = match place.set(kept) {
            Ok(()) => return,
            Err(kept) => kept,
        };
        // Another thread was faster.
        if place.get().is_some_and(|other| other.is_of(kept.hash, kept.dialect, &kept.sql)) {
            break;
        }
    }
    COUNT.fetch_sub(1, Relaxed);
}

/// Where a statement may be, in the order of trying: none is behind a place that is free.
fn places(hash: u64) -> impl Iterator<Item = &'static OnceLock<Kept>> {
    let first = hash as usize;
    (0..MAX_TRIES).filter_map(move |step| KEPT.get(first.wrapping_add(step) % PLACES))
}

impl Kept {
    fn new(hash: u64, dialect: Dialect, sql: &str, found: &Description) -> Self {
        let text = match found.text.as_deref() {
            None => Text::None,
            Some(text) if text == sql => Text::Same,
            Some(text) => Text::Masked(text.into()),
        };
        let summary = found.summary.as_deref().map(Box::from);
        Self { hash, dialect, sql: sql.into(), summary, text }
    }

    fn is_of(&self, hash: u64, dialect: Dialect, sql: &str) -> bool {
        self.hash == hash && self.dialect == dialect && *self.sql == *sql
    }

    fn description(&'static self) -> Description {
        let text = match &self.text {
            Text::None => None,
            Text::Same => Some(&*self.sql),
            Text::Masked(text) => Some(&**text),
        };
        Description {
            summary: self.summary.as_deref().map(Cow::Borrowed),
            text: text.map(Cow::Borrowed),
        }
    }
}
