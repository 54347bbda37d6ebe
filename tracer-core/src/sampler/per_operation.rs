//! Operation by operation: a share of each, and so many a second at least.

use std::collections::HashMap;
use std::fmt;
use std::sync::RwLock;

use super::{
    Decision, OperationSampling, Probabilistic, RateLimiting, SampledBy, Sampler, SamplerKind,
    SamplingInput,
};
use crate::fork;

/// Records a share of each operation, and so many traces of it a second at least, so that rare
/// ones are seen too. An operation is the name of a local root.
///
/// As in Jaeger's clients, a trace that the rate takes spends of the lower bound too, and a
/// decision of the bound is told by `sampler.type=lowerbound`. An operation that comes up is taken
/// up with the default rate and bounds of its own, up to [`MAX_OPERATIONS`](Self::MAX_OPERATIONS);
/// over that, and with a name over [`MAX_NAME`](Self::MAX_NAME), it has the default rate only.
///
/// ```
/// use tracer_core::{OperationSampling, PerOperation, Probabilistic, Tracer};
///
/// let none = Probabilistic::clamped(0.0);
/// let all = Probabilistic::clamped(1.0);
/// let rates = OperationSampling::new(none).lower_bound(0.1).operation("pay", all);
/// let tracer = Tracer::builder("shop").sampler(PerOperation::new(&rates)).build();
///
/// let recorded = |name| tracer.span(name).root().start().is_recording();
/// # if !tracer_core::ENABLED { return; }
/// assert!(recorded("pay") && recorded("pay"));
/// assert!(recorded("tidy up"), "one in ten seconds");
/// assert!(!recorded("tidy up"));
/// ```
pub struct PerOperation {
    /// What made it.
    process: u32,
    table: RwLock<Table>,
}

struct Table {
    default: Probabilistic,
    lower_bound: f64,
    upper_bound: f64,
    operations: HashMap<Box<str>, Operation>,
    max_operations: usize,
}

struct Operation {
    rate: Probabilistic,
    lower: RateLimiting,
    /// Only where there is a bound.
    upper: Option<RateLimiting>,
}

impl PerOperation {
    /// Most operations, if nothing else is said.
    pub const MAX_OPERATIONS: usize = 2_000;

    /// Most bytes in the name of an operation that is told apart.
    pub const MAX_NAME: usize = 256;

    /// Begins with these rates.
    #[must_use]
    pub fn new(sampling: &OperationSampling) -> Self {
        Self::with_max_operations(sampling, Self::MAX_OPERATIONS)
    }

    /// The same with another limit of operations.
    #[must_use]
    pub fn with_max_operations(sampling: &OperationSampling, max: usize) -> Self {
        let mut table = Table {
            default: sampling.default,
            lower_bound: 0.0,
            upper_bound: 0.0,
            operations: HashMap::new(),
            max_operations: max,
        };
        table.update(sampling);
        Self { process: std::process::id(), table: RwLock::new(table) }
    }

    /// Takes other rates. Operations that are in them keep what is left of their bounds; the ones
    /// that are not are dropped, and taken up anew when they come. Where there are more than may
    /// be, the last ones by name are left out.
    pub fn update(&self, sampling: &OperationSampling) {
        if let Some(mut table) = fork::write(self.process, &self.table) {
            table.update(sampling);
        }
    }

    /// Number of operations that are told apart now.
    #[must_use]
    pub fn operations(&self) -> usize {
        fork::read(self.process, &self.table).map_or(0, |table| table.operations.len())
    }
}

impl Sampler for PerOperation {
    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        let Some(table) = fork::read(self.process, &self.table) else { return Decision::of(false) };
        if let Some(operation) = table.operations.get(input.name) {
            return operation.sample(input);
        }
        if !table.takes_up(input.name) {
            return table.default.sample(input);
        }
        drop(table);
        fork::write(self.process, &self.table)
            .map_or(Decision::of(false), |mut table| table.sample_new(input))
    }

    fn reads_tags(&self) -> bool {
        false
    }
}

impl Table {
    fn has_room_for(&self, name: &str) -> bool {
        self.operations.len() < self.max_operations && name.len() <= PerOperation::MAX_NAME
    }

    /// Whether an operation gets an entry as it comes up. Without bounds there is nothing to keep.
    fn takes_up(&self, name: &str) -> bool {
        (self.lower_bound > 0.0 || self.upper_bound.is_finite()) && self.has_room_for(name)
    }

    /// Decides for an operation that was not known a moment ago, and may be by now.
    fn sample_new(&mut self, input: &SamplingInput<'_>) -> Decision {
        if !self.operations.contains_key(input.name) && !self.takes_up(input.name) {
            return self.default.sample(input);
        }
        let new = || Operation::new(self.default, self.lower_bound, self.upper_bound);
        self.operations.entry(input.name.into()).or_insert_with(new).sample(input)
    }

    fn update(&mut self, sampling: &OperationSampling) {
        self.default = sampling.default;
        self.lower_bound = sampling.lower_bound;
        self.upper_bound = sampling.upper_bound;
        let mut known = std::mem::take(&mut self.operations);
        for (name, &rate) in &sampling.operations {
            if !self.has_room_for(name) {
                continue;
            }
            let (name, operation) = match known.remove_entry(name.as_str()) {
                Some((name, mut operation)) => {
                    operation.update(rate, self.lower_bound, self.upper_bound);
                    (name, operation)
                }
                None => {
                    let new = Operation::new(rate, self.lower_bound, self.upper_bound);
                    (name.as_str().into(), new)
                }
            };
            self.operations.insert(name, operation);
        }
    }
}

impl Operation {
    fn new(rate: Probabilistic, lower_bound: f64, upper_bound: f64) -> Self {
        let upper = upper_bound.is_finite().then(|| RateLimiting::per_second(upper_bound));
        Self { rate, lower: RateLimiting::per_second(lower_bound), upper }
    }

    fn update(&mut self, rate: Probabilistic, lower_bound: f64, upper_bound: f64) {
        self.rate = rate;
        self.lower.reconfigure(lower_bound);
        match &self.upper {
            Some(upper) if upper_bound.is_finite() => upper.reconfigure(upper_bound),
            _ => self.upper = Self::new(rate, lower_bound, upper_bound).upper,
        }
    }

    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        // The lower bound is spent whoever decides: it is a minimum, not something on top.
        let guaranteed = self.lower.sample(input).sampled;
        let mut decision = self.rate.sample(input);
        if decision.sampled
            && let Some(upper) = &self.upper
        {
            decision.sampled = upper.sample(input).sampled;
        }
        if decision.sampled || !guaranteed {
            return decision;
        }
        Decision::yes().by(SampledBy::new(SamplerKind::LowerBound, self.rate.rate()))
    }
}

impl fmt::Debug for PerOperation {
    /// Operations by their number: there may be thousands.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("PerOperation");
        if let Some(table) = fork::read(self.process, &self.table) {
            out.field("default", &table.default)
                .field("lower_bound", &table.lower_bound)
                .field("operations", &table.operations.len());
        }
        out.finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "per_operation_tests.rs"]
mod tests;
