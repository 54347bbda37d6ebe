//! The table at the end, and the line that counts.

use std::time::Duration;

use super::run::shown;
use crate::table::table;

/// How a stage went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// With what there is to say about it, which may be nothing.
    Passed(String),
    Failed(String),
    Skipped(String),
}

/// A stage that has had its turn.
#[derive(Debug)]
pub struct Report {
    pub name: &'static str,
    pub outcome: Outcome,
    pub took: Duration,
}

pub fn all_passed(reports: &[Report]) -> bool {
    !reports.iter().any(|report| matches!(report.outcome, Outcome::Failed(_)))
}

/// Ends with the line `N passed, N failed`: stages that were skipped are in the
/// table with their reason, and in neither number.
pub fn render(reports: &[Report]) -> String {
    let rows = reports.iter().map(|report| {
        let (result, note) = match &report.outcome {
            Outcome::Passed(note) => ("ok", note.as_str()),
            Outcome::Failed(why) => ("FAILED", first_line(why)),
            Outcome::Skipped(why) => ("skipped", first_line(why)),
        };
        let time = shown(report.took, &report.outcome);
        vec![report.name.to_owned(), result.to_owned(), time, note.to_owned()]
    });
    let table = table(&["stage", "result", "time", "note"], &rows.collect::<Vec<_>>(), false);
    let count = |wanted: fn(&Outcome) -> bool| {
        reports.iter().filter(|report| wanted(&report.outcome)).count()
    };
    let passed = count(|outcome| matches!(outcome, Outcome::Passed(_)));
    let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
    format!("{table}\n{passed} passed, {failed} failed\n")
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(name: &'static str, outcome: Outcome) -> Report {
        Report { name, outcome, took: Duration::from_millis(1500) }
    }

    #[test]
    fn the_last_line_counts_stages() {
        let reports = [
            report("fmt", Outcome::Passed("3 tests".to_owned())),
            report("test", Outcome::Failed("cargo test ended with 101\nmore".to_owned())),
            report("deny", Outcome::Skipped("not installed".to_owned())),
        ];
        let expected = "\
stage  result   time   note
-----  -------  -----  -------------------------
fmt    ok       1.5 s  3 tests
test   FAILED   1.5 s  cargo test ended with 101
deny   skipped         not installed

1 passed, 1 failed
";
        assert_eq!(render(&reports), expected);
        assert!(!all_passed(&reports));
        assert!(all_passed(&reports[..1]) && all_passed(&reports[2..]));
    }
}
