//! How much baggage one message carries.

use crate::baggage::MAX_BYTES;

/// What is left of the bytes of one message's baggage, as it is on the wire, over all fields of a
/// format. The number of members is [`Baggage`](crate::Baggage)'s own business.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Budget {
    pub(super) const fn new() -> Self {
        Self(MAX_BYTES)
    }

    /// Takes so many bytes, or nothing where fewer are left.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }

    /// Takes a comma, if there is room for one.
    pub(super) fn take_separator(&mut self) {
        self.0 = self.0.saturating_sub(1);
    }

    /// Nothing more is looked at.
    pub(super) fn end(&mut self) {
        self.0 = 0;
    }

    pub(super) const fn is_spent(&self) -> bool {
        self.0 == 0
    }
}
