//! An open span of a call to the database.

use std::marker::PhantomData;
use std::time::Instant;

use sqlx_core::error::Error;
use tracer_core::observe::{Kind, Observed};
use tracer_core::{Span, SpanRef, semconv};

use crate::answer::Answer;
use crate::config::Config;
use crate::database::TracedDatabase;
use crate::error;
use crate::fate::Fate;

/// The span, and what has come of the answer. Empty, it does nothing.
pub(crate) struct Call<DB> {
    observed: Observed<State>,
    database: PhantomData<fn() -> DB>,
}

struct State {
    answer: Answer,
    keeps_messages: bool,
    fate: Fate,
    /// From when on it is slow, if anything is.
    slow_from: Option<Instant>,
}

impl State {
    fn mark(&self, span: &SpanRef) {
        if self.slow_from.is_some_and(|from| Instant::now() > from) {
            span.set_tag(semconv::DB_OPERATION_SLOW, true);
        }
    }
}

impl<DB: TracedDatabase> Call<DB> {
    pub(crate) const fn none() -> Self {
        Self::of(Observed::none())
    }

    /// Of a statement that the transaction of this fate depends on.
    pub(crate) fn new(config: &Config, span: Span, answer: Answer, fate: &Fate) -> Self {
        let keeps_messages = config.store.error_messages;
        let slow = config.slow.filter(|_| span.is_recording());
        let slow_from = slow.and_then(|limit| Instant::now().checked_add(limit));
        let state = State { answer, keeps_messages, fate: fate.clone(), slow_from };
        Self::of(Observed::new(Kind::Store, span, state))
    }

    const fn of(observed: Observed<State>) -> Self {
        Self { observed, database: PhantomData }
    }

    pub(crate) fn span(&self) -> &SpanRef {
        self.observed.span()
    }

    /// Runs a step with the span current.
    pub(crate) fn run<R>(&mut self, step: impl FnOnce() -> R) -> R {
        self.observed.run(step)
    }

    /// A row has come.
    pub(crate) fn row(&mut self) {
        if let Some((_, state)) = self.observed.recording() {
            state.answer.row();
            self.observed.progress(1);
        }
    }

    /// A statement has been executed.
    pub(crate) fn result(&mut self, result: &DB::QueryResult) {
        if let Some((_, state)) = self.observed.recording() {
            state.answer.result(DB::rows_affected(result));
            self.observed.head();
        }
    }

    /// Everything has come.
    pub(crate) fn end(&mut self) {
        if let Some((span, state)) = self.observed.recording() {
            state.answer.record(span);
            state.mark(span);
            state.fate.heal();
        }
        self.observed.end();
    }

    /// An error has come: nothing follows it.
    pub(crate) fn fail(&mut self, failure: &Error) {
        if let Some((span, state)) = self.observed.recording() {
            error::record::<DB>(span, failure, state.keeps_messages);
            state.answer.record_rows(span);
            state.mark(span);
            if let Some(error) = failure.as_database_error() {
                state.fate.harm(DB::damage(error));
            }
        }
        self.observed.end();
    }

    /// Waits for the answer with the span current, counts its rows and ends the span.
    pub(crate) async fn drive<T, F>(self, work: F, rows: impl FnOnce(&T) -> u64) -> F::Output
    where
        F: Future<Output = Result<T, Error>>,
    {
        let (result, observed) = self.observed.drive(work).await;
        let mut call = Self::of(observed);
        match &result {
            Ok(value) => {
                (0..rows(value)).for_each(|_| call.row());
                call.end();
            }
            Err(error) => call.fail(error),
        }
        result
    }

    /// The same for what has no rows.
    pub(crate) async fn wait<T, F>(self, work: F) -> F::Output
    where
        F: Future<Output = Result<T, Error>>,
    {
        self.drive(work, |_| 0).await
    }
}

impl<DB> Call<DB> {
    /// To be called in the owner's drop: see [`Observed::enter_for_drop`].
    pub(crate) fn enter_for_drop(&mut self) {
        self.observed.enter_for_drop();
    }
}
