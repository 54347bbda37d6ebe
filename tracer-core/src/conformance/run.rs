//! One run of the checks: what fails is kept, and the next check comes.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Check, Failure, Failures, Options};
use crate::tracer::Tracer;

/// Most findings of one check that are told: what is wrong once is wrong a hundred times.
const MOST: usize = 8;

pub(super) struct Run<'a> {
    pub(super) options: &'a Options,
    failures: Vec<Failure>,
}

/// What one check finds.
#[derive(Default)]
pub(super) struct Findings(Vec<String>);

impl<'a> Run<'a> {
    pub(super) const fn new(options: &'a Options) -> Self {
        Self { options, failures: Vec::new() }
    }

    /// Makes the tracer.
    pub(super) fn set_up(&mut self, make: impl FnOnce() -> Tracer) -> Option<Tracer> {
        let mut made = None;
        self.check(Check::SetUp, |found| {
            let tracer = make();
            found.expect(tracer.is_enabled(), "the tracer is switched off");
            made = tracer.is_enabled().then_some(tracer);
        });
        made
    }

    pub(super) fn check(&mut self, check: Check, work: impl FnOnce(&mut Findings)) {
        let mut found = Findings::default();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| work(&mut found))) {
            found.add(format!("a panic: {}", words(&*panic)));
        }
        let what = found.0.into_iter();
        self.failures.extend(what.map(|what| Failure { check, what }));
    }

    pub(super) fn end(self) -> Result<(), Failures> {
        if self.failures.is_empty() { Ok(()) } else { Err(Failures { list: self.failures }) }
    }
}

impl Findings {
    pub(super) fn add(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.is_full() && !self.0.contains(&what) {
            self.0.push(what);
        }
    }

    /// Whether nothing more would be told.
    pub(super) const fn is_full(&self) -> bool {
        self.0.len() >= MOST
    }

    pub(super) fn expect(&mut self, holds: bool, otherwise: &str) {
        if !holds {
            self.add(otherwise);
        }
    }
}

/// What a panic says.
pub(super) fn words(panic: &(dyn Any + Send)) -> &str {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text,
        _ => "without words",
    }
}
