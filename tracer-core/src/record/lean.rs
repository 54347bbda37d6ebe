//! The ring for spans that are nothing but ids, two times and a static name: one cache line each,
//! written word by word where it is to stay.
//!
//! A general ring moves values in and out, and to move a record that has just been written means
//! to read it in wide words before the narrow ones have reached the cache: measured, that wait was
//! a third of the cost of a child span. Atomics need no move, and no unsafe code either.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering, fence};

use super::chunk::Chunk;
use super::entry::SpanHead;
use super::names;
use crate::span::SpanKind;

/// A span's words: one cache line.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Line([AtomicU64; 8]);

/// Bytes that one span takes.
pub(super) const LINE: usize = size_of::<Line>();

/// What a lean span is made of. The last word holds its name and flags.
pub(crate) type Words = [u64; 7];

#[derive(Debug)]
struct Ring {
    /// A power of two.
    lines: Box<[Line]>,
    /// Spans written so far; only the writer's to change.
    tail: AtomicUsize,
    /// Spans read so far; only the reader's to change.
    head: AtomicUsize,
}

#[derive(Debug)]
pub(super) struct LeanWriter {
    ring: Arc<Ring>,
    tail: usize,
    /// How far the reader had come when last looked at.
    head: usize,
}

#[derive(Debug)]
pub(super) struct LeanReader {
    ring: Arc<Ring>,
}

/// A ring for this many spans, a power of two, or zero.
pub(super) fn ring(spans: usize) -> (LeanWriter, LeanReader) {
    let lines = (0..spans).map(|_| Line::default()).collect();
    let (tail, head) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let ring = Arc::new(Ring { lines, tail, head });
    (LeanWriter { ring: Arc::clone(&ring), tail: 0, head: 0 }, LeanReader { ring })
}

impl LeanWriter {
    /// Writes a span; false where the ring is full.
    #[inline]
    pub(super) fn push(&mut self, words: &Words) -> bool {
        let ring = &*self.ring;
        if self.tail.wrapping_sub(self.head) >= ring.lines.len() {
            // With this the reader's work on the lines is seen to be over.
            self.head = ring.head.load(Ordering::Acquire);
            if self.tail.wrapping_sub(self.head) >= ring.lines.len() {
                return false;
            }
        }
        let Some(line) = ring.lines.get(self.tail & (ring.lines.len() - 1)) else { return false };
        for (place, word) in line.0.iter().zip(words) {
            place.store(*word, Ordering::Relaxed);
        }
        self.tail = self.tail.wrapping_add(1);
        ring.tail.store(self.tail, Ordering::Release);
        true
    }

    pub(super) fn capacity(&self) -> usize {
        self.ring.lines.len()
    }

    /// Spans that wait in the ring.
    pub(super) fn queued(&self) -> usize {
        self.tail.wrapping_sub(self.ring.head.load(Ordering::Relaxed))
    }
}

impl LeanReader {
    pub(super) fn queued(&self) -> usize {
        let head = self.ring.head.load(Ordering::Relaxed);
        self.ring.tail.load(Ordering::Acquire).wrapping_sub(head)
    }

    /// Whether the writer has left.
    pub(super) fn is_abandoned(&self) -> bool {
        let gone = Arc::strong_count(&self.ring) == 1;
        // What it wrote before it left is seen from here on.
        fence(Ordering::Acquire);
        gone
    }

    /// Moves up to `max` spans out. Returns how many.
    pub(super) fn drain(&mut self, chunk: &mut Chunk, max: usize) -> usize {
        let head = self.ring.head.load(Ordering::Relaxed);
        let count = self.queued().min(max);
        let mut moved = 0;
        while moved < count && !chunk.is_full() {
            let at = head.wrapping_add(moved) & (self.ring.lines.len() - 1);
            let Some(line) = self.ring.lines.get(at) else { break };
            chunk.begin(unpack(line));
            moved += 1;
        }
        self.ring.head.store(head.wrapping_add(moved), Ordering::Release);
        moved
    }
}

/// The last word.
#[inline]
pub(crate) fn pack(name: names::NameId, flags: u8) -> u64 {
    (u64::from(name.0) << 8) | u64::from(flags)
}

/// The name in the last word.
pub(crate) fn unpack_name(word: u64) -> &'static str {
    names::get(names::NameId(u32::try_from(word >> 8).unwrap_or(u32::MAX)))
}

fn unpack(line: &Line) -> SpanHead {
    let word = |at: usize| line.0[at].load(Ordering::Relaxed);
    SpanHead {
        trace_id: [word(0), word(1)],
        span_id: word(2),
        parent_id: word(3),
        start: word(4),
        end: word(5),
        name: Cow::Borrowed(unpack_name(word(6))),
        items: 0,
        heap: 0,
        kind: SpanKind::Internal,
        flags: (word(6) & 0xff) as u8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(nth: u64) -> Words {
        [nth, nth, nth, nth, nth, nth, pack(names::intern("n"), 3)]
    }

    #[test]
    fn a_full_ring_refuses_and_goes_on_once_read() {
        let (mut writer, mut reader) = ring(4);
        assert!((0..4).all(|nth| writer.push(&words(nth))));
        assert!(!writer.push(&words(4)));
        let mut chunk = Chunk::new(16);
        assert_eq!(reader.drain(&mut chunk, 3), 3);
        assert!((4..7).all(|nth| writer.push(&words(nth))));
        assert!(!writer.push(&words(7)));
        assert_eq!(reader.drain(&mut chunk, 16), 4);
        let order: Vec<_> = chunk.spans.iter().map(|span| span.span_id).collect();
        assert_eq!(order, [0, 1, 2, 3, 4, 5, 6]);
        assert!(chunk.spans.iter().all(|span| span.name == "n" && span.flags == 3));
    }

    #[test]
    fn an_empty_ring_takes_nothing() {
        assert!(!ring(0).0.push(&words(0)));
    }

    #[test]
    fn two_threads_lose_nothing_and_mix_nothing_up() {
        let (mut writer, mut reader) = ring(64);
        let total = 100_000;
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let mut nth = 0;
                while nth < total {
                    if writer.push(&words(nth)) {
                        nth += 1;
                    } else {
                        std::hint::spin_loop();
                    }
                }
            });
            let mut next = 0;
            while next < total {
                let mut chunk = Chunk::new(1000);
                reader.drain(&mut chunk, 1000);
                for span in &chunk.spans {
                    assert_eq!(
                        (span.span_id, span.parent_id, span.trace_id),
                        (next, next, [next; 2])
                    );
                    next += 1;
                }
            }
        });
        assert!(reader.is_abandoned());
    }
}
