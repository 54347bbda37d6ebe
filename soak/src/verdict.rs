//! What the run has shown, against what it had to.

use std::time::Duration;

use serde_json::{Value, json};
use testing::collector::Count;
use tracer_core::DropReason;

use crate::figures::{percentile, slope};
use crate::load::Answer;
use crate::process::Usage;
use crate::services::{Books, NAMES};
use crate::watch::{All, Watched};

/// Processor time a request, disturbed to undisturbed.
const MOST_PROCESSOR: f64 = 1.10;
/// 99th percentile of the answers' times, disturbed to undisturbed.
const MOST_LATENCY: f64 = 1.25;
/// KiB a minute, in the second half. At 60 orders a second this is 73 bytes an order.
const MOST_GROWTH: f64 = 256.0;
/// KiB at rest at the end beyond those at rest before, when the recorder had filled its budget once:
/// what the allocator keeps between batches.
const MOST_MEMORY: u64 = 2 << 10;
/// Files and sockets at rest at the end beyond those at rest before: a pool may have opened one
/// more connection to its database meanwhile.
const MOST_FILES: u64 = 3;
/// Threads, the same: none are made on demand.
const MOST_THREADS: u64 = 0;

/// All that was seen.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) answers: Vec<Answer>,
    pub(crate) watched: Vec<Watched>,
    /// Without load, before and after.
    pub(crate) at_rest: [All; 2],
    /// In the order of the services.
    pub(crate) books: Vec<Books>,
    pub(crate) counts: Vec<Count>,
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) figure: String,
    pub(crate) limit: String,
    /// `None` where there is nothing to be held to.
    pub(crate) is_reached: Option<bool>,
}

impl Row {
    fn new(what: impl Into<String>, figure: impl Into<String>) -> Self {
        let (what, figure) = (what.into(), figure.into());
        Self { what, figure, limit: String::new(), is_reached: None }
    }

    fn held_to(mut self, limit: impl Into<String>, is_reached: bool) -> Self {
        self.limit = limit.into();
        self.is_reached = Some(is_reached);
        self
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "what": self.what,
            "figure": self.figure,
            "limit": self.limit,
            "reached": self.is_reached,
        })
    }
}

impl Run {
    pub(crate) fn rows(&self) -> Vec<Row> {
        let mut rows = self.requests();
        for (nth, name) in NAMES.into_iter().enumerate() {
            rows.extend(account(name, &self.books[nth], self.counts[nth]));
        }
        for (nth, name) in NAMES.into_iter().enumerate() {
            rows.extend(self.size(nth, name));
        }
        rows
    }

    fn requests(&self) -> Vec<Row> {
        let failed = self.answers.iter().filter(|answer| !answer.is_well).count();
        let troubles =
            self.watched.iter().map(|watched| watched.slice.troubles.len()).sum::<usize>();
        let (calm, disturbed) = (self.half(false), self.half(true));
        vec![
            Row::new("orders", self.answers.len().to_string()),
            Row::new("orders that failed", failed.to_string()).held_to("0", failed == 0),
            Row::new("troubles of the collector", troubles.to_string()),
            compared(
                "processor time an order, µs",
                calm.processor,
                disturbed.processor,
                MOST_PROCESSOR,
            ),
            compared(
                "99 % answered within, ms",
                calm.latency * 1e3,
                disturbed.latency * 1e3,
                MOST_LATENCY,
            ),
        ]
    }

    fn half(&self, is_disturbed: bool) -> Half {
        let slices = || self.watched.iter().filter(|one| one.slice.is_disturbed() == is_disturbed);
        let is_in =
            |due: Duration| slices().any(|one| (one.slice.from..one.slice.end()).contains(&due));
        let answers = self.answers.iter().filter(|answer| is_in(answer.due));
        let mut times: Vec<_> = answers.map(|answer| answer.took).collect();
        let processor: Duration = slices().map(|one| one.processor).sum();
        Half {
            processor: processor.as_secs_f64() * 1e6 / times.len().max(1) as f64,
            latency: percentile(&mut times, 99.0).as_secs_f64(),
        }
    }

