//! What was found out about a program's own statements: it has few, and sends them often.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use super::{Description, Dialect, read};

/// Most statements kept for the life of the process. What comes later is read each time, so that
/// somebody who builds statements pays for it with time and not with memory.
const MAX_KEPT: usize = 512;
/// Longest statement kept.
const MAX_BYTES: usize = 2048;
/// Statements that a thread remembers, each in the place its hash says.
const PER_THREAD: usize = 128;

#[derive(Debug)]
struct Kept {
    dialect: Dialect,
    sql: &'static str,
    summary: Option<&'static str>,
    text: Option<&'static str>,
}

type All<'a> = HashMap<(Dialect, &'a str), &'static Kept>;

static ALL: LazyLock<Mutex<All<'static>>> = LazyLock::new(Mutex::default);

thread_local! {
    static RECENT: [Cell<Option<&'static Kept>>; PER_THREAD] =
        const { [const { Cell::new(None) }; PER_THREAD] };
}

/// What is known of a statement, read now if it is new.
pub(super) fn describe(dialect: Dialect, sql: &str) -> Description {
    if sql.len() > MAX_BYTES {
        return read(dialect, sql);
    }
    let place = hash(sql) % PER_THREAD;
    match RECENT.try_with(|recent| recent.get(place)?.get()).ok().flatten() {
        Some(kept) if kept.sql == sql && kept.dialect == dialect => kept.description(),
        _ => look_up(dialect, sql, place),
    }
}

#[cold]
fn look_up(dialect: Dialect, sql: &str, place: usize) -> Description {
    let Some(kept) = find(&lock(), dialect, sql) else {
        // Reading takes longer than others should have to wait.
        let description = read(dialect, sql);
        return keep(dialect, sql, &description).map_or(description, Kept::description);
    };
    // A thread on its way out has no memory: nothing is lost but time.
    let _ = RECENT.try_with(|recent| recent.get(place).map(|entry| entry.set(Some(kept))));
    kept.description()
}

fn keep(dialect: Dialect, sql: &str, description: &Description) -> Option<&'static Kept> {
    let mut all = lock();
    if let Some(kept) = find(&all, dialect, sql) {
        return Some(kept);
    }
    if all.len() >= MAX_KEPT {
        return None;
    }
    let sql: &'static str = Box::leak(sql.into());
    let text = match description.text.as_deref() {
        // Most of a program's statements hold nothing that has to be masked.
        Some(text) if text == sql => Some(sql),
        text => text.map(leak),
    };
    let summary = description.summary.as_deref().map(leak);
    let kept: &'static Kept = Box::leak(Box::new(Kept { dialect, sql, summary, text }));
    all.insert((dialect, sql), kept);
    Some(kept)
}

fn lock() -> std::sync::MutexGuard<'static, All<'static>> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A map with keys of any lifetime can be asked with keys of that lifetime.
fn find<'a>(all: &All<'a>, dialect: Dialect, sql: &'a str) -> Option<&'static Kept> {
    all.get(&(dialect, sql)).copied()
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.into())
}

impl Kept {
    fn description(&self) -> Description {
        Description { summary: self.summary.map(Cow::Borrowed), text: self.text.map(Cow::Borrowed) }
    }
}

/// The whole text counts, for statements often differ in one column only.
fn hash(sql: &str) -> usize {
    let (blocks, rest) = sql.as_bytes().as_chunks::<32>();
    // Two sums side by side, as each multiplication has to wait for the one before it.
    let (mut even, mut odd) = (sql.len() as u64, FACTOR);
    for block in blocks {
        let (parts, _) = block.as_chunks::<16>();
        let [first, second] = parts else {
            continue;
        };
        even = mixed(even, *first);
        odd = mixed(odd, *second);
    }
    for part in rest.chunks(16) {
        // What was read before may be read again, which is cheaper than to read bytes one by one.
        let part = match sql.as_bytes().last_chunk::<16>() {
            Some(last) if part.len() < 16 => *last,
            _ => std::array::from_fn(|at| part.get(at).copied().unwrap_or_default()),
        };
        even = mixed(even, part);
    }
    // The upper bits are the well mixed ones.
    ((even ^ odd.rotate_left(32)).wrapping_mul(FACTOR) >> 40) as usize
}

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

fn mixed(sum: u64, part: [u8; 16]) -> u64 {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = part;
    let low = u64::from_le_bytes([a, b, c, d, e, f, g, h]) ^ sum;
    let high = u64::from_le_bytes([i, j, k, l, m, n, o, p]) ^ FACTOR;
    let product = u128::from(low) * u128::from(high);
    (product as u64) ^ ((product >> 64) as u64)
}
