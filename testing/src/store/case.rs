//! Making one call, and looking at what came of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use tokio::time::{sleep, timeout};
use tracer_core::{Books, FinishedSpan, InSpanExt, Span, SpanKind};

use super::watch::Watched;
use super::{Adapter, Call, Outcome};
pub(super) use crate::bench::Bench;
use crate::bench::{self, LOOK};

/// How long a call that hangs is let hang, once its span has begun.
pub(super) const GIVE_UP: Duration = Duration::from_millis(60);
/// How long a call may take that comes back.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// What a case asks for.
pub(super) struct Case<'a, A> {
    pub(super) adapter: &'a Arc<A>,
    pub(super) name: &'static str,
    pub(super) call: Call,
    /// The caller's span; a noop where there is none.
    pub(super) outer: Span,
    /// How many of the integration's own spans there will be.
    pub(super) spans: usize,
    /// The tracer's switch goes off as soon as a span of the call has begun.
    pub(super) turns_off: bool,
}

/// What came of a case beside its spans.
pub(super) struct Came {
    pub(super) call: Call,
    /// `None` where the call did not come back.
    pub(super) outcome: Option<Outcome>,
    /// When it came back, or just before it was dropped.
    pub(super) over: SystemTime,
    /// Whether another span was current after a poll or the drop than before.
    pub(super) moved: bool,
    /// When everything is over.
    pub(super) books: Books,
}

pub(super) type Ran = bench::Ran<Came>;

impl<'a, A: Adapter> Case<'a, A> {
    /// A call without a caller's span.
    pub(super) fn new(adapter: &'a Arc<A>, name: &'static str, call: Call) -> Self {
        let spans = if call == Call::Unpolled { 0 } else { adapter.spans(call).len() };
        Self { adapter, name, call, outer: Span::noop(), spans, turns_off: false }
    }
}

impl Bench {
    /// Makes the call in a task of its own.
    pub(super) async fn make<A: Adapter>(self, case: Case<'_, A>) -> Ran {
        let Case { adapter, name, call, outer, spans, turns_off } = case;
        let name = format!("{name} ({call:?})");
        let moved = Arc::new(AtomicBool::new(false));
        let work = {
            let (adapter, tracer) = (Arc::clone(adapter), self.tracer.clone());
            let work = async move {
                let outcome = adapter.call(tracer, call).await;
                (outcome, SystemTime::now())
            };
            Watched::new(work, &moved).attach(outer.handle())
        };
        let before = self.tracer.books().started;
        let mut task = tokio::spawn(work);
        if spans > 0 && (turns_off || !call.comes_back()) {
            self.until_started(before + spans as u64).await;
        }
        if turns_off {
            self.tracer.set_enabled(false);
        }
        let mut dropped = None;
        if !call.comes_back() {
            sleep(GIVE_UP).await;
            dropped = Some(SystemTime::now());
            task.abort();
        }
        let mut complaints = Vec::new();
        let mut outcome = None;
        let mut over = SystemTime::now();
        match timeout(PATIENCE, &mut task).await {
            Err(_) => {
                complaints.push(format!("{name}: the call does not come to an end"));
                task.abort();
            }
            Ok(Ok((came, at))) => (outcome, over) = (Some(came), at),
            Ok(Err(error)) if error.is_cancelled() => over = dropped.unwrap_or(over),
            Ok(Err(error)) => complaints.push(format!("{name}: the call ended in {error}")),
        }
        drop(outer);
        let kind = SpanKind::Client;
        let mut spans = self.collect(kind, spans).await;
        // They come thread by thread.
        spans.sort_by_key(|span| span.start);
        let moved = moved.load(Ordering::Relaxed);
        let got = Came { call, outcome, over, moved, books: self.at_rest().await };
        Ran { name, kind, spans, complaints, got }
    }

    /// The books once nothing is open any more, or when that does not happen soon.
    async fn at_rest(&self) -> Books {
        for _ in 0..20 {
            let books = self.tracer.books();
            if books.open == 0 {
                return books;
            }
            sleep(LOOK).await;
        }
        self.tracer.books()
    }
}

impl Ran {
    /// Whether a span is below the caller's, with nothing between them but spans that are not the
    /// integration's own: the one of a transaction.
    pub(super) fn is_below(&self, span: &FinishedSpan, outer: &FinishedSpan) -> bool {
        let mut parent = span.parent_id;
        for _ in 0..self.spans.len() {
            if parent == outer.span_id {
                return true;
            }
            let between = self.spans.iter().find(|other| other.span_id == parent);
            match between.filter(|span| span.kind != self.kind) {
                Some(between) => parent = between.parent_id,
                None => return false,
            }
        }
        false
    }

    /// Nothing is open, and nothing was written after it had ended.
    pub(super) fn expect_rest(&mut self) {
        let books = self.got.books;
        self.expect(books.open == 0, |_| format!("spans that never end: {}", books.open));
        let late = books.written_after_finish;
        self.expect(late == 0, |_| format!("writes after the end: {late}"));
    }

    /// The call has given this.
    pub(super) fn expect_outcome(&mut self, expected: Option<&Outcome>) {
        let Some(expected) = expected else { return };
        let same = self.got.outcome.as_ref() == Some(expected);
        self.expect(same, |ran| {
            format!("the caller gets {:?} and not {expected:?}", ran.got.outcome)
        });
    }
}

/// What a call gives without the integration; where the adapter cannot say that, with a tracer
/// that is on or off. `None` if it does not come back.
pub(super) async fn reference<A: Adapter>(
    adapter: &Arc<A>,
    call: Call,
    on: bool,
) -> Option<Outcome> {
    if !call.comes_back() {
        return None;
    }
    let plain = Arc::clone(adapter);
    let task = tokio::spawn(async move { plain.untraced(call).await });
    if let Ok(Ok(Some(outcome))) = timeout(PATIENCE, task).await {
        return Some(outcome);
    }
    let bench = Bench::new();
    bench.tracer.set_enabled(on);
    bench.make(Case { spans: 0, ..Case::new(adapter, "reference", call) }).await.got.outcome
}
