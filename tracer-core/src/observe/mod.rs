//! The one place where an instrumented operation's span ends.
//!
//! An integration starts a span by [`semconv`](crate::semconv) and gives it to an [`Observed`],
//! which it then keeps beside the future, body or stream of the library. Whatever happens to that
//! (it is done, it fails, it panics, it is dropped), the span ends once and says how:
//!
//! | kind | dropped before the head | dropped after it | end |
//! | --- | --- | --- | --- |
//! | HTTP server | error, `error.type=cancelled` | the same, bytes so far | the drop |
//! | HTTP client | log `cancelled` | log `incomplete`, bytes so far | the last progress |
//! | gRPC server | error, `CANCELLED` | the same | the drop |
//! | gRPC client | error, `CANCELLED` | the same | the last progress |
//! | store | log `cancelled` | log `incomplete`, rows so far | the last progress |
//! | producer | log `cancelled` | log `incomplete` (sent, and not confirmed) | the last progress |
//! | consumer | error, `error.type=cancelled` | the same | the drop |
//! | upgraded | error, `error.type=cancelled` | the same | the drop |
//! | local | nothing is said | nothing is said | the last progress |
//!
//! The last progress of what has no head yet is the drop. A panic is an error in every kind, with
//! `error.type=panic`, and goes on. Where the head has told of a failure already
//! ([`Observed::fail`]), `error.type` stays what it was.

mod border;
mod client;
mod driven;
#[cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]
pub(crate) mod furnish;
#[cfg(any(feature = "off", all(feature = "release-off", not(debug_assertions))))]
#[path = "furnish_off.rs"]
pub(crate) mod furnish;
#[cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]
mod open;
#[cfg(any(feature = "off", all(feature = "release-off", not(debug_assertions))))]
#[path = "open_off.rs"]
mod open;
#[cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]
mod shared;
#[cfg(any(feature = "off", all(feature = "release-off", not(debug_assertions))))]
#[path = "shared_off.rs"]
mod shared;
mod store;
#[cfg(all(test, not(any(feature = "off", all(feature = "release-off", not(debug_assertions))))))]
mod tests;

use std::fmt;

use crate::span::{Span, SpanRef};
pub use border::BorderSettings;
pub use client::ClientSettings;
pub use driven::Driven;
use open::Open;
pub use shared::Shared;
pub use store::StoreSettings;

/// What is observed: decides what being dropped means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// An HTTP request that is served.
    HttpServer,
    /// An HTTP request that is sent.
    HttpClient,
    /// A gRPC call that is served.
    GrpcServer,
    /// A gRPC call that is made.
    GrpcClient,
    /// A command to a database or cache.
    Store,
    /// A message that is sent: its head is here when it is on its way, its end is the broker's word.
    Producer,
    /// A message that is worked on.
    Consumer,
    /// A connection after its upgrade, until its handler is done with it.
    Upgraded,
    /// Work inside of the service that is done when nobody holds it any more.
    Local,
}

/// A span that lives as long as an operation of somebody else's.
///
/// Empty, it does nothing; with tracing compiled out it takes no room. `T` is what the integration
/// wants to have at hand while the span is open.
///
/// ```
/// use tracer_core::{Span, observe::{Kind, Observed}};
///
/// # fn call() -> u64 { 3 }
/// # let span = Span::noop();
/// let mut observed = Observed::new(Kind::Store, span, ());
/// let rows = observed.run(call); // current meanwhile; a panic ends the span
/// observed.span().set_tag("db.response.returned_rows", rows);
/// observed.end();
/// ```
pub struct Observed<T = ()> {
    open: Option<Open<T>>,
}

impl<T> Observed<T> {
    /// Of nothing.
    #[must_use]
    pub const fn none() -> Self {
        Self { open: None }
    }

    /// Takes a span that has just been started.
    #[inline]
    pub fn new(kind: Kind, span: Span, data: T) -> Self {
        Self { open: Open::new(kind, span, data) }
    }

