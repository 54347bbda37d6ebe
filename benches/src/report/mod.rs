//! One table of everything.

pub mod machine;
pub mod markdown;

use crate::contestants::Who;
use crate::harness::measured::Metric;
use crate::harness::rounds::Finding;
use crate::rows::Failure;
use crate::targets::{self, Verdict};

/// A figure of a row, of everybody.
pub struct Line {
    pub title: &'static str,
    pub name: &'static str,
    pub metric: Metric,
    /// In the order of [`Who::ALL`].
    pub cells: [String; 5],
    pub ratio: String,
    pub target: String,
    pub verdict: Option<Verdict>,
}

pub const HEAD: [&str; 10] = [
    "row",
    "figure",
    "kit",
    "fastrace",
    "opentelemetry",
    "tracing-otel",
    "floor",
    "kit ÷ peers",
    "to reach",
    "",
];

pub fn lines(findings: &[Finding]) -> Vec<Line> {
    findings.iter().flat_map(of_row).collect()
}

fn of_row(finding: &Finding) -> Vec<Line> {
    let value = |metric, who| finding.by.get(&who).and_then(|found| found.get(metric));
    let mut metrics = finding.row.figures.to_vec();
    // Who loses spans is not faster.
    if Who::ALL.into_iter().any(|who| value(Metric::Lost, who).is_some_and(|lost| lost != 0.0))
        && !metrics.contains(&Metric::Lost)
    {
        metrics.push(Metric::Lost);
    }
    let line = |metric: Metric| {
        let target = targets::of(finding.row.name, metric);
        Line {
            title: finding.row.title,
            name: finding.row.name,
            metric,
            cells: Who::ALL.map(|who| value(metric, who).map_or_else(dash, number)),
            ratio: ratios(metric, |who| value(metric, who)),
            target: target.map(targets::Target::words).unwrap_or_default(),
            verdict: target.map(|target| target.judge(finding)),
        }
    };
    metrics.into_iter().map(line).collect()
}

/// The kit's figure by that of each peer.
fn ratios(metric: Metric, value: impl Fn(Who) -> Option<f64>) -> String {
    if !metric.is_compared() {
        return String::new();
    }
    let Some(own) = value(Who::Kit) else { return String::new() };
    let ratio = |who| match value(who) {
        Some(peer) if peer > 0.0 => format!("{:.2}", own / peer),
        _ => dash(),
    };
    let peers = [Who::Fastrace, Who::OpenTelemetry, Who::TracingOpenTelemetry];
    if peers.into_iter().all(|who| value(who).is_none()) {
        return String::new();
    }
    peers.map(ratio).join(" / ")
}

fn dash() -> String {
    "–".to_owned()
}

/// Three digits that matter, or whole numbers in groups.
fn number(value: f64) -> String {
    if value != 0.0 && value.abs() < 10.0 && value.fract() != 0.0 {
        return format!("{value:.2}");
    }
    if value.abs() < 100.0 && value.fract() != 0.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 { format!("-{text}") } else { text }
}

pub fn verdict(line: &Line) -> &'static str {
    match line.verdict {
        None | Some(Verdict::Told(true)) => "",
        Some(Verdict::Reached) => "reached",
        Some(Verdict::Missed) => "MISSED",
        Some(Verdict::Told(false)) => "not yet",
        Some(Verdict::Unknown) => "?",
    }
}

fn row(line: &Line, title: &str) -> Vec<String> {
    let mut cells = vec![title.to_owned(), line.metric.name().to_owned()];
    cells.extend(line.cells.iter().cloned());
    cells.extend([line.ratio.clone(), line.target.clone(), verdict(line).to_owned()]);
    cells
}

/// The cells of all lines; a row's title stands on its first one.
pub fn rows(lines: &[Line]) -> Vec<Vec<String>> {
    let mut last = "";
    let cells = lines.iter().map(|line| {
        let title = if line.name == last { "" } else { line.title };
        last = line.name;
        row(line, title)
    });
    cells.collect()
}

/// For a terminal.
pub fn terminal(lines: &[Line]) -> String {
    let rows = rows(lines);
    let head = HEAD.map(str::to_owned).to_vec();
    let width = |column: usize| {
        let cells = rows.iter().chain([&head]).map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    };
    let mut text = String::new();
    for row in [&head].into_iter().chain(&rows) {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let width = width(column);
            let right = (2..7).contains(&column);
            if right { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// What is wrong, beside figures that are not good enough.
pub fn failures(findings: &[Finding]) -> Vec<String> {
    let mut failures = Vec::new();
    for finding in findings {
        for (who, why) in &finding.failures {
            if let Failure::Broken(why) = why {
                failures.push(format!("{}: {}: {why}", finding.row.name, who.name()));
            }
        }
        if finding.by.get(&Who::Kit).is_some_and(|kit| targets::lost(finding.row, kit)) {
            failures.push(format!("{}: the kit has lost spans", finding.row.name));
        }
    }
    failures
}

/// Figures that could not be taken here.
pub fn gaps(findings: &[Finding]) -> Vec<String> {
    let gap = |finding: &Finding| {
        finding.failures.iter().find_map(|(_, why)| match why {
            Failure::NotHere(why) => Some(format!("{}: {why}", finding.row.name)),
            Failure::Broken(_) => None,
        })
    };
    findings.iter().filter_map(gap).collect()
}

/// Targets that are missed.
pub fn missed(lines: &[Line]) -> Vec<String> {
    let missed = lines.iter().filter(|line| line.verdict == Some(Verdict::Missed));
    let words = missed.map(|line| {
        let (name, metric) = (line.name, line.metric.name());
        format!("{name}: {metric}: {} where it is to be {}", line.cells[0], line.target)
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits() {
        let numbers = [0.0, 0.36, 41.24, 17_300.0, 1_250_000.4, -12_345.0, 3.0];
        let texts = numbers.map(number);
        assert_eq!(texts, ["0", "0.36", "41.2", "17,300", "1,250,000", "-12,345", "3"]);
    }
}
