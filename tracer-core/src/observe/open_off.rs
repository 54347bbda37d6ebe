//! An open span while tracing is compiled out: there is none.

use std::convert::Infallible;
use std::marker::PhantomData;

use super::Kind;
use crate::current::Lent;
use crate::span::{Span, SpanRef};

/// Cannot be made. `Option<Open<T>>` takes no room, and every method vanishes.
pub(super) struct Open<T> {
    never: Infallible,
    data: PhantomData<T>,
}

impl<T> Open<T> {
    #[inline]
    pub(super) fn new(_: Kind, _: Span, _: T) -> Option<Self> {
        None
    }

    pub(super) const fn is_recording(&self) -> bool {
        match self.never {}
    }

    pub(super) const fn span(&self) -> &SpanRef {
        match self.never {}
    }

    pub(super) const fn recording(&mut self) -> Option<(&SpanRef, &mut T)> {
        match self.never {}
    }

    pub(super) const fn data(&self) -> &T {
        match self.never {}
    }

    pub(super) const fn lend(&mut self) -> Lent<'_> {
        match self.never {}
    }

    pub(super) const fn fail(&mut self) {
        match self.never {}
    }

    pub(super) const fn head(&mut self) {
        match self.never {}
    }

    pub(super) const fn keep_size(&mut self) {
        match self.never {}
    }

    pub(super) const fn progress(&mut self, _: u64) {
        match self.never {}
    }

    pub(super) fn end(self) {
        match self.never {}
    }

    pub(super) const fn enter_for_drop(&mut self) {
        match self.never {}
    }

    pub(super) fn panicked(self) {
        match self.never {}
    }

    pub(super) fn abandon(self) {
        match self.never {}
    }
}

#[cfg(test)]
mod tests {
    use crate::observe::{Observed, Shared};

    #[test]
    fn nothing_takes_no_room() {
        assert_eq!(size_of::<Observed<[u64; 9]>>(), 0);
        assert_eq!(size_of::<Shared<String>>(), 0);
    }
}