    /// Whether there is no span, or it has ended.
    #[inline]
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.open.is_none()
    }

    /// Whether there is an open span that is recorded.
    #[inline]
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.open.as_ref().is_some_and(Open::is_recording)
    }

    /// The span; a noop where there is none.
    #[inline]
    #[must_use]
    pub fn span(&self) -> &SpanRef {
        static NOOP: SpanRef = SpanRef::noop();
        self.open.as_ref().map_or(&NOOP, |open| open.span())
    }

    /// The span and what the integration keeps with it, if it is open and recorded.
    #[inline]
    #[must_use]
    pub fn recording(&mut self) -> Option<(&SpanRef, &mut T)> {
        self.open.as_mut()?.recording()
    }

    /// What the integration keeps with the span, if it is open, recorded or not.
    #[inline]
    #[must_use]
    pub fn data(&self) -> Option<&T> {
        self.open.as_ref().map(Open::data)
    }

    /// Moves the span out, to hand it from a future to its body.
    #[inline]
    #[must_use]
    pub const fn take(&mut self) -> Self {
        Self { open: self.open.take() }
    }

    /// Runs a step of the operation with the span current. A panic ends the span and goes on.
    #[inline]
    pub fn run<R>(&mut self, work: impl FnOnce() -> R) -> R {
        if self.open.is_none() {
            return work();
        }
        // Left in this order: the span comes back, and then has perhaps seen a panic.
        let mut step = Step { observed: self, done: false };
        let lent = step.observed.open.as_mut().map(Open::lend);
        let result = work();
        drop(lent);
        step.done = true;
        result
    }

    /// Waits for a future with the span current on every poll and in its drop.
    #[inline]
    pub fn drive<F: Future>(self, future: F) -> Driven<F, T> {
        Driven::new(future, self)
    }

    /// Has a future made and waits for it, with the span current for both; then the span ends.
    pub async fn work<F: Future>(mut self, make: impl FnOnce() -> F) -> F::Output {
        let future = self.run(make);
        let (output, mut observed) = self.drive(future).await;
        observed.end();
        output
    }

    /// The answer has begun: its head is here, or its first row.
    #[inline]
    pub fn head(&mut self) {
        if let Some(open) = &mut self.open {
            open.head();
        }
    }

    /// The head says that the operation has failed: `error.type` is set, and what comes after (a
    /// drop, a panic) is logged and does not change it.
    #[inline]
    pub fn fail(&mut self) {
        if let Some(open) = &mut self.open {
            open.fail();
        }
    }

    /// The size of an HTTP answer is recorded at its end, and not only where it was cut short
    /// ([`HTTP_RESPONSE_BODY_SIZE`](crate::semconv::HTTP_RESPONSE_BODY_SIZE)).
    #[inline]
    pub fn keep_size(&mut self) {
        if let Some(open) = &mut self.open {
            open.keep_size();
        }
    }

    /// So much more of the answer has come or gone: bytes of a body, rows of a store.
    #[inline]
    pub fn progress(&mut self, amount: u64) {
        if let Some(open) = &mut self.open {
            open.progress(amount);
        }
    }

    /// Ends the span: the operation is done, well or not, and the span says so.
    #[inline]
    pub fn end(&mut self) {
        if let Some(open) = self.open.take() {
            open.end();
        }
    }

    /// Makes the span current for the rest of the owner's drop, so that what the operation does in
    /// its own drop happens below the span. To be called in the owner's `drop` only; fields are
    /// dropped in their order, so the `Observed` stands after the operation.
    #[inline]
    pub fn enter_for_drop(&mut self) {
        if let Some(open) = &mut self.open {
            open.enter_for_drop();
        }
    }
}

impl<T> Drop for Observed<T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(open) = self.open.take() {
            open.abandon();
        }
    }
}

impl<T> Default for Observed<T> {
    fn default() -> Self {
        Self::none()
    }
}

impl<T> fmt::Debug for Observed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Observed").field(self.span()).finish()
    }
}

/// Notices that a step did not come back.
struct Step<'a, T> {
    observed: &'a mut Observed<T>,
    done: bool,
}

impl<T> Drop for Step<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if !self.done
            && let Some(open) = self.observed.open.take()
        {
            open.panicked();
        }
    }
}
