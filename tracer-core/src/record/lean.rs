//! The ring for plain spans, which have no tags and a static name: one cache line each, written
//! word by word where it is to stay.
//!
//! A general ring moves values in and out, and to move a record that has just been written means
//! to read it in wide words before the narrow ones have reached the cache: measured, that wait was
//! a third of the cost of a child span. Atomics need no move, and no unsafe code either.

use std::borrow::Cow;

use super::chunk::Chunk;
use super::entry::SpanHead;
use super::names;
use crate::sampler::{SampledBy, SamplerKind};
use crate::span::SpanKind;
use crate::sync::Arc;
use crate::sync::atomic::{AtomicU64, AtomicUsize, Ordering, fence};

/// A span's words: one cache line.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Line([AtomicU64; 8]);

/// A span that is nothing but this, as the ring has it.
#[derive(Debug, Default)]
pub(crate) struct PlainSpan {
    pub(crate) trace_id: [u64; 2],
    pub(crate) span_id: u64,
    pub(crate) parent_id: u64,
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// Name and flags: see [`pack`].
    pub(crate) name: u64,
    /// Kind and who decided: see [`pack_origin`]. Zero for most.
    pub(crate) origin: u64,
}

/// Bytes that one span takes.
pub(super) const LINE: usize = size_of::<Line>();

#[derive(Debug)]
struct Ring {
    /// A power of two.
    lines: Box<[Line]>,
    /// Spans written so far; only the writer's to change.
    tail: Position,
    /// Spans read so far; only the reader's to change.
    head: Position,
}

/// In a cache line of its own, for the other side's work not to disturb it.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Position(AtomicUsize);

#[derive(Debug)]
pub(super) struct LeanWriter {
    ring: Arc<Ring>,
    tail: usize,
}

#[derive(Debug)]
pub(super) struct LeanReader {
    ring: Arc<Ring>,
}

/// A ring for this many spans, a power of two, or zero.
pub(super) fn ring(spans: usize) -> (LeanWriter, LeanReader) {
    let lines = (0..spans).map(|_| Line::default()).collect();
    let (tail, head) = (Position::default(), Position::default());
    let ring = Arc::new(Ring { lines, tail, head });
    (LeanWriter { ring: Arc::clone(&ring), tail: 0 }, LeanReader { ring })
}

impl LeanWriter {
    /// How many spans the ring takes now.
    pub(super) fn room(&self) -> usize {
        // With this the reader's work on the lines is seen to be over.
        self.ring.lines.len() - self.tail.wrapping_sub(self.ring.head.0.load(Ordering::Acquire))
    }

    /// Writes a span into a ring that has [room](Self::room) for it: to look each time would cost
    /// more than the rest.
    #[inline(always)]
    #[allow(clippy::needless_pass_by_value, reason = "its words are to stay in registers")]
    pub(super) fn push(&mut self, span: PlainSpan) {
        let ring = &*self.ring;
        let Some(line) = ring.lines.get(self.tail & (ring.lines.len() - 1)) else { return };
        let put = |at: usize, word: u64| line.0[at].store(word, Ordering::Relaxed);
        put(0, span.trace_id[0]);
        put(1, span.trace_id[1]);
        put(2, span.span_id);
        put(3, span.parent_id);
        put(4, span.start);
        put(5, span.end);
        put(6, span.name);
        put(7, span.origin);
        self.tail = self.tail.wrapping_add(1);
        ring.tail.0.store(self.tail, Ordering::Release);
    }

    pub(super) fn capacity(&self) -> usize {
        self.ring.lines.len()
    }
}

impl LeanReader {
    pub(super) fn queued(&self) -> usize {
        let head = self.ring.head.0.load(Ordering::Relaxed);
        self.ring.tail.0.load(Ordering::Acquire).wrapping_sub(head)
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
        let head = self.ring.head.0.load(Ordering::Relaxed);
        let count = self.queued().min(max);
        let mut moved = 0;
        while moved < count && !chunk.is_full() {
            let at = head.wrapping_add(moved) & (self.ring.lines.len() - 1);
            let Some(line) = self.ring.lines.get(at) else { break };
            chunk.begin(unpack(line));
            moved += 1;
        }
        self.ring.head.0.store(head.wrapping_add(moved), Ordering::Release);
        moved
    }
}

/// The word of name and flags, the latter in the lowest byte.
#[inline]
pub(crate) fn pack(name: names::NameId, flags: u8) -> u64 {
    (u64::from(name.0) << 8) | u64::from(flags)
}

/// The name in that word.
pub(crate) fn unpack_name(word: u64) -> &'static str {
    names::name(name_in(word))
}

/// The flags in that word.
#[inline]
pub(crate) const fn unpack_flags(word: u64) -> u8 {
    (word & 0xff) as u8
}

