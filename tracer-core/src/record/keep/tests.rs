//! The keeper alone, fed span by span.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use super::*;
use crate::clock::Stamp;
use crate::record::entry::{Item, REMOTE_PARENT, SpanHead, UNIX_END, UNIX_START};
use crate::span::{SpanKind, Status};
use crate::value::Tag;

const SECOND: u64 = 1_000_000_000;

fn head(trace: u64, span_id: u64, parent_id: u64) -> SpanHead {
    SpanHead {
        trace_id: [0, trace],
        span_id,
        parent_id,
        start: SECOND,
        end: 2 * SECOND,
        name: Cow::Borrowed("span"),
        tags: 0,
        fields: 0,
        items: 0,
        heap: 0,
        sampler_param: 0.0,
        decided_by: None,
        kind: SpanKind::Internal,
        flags: HELD | UNIX_START | UNIX_END,
    }
}

fn keeper(rules: KeepIf) -> Keeper {
    Keeper::new(rules, 512)
}

/// Sorts one span; what goes out at once.
fn sort(keeper: &mut Keeper, head: SpanHead, failed: bool, now: Instant) -> usize {
    keeper.incoming.begin(head);
    if failed {
        keeper.incoming.add(Item::Status(Status::ERROR));
    }
    let mut out = Chunk::new(512);
    let _ = keeper.sort(&mut out, now);
    out.len()
}

fn gone(keeper: &mut Keeper) -> [u64; 3] {
    let Gone { unsampled, not_kept, undecided } = keeper.take_gone();
    [unsampled, not_kept, undecided]
}

fn judge(keeper: &mut Keeper) {
    let _ = keeper.has_ended();
    keeper.judge();
}

#[test]
fn what_belongs_to_a_span_goes_with_it() {
    let mut keeper = keeper(KeepIf::new().failed());
    let text = |text: &str| Tag::new("text", text.to_owned());
    for (nth, sampled) in [(1, false), (2, true), (3, false)] {
        let mut head = head(1, nth, 7);
        head.heap = 100;
        if sampled {
            head.flags = (head.flags & !HELD) | SAMPLED;
        }
        (head.tags, head.fields) = (1, 2);
        keeper.incoming.begin(head);
        let tags = [format!("tag {nth}"), format!("field {nth}"), "second".to_owned()];
        keeper.incoming.add_tags(tags.iter().map(|tag| text(tag)));
        let log = crate::record::LogHead { time: Stamp::Unix(nth), fields: 2 };
        keeper.incoming.add(Item::Log(log));
    }
    let mut out = Chunk::new(512);
    assert_eq!(keeper.sort(&mut out, Instant::now()), 200, "no longer the recorder's");
    assert_eq!((out.len(), keeper.spans()), (1, 2));
    assert_eq!(
        (&out.tags, &*out.fields),
        (&vec![text("tag 2")], &[text("field 2"), text("second")][..])
    );
    assert_eq!(out.clear(), 100, "to be given back with the batch");
    assert_eq!(sort(&mut keeper, head(1, 4, 0), true, Instant::now()), 0);
    keeper.give_ready(&mut out);
    let ids: Vec<_> = out.spans.iter().map(|span| span.head.span_id).collect();
    assert_eq!(ids, [1, 3, 4]);
    let why = Tag::new(semconv::KEPT, "error");
    assert_eq!(out.tags, [text("tag 1"), text("tag 3"), why]);
    assert_eq!(out.fields.len(), 4);
    assert_eq!(out.clear(), 0, "given back already");
    keeper.give_ready(&mut out);
    assert_eq!((keeper.has_ready(), keeper.spans(), keeper.bytes()), (false, 0, 0));
}

#[test]
fn one_that_was_taken_back_takes_the_others_along_whatever_comes_first() {
    for root_first in [true, false] {
        let (mut keeper, now) = (keeper(KeepIf::new().failed()), Instant::now());
        let mut root = head(1, 1, 0);
        root.flags = (root.flags & !HELD) | TAKEN_BACK;
        let mut both = [Some(root), Some(head(1, 2, 1))];
        if !root_first {
            both.reverse();
        }
        for head in both.into_iter().flatten() {
            assert_eq!(sort(&mut keeper, head, false, now), 0);
        }
        judge(&mut keeper);
        assert_eq!((gone(&mut keeper), keeper.spans()), ([1, 1, 0], 0), "{root_first}");
    }
}

