//! Entering a span on a thread.

use std::marker::PhantomData;

use super::local::with_local;
use crate::ENABLED;
use crate::context::SpanContext;
use crate::span::Live;

/// Keeps a span current on this thread until it is dropped. Guards may be dropped in any order.
#[must_use = "the span is current only as long as the guard lives"]
#[derive(Debug)]
pub struct Entered {
    ticket: Option<usize>,
    /// Belongs to the thread it was made on.
    not_send: PhantomData<*const ()>,
}

impl Entered {
    const NOTHING: Self = Self { ticket: None, not_send: PhantomData };

    /// Takes the guard apart, for one who enters here and leaves there, on the same thread.
    pub(crate) fn into_ticket(mut self) -> Option<usize> {
        self.ticket.take()
    }

    /// Puts it together again.
    pub(crate) const fn from_ticket(ticket: Option<usize>) -> Self {
        Self { ticket, not_send: PhantomData }
    }
}

/// Enters a span; entering none leaves the current one as it is.
#[inline]
pub(crate) fn enter(live: Option<&Live>) -> Entered {
    match live {
        Some(live) if ENABLED => push(live.clone()),
        _ => Entered::NOTHING,
    }
}

fn push(live: Live) -> Entered {
    Entered { ticket: with_local(|local| local.push(live)), not_send: PhantomData }
}

/// Nothing starts a span on this thread as long as the guard lives.
pub(crate) fn suppress() -> Entered {
    match Live::passive(SpanContext::EMPTY.suppressed()) {
        Some(live) => push(live),
        None => Entered::NOTHING,
    }
}

impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            // Dropped outside the loan: it may be the last holder of a tracer.
            let _left = with_local(|local| local.leave(ticket));
        }
    }
}

/// A span lent to the thread's stack for the time of one poll: moved there and back, which is
/// quicker than to make a handle of it. Meanwhile its owner holds nothing.
#[derive(Debug)]
pub(crate) struct Lent<'a> {
    owner: &'a mut Option<Live>,
    ticket: Option<usize>,
}

impl<'a> Lent<'a> {
    #[inline]
    pub(crate) fn new(owner: &'a mut Option<Live>) -> Self {
        let mut ticket = None;
        if ENABLED && owner.is_some() {
            // On a thread without a stack the span stays where it is.
            ticket = with_local(|local| owner.take().map(|live| local.push(live))).flatten();
        }
        Self { owner, ticket }
    }
}

impl Drop for Lent<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            *self.owner = with_local(|local| local.leave(ticket)).flatten();
        }
    }
}