#[inline]
fn name_in(word: u64) -> names::NameId {
    names::NameId(u32::try_from(word >> 8).unwrap_or(u32::MAX))
}

/// The word of kind and who decided: a byte for either, and the sampler's parameter.
#[inline]
pub(crate) fn pack_origin(kind: SpanKind, by: Option<SampledBy>) -> u64 {
    let (sampler, param) = SampledBy::into_parts(by);
    let sampler = sampler.map_or(0, |sampler| sampler as u64 + 1);
    kind as u64 | (sampler << 8) | (u64::from(param.to_bits()) << 32)
}

/// Kind and who decided in that word.
#[inline]
pub(crate) fn unpack_origin(word: u64) -> (SpanKind, Option<SamplerKind>, f32) {
    const KINDS: [SpanKind; 5] = [
        SpanKind::Internal,
        SpanKind::Server,
        SpanKind::Client,
        SpanKind::Producer,
        SpanKind::Consumer,
    ];
    const SAMPLERS: [Option<SamplerKind>; 5] = [
        None,
        Some(SamplerKind::Const),
        Some(SamplerKind::Probabilistic),
        Some(SamplerKind::RateLimiting),
        Some(SamplerKind::LowerBound),
    ];
    let byte = |at: u32| ((word >> at) & 0xff) as usize;
    let kind = KINDS.get(byte(0)).copied().unwrap_or_default();
    let sampler = SAMPLERS.get(byte(8)).copied().flatten();
    (kind, sampler, f32::from_bits((word >> 32) as u32))
}

#[inline]
fn unpack(line: &Line) -> SpanHead {
    let word = |at: usize| line.0[at].load(Ordering::Relaxed);
    let (kind, decided_by, sampler_param) = unpack_origin(word(7));
    SpanHead {
        trace_id: [word(0), word(1)],
        span_id: word(2),
        parent_id: word(3),
        start: word(4),
        end: word(5),
        name: Cow::Borrowed(names::name(name_in(word(6)))),
        tags: 0,
        fields: 0,
        items: 0,
        heap: 0,
        sampler_param,
        decided_by,
        kind,
        flags: unpack_flags(word(6)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(writer: &mut LeanWriter, nth: u64) -> bool {
        // Another test may have the list of names.
        let name = std::iter::repeat_with(|| names::intern("n")).flatten().next();
        let has_room = writer.room() > 0;
        if let (true, Some(name)) = (has_room, name) {
            writer.push(PlainSpan {
                trace_id: [nth; 2],
                span_id: nth,
                parent_id: nth,
                start: nth,
                end: nth,
                name: pack(name, 3),
                origin: 0,
            });
        }
        has_room
    }

    #[test]
    fn kind_and_sampler_come_back() {
        use SamplerKind::{Const, LowerBound, Probabilistic, RateLimiting};
        use SpanKind::{Client, Consumer, Internal, Producer, Server};
        for kind in [Internal, Server, Client, Producer, Consumer] {
            assert_eq!(unpack_origin(pack_origin(kind, None)), (kind, None, 0.0));
            for sampler in [Const, Probabilistic, RateLimiting, LowerBound] {
                let word = pack_origin(kind, Some(SampledBy::new(sampler, 0.25)));
                assert_eq!(unpack_origin(word), (kind, Some(sampler), 0.25));
            }
        }
        assert_eq!(pack_origin(Internal, None), 0);
    }

    #[test]
    fn a_full_ring_refuses_and_goes_on_once_read() {
        let (mut writer, mut reader) = ring(4);
        assert!((0..4).all(|nth| push(&mut writer, nth)));
        assert!(!push(&mut writer, 4));
        let mut chunk = Chunk::new(16);
        assert_eq!(reader.drain(&mut chunk, 3), 3);
        assert!((4..7).all(|nth| push(&mut writer, nth)));
        assert!(!push(&mut writer, 7));
        assert_eq!(reader.drain(&mut chunk, 16), 4);
        let order: Vec<_> = chunk.spans.iter().map(|span| span.head.span_id).collect();
        assert_eq!(order, [0, 1, 2, 3, 4, 5, 6]);
        assert!(chunk.spans.iter().all(|span| span.head.name == "n" && span.head.flags == 3));
    }

    #[test]
    fn an_empty_ring_takes_nothing() {
        assert!(!push(&mut ring(0).0, 0));
    }

    #[test]
    fn two_threads_lose_nothing_and_mix_nothing_up() {
        let (mut writer, mut reader) = ring(64);
        let total = 100_000;
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let mut nth = 0;
                while nth < total {
                    if push(&mut writer, nth) {
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
                for span in chunk.spans.iter().map(|span| &span.head) {
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
