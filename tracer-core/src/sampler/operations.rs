//! What is to be recorded of each operation.

use std::collections::BTreeMap;

use super::Probabilistic;

/// Rates for [`PerOperation`](super::PerOperation), operation by operation (Jaeger:
/// `operationSampling`).
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct OperationSampling {
    pub(super) default: Probabilistic,
    pub(super) lower_bound: f64,
    pub(super) upper_bound: f64,
    pub(super) operations: BTreeMap<String, Probabilistic>,
}

impl OperationSampling {
    /// The rate of every operation that is not given one of its own. No bounds.
    pub const fn new(default: Probabilistic) -> Self {
        Self { default, lower_bound: 0.0, upper_bound: f64::INFINITY, operations: BTreeMap::new() }
    }

    /// Traces a second that each operation records at least, whatever its rate says, as far as
    /// there are so many. What is no number, negative or 0 is no bound.
    pub const fn lower_bound(mut self, per_second: f64) -> Self {
        self.lower_bound = per_second;
        self
    }

    /// Traces a second that each operation records by its rate at most. What is no number, negative
    /// or 0 is no bound.
    pub const fn upper_bound(mut self, per_second: f64) -> Self {
        self.upper_bound = if per_second > 0.0 { per_second } else { f64::INFINITY };
        self
    }

    /// The rate of one operation, in the place of an earlier one.
    pub fn operation(mut self, name: impl Into<String>, rate: Probabilistic) -> Self {
        self.operations.insert(name.into(), rate);
        self
    }

    /// Number of operations with a rate of their own.
    #[must_use]
    pub fn len(&self) -> usize {
        self.operations.len()
    }

    /// Whether no operation has a rate of its own.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }
}
