//! Rounds: contestants take turns, so that what else the machine does hits all of them.

use std::collections::BTreeMap;

use super::measured::Measured;
use crate::contestants::Who;
use crate::rows::{Case, Failure, Row};

/// What a row has come to.
pub struct Finding {
    pub row: &'static Row,
    pub by: BTreeMap<Who, Measured>,
    /// Cases that gave no figure, and why.
    pub failures: Vec<(Who, Failure)>,
}

/// Runs a row.
pub fn run(row: &'static Row, quick: bool) -> Finding {
    let mut finding = Finding { row, by: BTreeMap::new(), failures: Vec::new() };
    let mut contestants: Vec<Who> = row.who.iter().copied().filter(|who| who.is_built()).collect();
    for _ in 0..row.effort.rounds(quick) {
        for &who in &contestants {
            match (row.launch)(Case { row, who, quick }) {
                Ok(measured) => finding.by.entry(who).or_default().merge(&measured),
                Err(why) if finding.failures.contains(&(who, why.clone())) => {}
                Err(why) => finding.failures.push((who, why)),
            }
        }
        // Nobody always comes first.
        contestants.rotate_left(1);
    }
    finding.subtract_floor();
    finding
}

impl Finding {
    /// Fills in what is asked for above the floor.
    fn subtract_floor(&mut self) {
        for &metric in self.row.figures {
            let Some(whole) = metric.above_floor() else { continue };
            let floor = self.by.get(&Who::Floor).and_then(|found| found.get(whole));
            for (_, found) in self.by.iter_mut().filter(|(who, _)| **who != Who::Floor) {
                if let (Some(value), Some(floor)) = (found.get(whole), floor) {
                    *found = std::mem::take(found).with(metric, value - floor);
                }
            }
        }
    }
}