    fn size(&self, nth: usize, name: &str) -> [Row; 4] {
        let half = self.watched.len() / 2;
        let after = self.watched[half..].iter().filter(|one| !one.slice.is_disturbed());
        let sizes = after.flat_map(|one| &one.samples);
        let points: Vec<_> =
            sizes.map(|(at, all)| (at.as_secs_f64() / 60.0, all[nth].resident as f64)).collect();
        let growth = slope(&points);
        let at_rest = |what: &str, most: u64, of: fn(&Usage) -> u64| {
            let [before, after] = self.at_rest.map(|all| of(&all[nth]));
            Row::new(format!("{name}: {what} at rest"), format!("{before} → {after}"))
                .held_to(format!("≤ +{most}"), after <= before + most)
        };
        [
            Row::new(format!("{name}: resident memory, KiB a minute"), format!("{growth:+.0}"))
                .held_to(format!("≤ {MOST_GROWTH:+.0}"), growth <= MOST_GROWTH),
            at_rest("resident memory, KiB,", MOST_MEMORY, |usage| usage.resident),
            at_rest("files and sockets", MOST_FILES, |usage| usage.files),
            at_rest("threads", MOST_THREADS, |usage| usage.threads),
        ]
    }
}

/// One half of the time.
#[derive(Debug)]
struct Half {
    /// Microseconds an order.
    processor: f64,
    /// Seconds.
    latency: f64,
}

/// Two figures, and their ratio against the most that it may be.
fn compared(what: &str, calm: f64, disturbed: f64, most: f64) -> Row {
    let ratio = disturbed / calm;
    let figure = format!("{calm:.1} calm, {disturbed:.1} disturbed: × {ratio:.2}");
    // What is no number does not pass.
    Row::new(what, figure).held_to(format!("≤ × {most:.2}"), ratio <= most)
}

