//! What computing has cost, and whom it was for.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tracer_core::SpanRef;

use crate::wire::{CUSTOMER, SESSION};

/// By so many customers or sessions it is told apart; all others are one.
const MOST: usize = 1000;
const OTHERS: &str = "others";

/// Seconds: first by what, then by whom.
pub type Sums = BTreeMap<String, BTreeMap<String, f64>>;

/// The sums so far.
#[derive(Debug, Default)]
pub struct Costs(Mutex<Sums>);

impl Costs {
    /// Adds this to the account of whoever this span works for. Nobody has told: it is in the
    /// baggage.
    pub fn add(&self, span: &SpanRef, spent: Duration) {
        let mut sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for by in [CUSTOMER, SESSION] {
            let Some(whom) = span.baggage_item(by) else { continue };
            let sums = sums.entry(by.to_owned()).or_default();
            let is_told_apart = sums.len() < MOST || sums.contains_key(&whom);
            let whom = if is_told_apart { whom } else { OTHERS.to_owned() };
            *sums.entry(whom).or_default() += spent.as_secs_f64();
        }
    }

    /// All of them.
    pub fn sums(&self) -> Sums {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tracer_core::{ENABLED, Tracer};

    use super::{Costs, MOST, OTHERS};

    #[test]
    fn whoever_comes_late_is_one_of_the_others() {
        let (costs, tracer) = (Costs::default(), Tracer::builder("test").build());
        for session in 0..MOST + 5 {
            let span = tracer.span("route").start();
            span.set_baggage_item("session", &session.to_string());
            costs.add(&span.handle(), Duration::from_secs(1));
        }
        let sums = costs.sums();
        let sessions = sums.get("session");
        assert_eq!(sessions.map(|sessions| sessions.len()), ENABLED.then_some(MOST + 1));
        let others = sessions.and_then(|sessions| sessions.get(OTHERS)).copied();
        assert_eq!(others, ENABLED.then_some(5.0));
        assert!(!sums.contains_key("customer"), "nobody said who");
    }
}
