//! `RESULTS.md`.

use std::fmt::Write as _;
use std::path::Path;

use super::machine::Machine;
use super::{HEAD, Line, rows};

const INTRODUCTION: &str = "\
# Results

Written by `cargo xtask bench`; see [performance](../docs/performance.md) for what the rows mean.
Only ratios carry over to another machine. Contestants take turns, each in a process of its own;
a time is the best round's median. Every span is counted where it is reported, and what is lost
has a line. A target in brackets is told, not gated.
";

/// Writes it beside the benches.
pub fn write(machine: &Machine, lines: &[Line], notes: &[String]) -> std::io::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("RESULTS.md");
    std::fs::write(path, text(machine, lines, notes))
}

fn text(machine: &Machine, lines: &[Line], notes: &[String]) -> String {
    let mut text = format!("{INTRODUCTION}\n| | |\n| --- | --- |\n");
    for (name, value) in &machine.lines {
        let _ = writeln!(text, "| {name} | {value} |");
    }
    text.push('\n');
    push_row(&mut text, &HEAD.map(str::to_owned));
    let rule = (0..HEAD.len()).map(|column| if (2..7).contains(&column) { "---:" } else { "---" });
    push_row(&mut text, &rule.map(str::to_owned).collect::<Vec<_>>());
    for row in rows(lines) {
        push_row(&mut text, &row);
    }
    if !notes.is_empty() {
        text.push_str("\n## Notes\n\n");
        for note in notes {
            let _ = writeln!(text, "- {note}");
        }
    }
    text
}

fn push_row(text: &mut String, cells: &[String]) {
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}
