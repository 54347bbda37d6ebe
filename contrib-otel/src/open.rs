//! The spans that opentelemetry's code has open, by their ids.
//!
//! A `Context` of opentelemetry's gives no access to the span in it but by methods that lock it, and
//! whose locks run users' code (an error's `Display`, an iterator of attributes): asking the span
//! itself could wait for ever. So a span that has told its ids to a `Context` can be found by them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tracer_core::{Baggage, Span, SpanRef};

use crate::convert::Ids;

/// A span that a `Context` may hold.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    pub(crate) span: SpanRef,
    /// Of its baggage, what the `Context` has shown in which it was started.
    pub(crate) seen: Baggage,
}

const SHARDS: usize = 16;

type Shard = Mutex<HashMap<Ids, Open, BuildHasherDefault<SpanIdHasher>>>;

static OPEN: [Shard; SHARDS] =
    [const { Mutex::new(HashMap::with_hasher(BuildHasherDefault::new())) }; SHARDS];

fn shard(ids: Ids) -> MutexGuard<'static, HashMap<Ids, Open, BuildHasherDefault<SpanIdHasher>>> {
    OPEN[ids.1 as usize % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a span findable. False where another one of these ids is, as while tracing is off, when
/// spans have the ids of their callers.
pub(crate) fn insert(ids: Ids, open: Open) -> bool {
    let mut spans = shard(ids);
    let is_new = !spans.contains_key(&ids);
    if is_new {
        spans.insert(ids, open);
    }
    is_new
}

pub(crate) fn find(ids: Ids) -> Option<Open> {
    shard(ids).get(&ids).cloned()
}

/// Forgets a span that nobody holds any more.
pub(crate) fn remove(ids: Ids) {
    let gone = shard(ids).remove(&ids);
    // Not under the lock: it may be the last holder of a tracer's parts.
    drop(gone);
}

/// A span has ended that a `Context` may still hold: its ids say enough, but for its baggage. True
/// where it is still to be found.
pub(crate) fn end(ids: Ids) -> bool {
    let Some(open) = shard(ids).remove(&ids) else { return false };
    let context = open.span.context();
    let stays = !context.baggage().is_empty();
    if stays {
        let span = Span::passive(context).handle();
        shard(ids).insert(ids, Open { span, seen: open.seen });
    }
    stays
}

/// Span ids are random: they are their own hash. The low bits have chosen the shard.
#[derive(Debug, Default)]
struct SpanIdHasher(u64);

impl Hasher for SpanIdHasher {
    fn write(&mut self, bytes: &[u8]) {
        // The trace's id, which comes first, says less: all spans of a trace have it.
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, trace_id: u128) {
        self.0 = trace_id as u64;
    }

    fn write_u64(&mut self, span_id: u64) {
        self.0 ^= span_id.rotate_right(SHARDS.trailing_zeros());
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