#[test]
fn remote_parents_make_local_roots() {
    let (mut keeper, now) = (keeper(KeepIf::new().slower_than(Duration::ZERO)), Instant::now());
    assert_eq!(sort(&mut keeper, head(1, 2, 1), false, now), 0);
    assert!(!keeper.has_ready(), "a child that takes a second");
    let mut root = head(1, 1, 9);
    root.flags |= REMOTE_PARENT;
    let _ = sort(&mut keeper, root, false, now);
    assert!(keeper.has_ready());
}

#[test]
fn who_goes_first_where_there_is_no_room() {
    let now = Instant::now();
    let later = |seconds| now + Duration::from_secs(seconds);
    let rules = KeepIf::new().failed().with_max_bytes(3 * OVERHEAD + 4096);
    let mut keeper = keeper(rules);
    let fill = |keeper: &mut Keeper, trace, at| sort(keeper, head(trace, 5, 4), false, at);
    // What is left of a trace that was let go.
    let _ = sort(&mut keeper, head(1, 1, 0), false, now);
    judge(&mut keeper);
    assert_eq!(gone(&mut keeper), [0, 1, 0]);
    let _ = fill(&mut keeper, 2, later(0));
    let _ = fill(&mut keeper, 1, later(1));
    let mut fresh = 2;
    let (mut not_kept, mut undecided) = (0, 0);
    while undecided == 0 {
        fresh += 1;
        let _ = fill(&mut keeper, fresh, later(fresh));
        let [_, rest, lost] = gone(&mut keeper);
        not_kept += rest;
        undecided += lost;
        assert!(undecided == 0 || not_kept == 1, "the rest first, and it is no loss");
        assert!(fresh < 100 && keeper.bytes() <= 3 * OVERHEAD + 4096);
    }
    assert!(keeper.traces.spans_of([0, 2]) == 0, "then the oldest");
    assert!((4..=fresh).all(|trace| keeper.traces.spans_of([0, trace]) == 1));
}

#[test]
fn age_and_when_to_look() {
    let now = Instant::now();
    let wait = Duration::from_secs(10);
    let mut keeper = keeper(KeepIf::new().failed().with_max_wait(wait));
    let delay = Duration::from_secs(1);
    assert_eq!(keeper.due(delay), None);
    let _ = sort(&mut keeper, head(1, 2, 1), false, now);
    let _ = sort(&mut keeper, head(2, 2, 1), false, now + wait / 2);
    assert_eq!(keeper.due(delay), Some(now + wait));
    keeper.expire(now + wait - Duration::from_millis(1));
    assert_eq!((gone(&mut keeper), keeper.spans()), ([0, 0, 0], 2));
    keeper.expire(now + wait);
    assert_eq!((gone(&mut keeper), keeper.spans()), ([0, 0, 1], 1));
    assert_eq!(keeper.due(delay), Some(now + wait + wait / 2));
    let _ = sort(&mut keeper, head(2, 1, 0), false, now);
    assert!(keeper.due(delay).is_some_and(|due| due <= Instant::now() + delay), "to judge it");
    judge(&mut keeper);
    assert_eq!((gone(&mut keeper), keeper.due(delay)), ([0, 2, 0], None));
    // For ever, as users say it.
    keeper.rules.max_wait = Duration::MAX;
    let _ = sort(&mut keeper, head(3, 2, 1), false, now);
    keeper.expire(now + wait);
    assert_eq!((keeper.spans(), keeper.due(delay)), (1, None));
}

/// The bytes are those of what is there, whatever has come and gone.
#[test]
fn bytes_come_and_go_together() {
    let (mut keeper, now) = (keeper(KeepIf::new().failed()), Instant::now());
    for nth in 1..5_000 {
        let mut span = head(nth % 37 + 1, nth, nth % 3);
        span.heap = (nth % 200) as u32;
        let _ = sort(&mut keeper, span, nth % 50 == 0, now);
        if nth % 64 == 0 {
            judge(&mut keeper);
            keeper.give_ready(&mut Chunk::new(5));
        }
        assert_eq!(keeper.bytes() > 0, keeper.spans() > 0 || keeper.has_ready());
    }
    keeper.close(now);
    keeper.give_ready(&mut Chunk::new(usize::MAX));
    while keeper.has_ready() {
        keeper.give_ready(&mut Chunk::new(usize::MAX));
    }
    assert_eq!((keeper.bytes(), keeper.spans()), (0, 0));
}