/// A service's books, and whether they agree with the collector's.
fn account(name: &str, books: &Books, count: Count) -> [Row; 2] {
    let term = |term: &str| books.get(term).copied().unwrap_or(0);
    let (finished, reported, unknown) =
        (term("finished"), term("reported"), term("outcome_unknown"));
    let reasons = DropReason::ALL.iter().map(|reason| reason.as_str());
    let lost_for: Vec<_> = reasons.map(|reason| (reason, term(reason))).collect();
    let lost: u64 = lost_for.iter().map(|(_, spans)| spans).sum();
    let lost_for = lost_for.into_iter().filter(|(_, spans)| *spans > 0);
    let lost_by: Vec<_> = lost_for.map(|(reason, spans)| format!("{reason} {spans}")).collect();
    let open = term("open") + term("queued") + term("held") + term("in_flight");
    let balance = finished > 0
        && open == 0
        && term("started") == finished
        && finished == reported + lost + unknown;
    let lost_by = if lost_by.is_empty() { "0".to_owned() } else { lost_by.join(", ") };
    let figure = format!("{finished} = {reported} + {lost_by} + {unknown}");
    let most = reported + unknown + count.unanswered;
    let received = format!("{} taken, {} unanswered", count.taken, count.unanswered);
    [
        Row::new(format!("{name}: spans = reported + lost + unknown"), figure)
            .held_to("exactly", balance),
        Row::new(format!("{name}: the collector's count"), received)
            .held_to(format!("{reported} to {most}"), (reported..=most).contains(&count.taken)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan;

    fn books(terms: &[(&str, u64)]) -> Books {
        terms.iter().map(|(term, count)| ((*term).to_owned(), *count)).collect()
    }

    fn verdicts(terms: &[(&str, u64)], taken: u64, unanswered: u64) -> [Option<bool>; 2] {
        account("s", &books(terms), Count { taken, unanswered }).map(|row| row.is_reached)
    }

    #[test]
    fn books_have_to_balance_and_agree() {
        let terms = [
            ("started", 10),
            ("finished", 10),
            ("reported", 6),
            ("queue_full", 3),
            ("outcome_unknown", 1),
        ];
        assert_eq!(verdicts(&terms, 6, 0), [Some(true); 2]);
        assert_eq!(verdicts(&terms, 7, 0), [Some(true); 2], "the unknown one came");
        assert_eq!(verdicts(&terms, 8, 1), [Some(true); 2], "and one was sent again");
        assert_eq!(verdicts(&terms, 5, 0), [Some(true), Some(false)], "reported, and not there");
        assert_eq!(verdicts(&terms, 8, 0), [Some(true), Some(false)], "lost, and there");
        assert_eq!(verdicts(&terms[..3], 6, 0), [Some(false), Some(true)], "lost without a word");
        let open = [("started", 3), ("finished", 2), ("reported", 2), ("open", 1)];
        assert_eq!(verdicts(&open, 2, 0), [Some(false), Some(true)]);
        assert_eq!(verdicts(&[], 0, 0), [Some(false), Some(true)], "nothing is no result");
    }

    /// A run of three minutes, in which the disturbed half may differ.
    fn run(slower: u32, growth: u64, more: [u64; 3], is_well: bool) -> Run {
        let slices = plan::slices(Duration::from_secs(180), 1);
        let at_rest = Usage { files: 20, threads: 4, resident: 10_000, ..Usage::default() };
        let [files, threads, resident] = more;
        let later = Usage {
            files: 20 + files,
            threads: 4 + threads,
            resident: 10_000 + resident,
            ..at_rest
        };
        let sample = |at: Duration| {
            (at, [Usage { resident: 10_000 + growth * at.as_secs() / 60, ..at_rest }; 3])
        };
        let mut answers = Vec::new();
        let mut watched = Vec::new();
        for slice in &slices {
            let factor = if slice.is_disturbed() { slower } else { 100 };
            for nth in 0..20 {
                let due = slice.from + Duration::from_secs(nth);
                answers.push(Answer { due, took: Duration::from_micros(50) * factor, is_well });
            }
            let times = (0..20).map(|nth| slice.from + Duration::from_secs(nth));
            watched.push(Watched {
                slice: slice.clone(),
                processor: Duration::from_micros(200) * factor,
                samples: times.map(sample).collect(),
            });
        }
        let terms = books(&[("started", 5), ("finished", 5), ("reported", 5)]);
        let count = Count { taken: 5, unanswered: 0 };
        let at_rest = [[at_rest; 3], [later; 3]];
        Run { answers, watched, at_rest, books: vec![terms; 3], counts: vec![count; 3] }
    }

    /// What is missed, in a run like this.
    fn missed(run: &Run) -> Vec<String> {
        let rows = run.rows();
        assert!(rows.len() > 18);
        rows.into_iter().filter(|row| row.is_reached == Some(false)).map(|row| row.what).collect()
    }

    #[test]
    fn each_limit_can_be_missed() {
        assert!(missed(&run(100, 0, [0, 0, 0], true)).is_empty());
        assert!(missed(&run(110, 200, [3, 0, 2048], true)).is_empty());
        assert_eq!(missed(&run(112, 0, [0, 0, 0], true)), ["processor time an order, µs"]);
        let slow = ["processor time an order, µs", "99 % answered within, ms"];
        assert_eq!(missed(&run(130, 0, [0, 0, 0], true)), slow);
        assert_eq!(missed(&run(100, 0, [0, 0, 0], false)), ["orders that failed"]);
        let grows = missed(&run(100, 300, [0, 0, 0], true));
        assert_eq!(grows.len(), 3, "{grows:?}");
        assert!(grows.iter().all(|what| what.contains("memory")));
        for (more, what) in [
            ([4, 0, 0], "files"),
            ([0, 1, 0], "threads"),
            ([0, 0, 2049], "resident memory, KiB, at rest"),
        ] {
            let more = missed(&run(100, 0, more, true));
            assert_eq!(more.len(), 3, "{more:?}");
            assert!(more.iter().all(|missed| missed.contains(what)));
        }
    }

    #[test]
    fn figures_are_told() {
        let rows = run(105, 60, [1, 0, 0], true).rows();
        let figure = |what: &str| {
            let row = rows.iter().find(|row| row.what.starts_with(what));
            row.map(|row| row.figure.as_str()).unwrap_or_default()
        };
        assert_eq!(figure("processor"), "1000.0 calm, 1050.0 disturbed: × 1.05");
        assert_eq!(figure("99 %"), "5.0 calm, 5.2 disturbed: × 1.05");
        assert_eq!(figure("server2: resident"), "+60");
        assert_eq!(figure("server3: files"), "20 → 21");
        assert_eq!(figure("server1: spans"), "5 = 5 + 0 + 0");
    }
}
