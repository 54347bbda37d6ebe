//! The suite for databases and caches: a command goes out, and a value, rows or an error come back.
//! One suite for asynchronous and blocking clients, with and without streams, SQL and not.
//!
//! A crate writes an [`Adapter`], which makes each [`Call`] over its integration, and calls
//! [`assert_holds`].
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod call;
mod case;
mod cases;
mod outcome;
mod read;
mod watch;

pub use call::{BATCH, Call, GAP, PARKED, SECRET};
pub use outcome::Outcome;
pub use read::read;

use std::sync::Arc;

use tracer_core::{SpanRef, Tracer};

/// One integration, made to be tested: with its default settings but for the tracer.
///
/// A blocking client is called on a thread that may block, with the caller's span current there
/// ([`tracer_core::bind_current`]); it supports neither [`Call::Hangs`] nor [`Call::Unpolled`], for
/// nobody can drop it in the middle.
pub trait Adapter: Send + Sync + 'static {
    /// `db.system.name`.
    fn system(&self) -> &'static str;

    /// Whether this call can be made with it. [`Call::Ok`] always can.
    fn supports(&self, _: Call) -> bool {
        true
    }

    /// The names of the spans of kind client that a call makes, in the order in which they start:
    /// one for most calls. A transaction of SQL can make several (`BEGIN`, its statements,
    /// `COMMIT`); a pipeline makes one. A span of another kind that holds them is left out.
    ///
    /// Of [`Call::BatchRefused`] with several spans, the last one with the name of
    /// [`Call::Refused`]'s is the refused one. [`Call::Unpolled`] is not asked for.
    fn spans(&self, call: Call) -> Vec<String>;

    /// What the store calls the error of [`Call::Refused`]: `db.response.status_code` and
    /// `error.type`.
    fn error_code(&self) -> &'static str;

    /// The rows that [`Call::Ok`], [`Call::Empty`], [`Call::Streams`] and [`Call::LeavesEarly`] are
    /// to show as `db.response.returned_rows`; `None` where there is to be no such tag, as in a
    /// store that has no rows.
    fn rows(&self, _: Call) -> Option<u64> {
        None
    }

    /// Makes the call with the integration under test on this tracer, below the current span. It
    /// may be dropped at any time.
    fn call(&self, tracer: Tracer, call: Call) -> impl Future<Output = Outcome> + Send;

    /// Makes the call of [`Call::Ok`] twice at a time over one traced client, or clones of it: once
    /// below `left` and once below `right`, each [attached](tracer_core::InSpanExt::attach) to its
    /// span. False where that cannot be: a client that one caller has to himself.
    fn pair(
        &self,
        _: Tracer,
        _left: SpanRef,
        _right: SpanRef,
    ) -> impl Future<Output = bool> + Send {
        std::future::ready(false)
    }

    /// The same call without the integration, for the suite to compare the outcomes; it is asked
    /// for calls that come back. Without it the suite compares with the integration switched off.
    fn untraced(&self, _: Call) -> impl Future<Output = Option<Outcome>> + Send {
        std::future::ready(None)
    }
}

/// What of the suite is run: one test file of each crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Kind, names, tags, rows, secrets, the ends of calls that go well.
    Attributes,
    /// What the store refuses, who is not there, and what is no error.
    Errors,
    /// Who leaves early.
    Cancellation,
    /// Whose child a span is, and what is current meanwhile and afterwards.
    Parents,
    /// Filtered, unsampled, switched off, switched off meanwhile, compiled out.
    Disabled,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 5] =
        [Self::Attributes, Self::Errors, Self::Cancellation, Self::Parents, Self::Disabled];
}

/// Runs a part of the suite and says what does not hold, in words. Compiled out there is only one
/// thing to see: that nothing happens.
pub async fn check<A: Adapter>(adapter: &Arc<A>, part: Part) -> Vec<String> {
    if tracer_core::ENABLED {
        cases::check(adapter, part).await
    } else {
        cases::compiled_out(adapter).await
    }
}

/// Runs a part of the suite.
///
/// # Panics
/// When something does not hold.
pub async fn assert_holds(adapter: impl Adapter, part: Part) {
    let complaints = check(&Arc::new(adapter), part).await;
    assert!(complaints.is_empty(), "{complaints:#?}");
}
