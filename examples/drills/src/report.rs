//! What is printed: the list, one drill, the table of all.

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use example_parts::say::{note, say};
use example_parts::{runtime, serving};
use serde_json::{Value, json};
use tracer_core::WaterfallStyle;

use crate::cli::{AllOptions, ListOptions, RunOptions};
use crate::drill::Drill;
use crate::drills;
use crate::field::Servers;
use crate::run::{self, Outcome};

/// `drills list`.
///
/// # Errors
/// When nobody reads.
pub fn list(options: &ListOptions) -> Result<ExitCode> {
    if options.json {
        let drills: Vec<_> = drills::all().map(described).collect();
        say(serde_json::to_string_pretty(&drills)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let width = drills::all().map(|drill| drill.name.len()).max().unwrap_or_default();
    for drill in drills::all() {
        say(format_args!("{:width$}  {}", drill.name, drill.question))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `drills run NAME`.
///
/// # Errors
/// When it can't be run, or nobody reads.
pub fn one(drill: &Drill, servers: &Servers, options: &RunOptions) -> Result<ExitCode> {
    let collector = options.showing.otlp_endpoint.as_deref();
    runtime::run(async {
        let outcome = run::drill(drill, servers, collector).await?;
        if options.json {
            say(serde_json::to_string_pretty(&told(drill, &outcome, None))?)?;
            return Ok(code(&outcome));
        }
        show(drill, &outcome, options.showing.viewer_url.as_deref())?;
        // The links lead somewhere for as long as this runs.
        if options.showing.viewer_url.is_some() && !options.once {
            say("The viewer is up until Ctrl-C.")?;
            serving::interrupted()?.await;
        }
        Ok(code(&outcome))
    })
}

fn show(drill: &Drill, outcome: &Outcome, viewer: Option<&str>) -> io::Result<()> {
    let plain = std::env::var_os("NO_COLOR").is_some() || !io::stdout().is_terminal();
    let style = if plain { WaterfallStyle::Plain } else { WaterfallStyle::Coloured };
    say(format_args!("{}\n", drill.question))?;
    say(format_args!("Broken: {}{}", drill.broken, by_flags(drill.faults)))?;
    say(format_args!("The caller gets: {}\n", outcome.caller))?;
    if outcome.traces.is_empty() {
        say("(no span was recorded)\n")?;
    }
    say(outcome.waterfalls(style))?;
    say(format_args!("What to look for: {}\n", drill.look))?;
    say(format_args!("In production: {}\n", drill.production))?;
    for trace in &outcome.traces {
        if let (Some(viewer), Some(id)) = (viewer, trace[0].trace_id) {
            say(format_args!("{}/trace/{id}", viewer.trim_end_matches('/')))?;
        }
    }
    match &*outcome.wrong {
        [] => say("All is as it has to be."),
        wrong => say(format_args!("NOT as it has to be:\n  {}", wrong.join("\n  "))),
    }
}

/// Where flags did it, which ones.
#[must_use]
pub fn by_flags(faults: &[&str]) -> String {
    if faults.is_empty() {
        String::new()
    } else {
        format!(" (--fault {})", faults.join(" --fault "))
    }
}

/// `drills all`.
///
/// # Errors
/// When nobody reads. A drill that can't be run is one that fails.
pub fn all(servers: &Servers, options: &AllOptions) -> Result<ExitCode> {
    let drills: Vec<_> = drills::all().collect();
    let (mut rows, mut told_all, mut failed) = (Vec::new(), Vec::new(), 0);
    for (at, drill) in drills.iter().enumerate() {
        let started = Instant::now();
        let outcome = runtime::run(run::drill(drill, servers, None));
        let took = started.elapsed();
        let outcome = outcome.unwrap_or_else(|error| Outcome {
            caller: "?".to_owned(),
            traces: Vec::new(),
            wrong: vec![format!("it can't be run: {error:#}")],
        });
        let verdict = if outcome.wrong.is_empty() { "ok" } else { "WRONG" };
        failed += usize::from(!outcome.wrong.is_empty());
        note(format_args!(
            "[{}/{}] {} … {verdict} ({:.1} s)",
            at + 1,
            drills.len(),
            drill.name,
            took.as_secs_f64(),
        ));
        for wrong in &outcome.wrong {
            note(format_args!("    {wrong}"));
        }
        if !outcome.wrong.is_empty() {
            note(outcome.waterfalls(WaterfallStyle::Plain));
        }
        told_all.push(told(drill, &outcome, Some(took)));
        rows.push(row(drill, &outcome, verdict));
    }
    if options.json {
        say(serde_json::to_string_pretty(&told_all)?)?;
    } else {
        say(table(&rows))?;
        let on = if servers.are_real() { "real servers" } else { "stand-ins" };
        say(format_args!("{} drills on {on}, {failed} not as they have to be", drills.len()))?;
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn code(outcome: &Outcome) -> ExitCode {
    if outcome.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// For machines: what a drill is.
fn described(drill: &Drill) -> Value {
    json!({
        "name": drill.name,
        "question": drill.question,
        "broken": drill.broken,
        "faults": drill.faults,
        "look": drill.look,
        "production": drill.production,
    })
}

/// For machines: what came of it.
fn told(drill: &Drill, outcome: &Outcome, took: Option<Duration>) -> Value {
    let ids = outcome.traces.iter().map(|trace| trace[0].trace_id.map(|id| id.to_string()));
    json!({
        "name": drill.name,
        "caller": outcome.caller,
        "traces": ids.collect::<Vec<_>>(),
        "spans": outcome.spans(),
        "services": outcome.services(),
        "errors": outcome.errors_at(),
        "wrong": outcome.wrong,
        "seconds": took.map(|took| took.as_secs_f64()),
    })
}

const HEADS: [&str; 6] =
    ["drill", "the caller gets", "spans", "services", "the error begins at", "verdict"];

fn row(drill: &Drill, outcome: &Outcome, verdict: &str) -> [String; 6] {
    [
        drill.name.to_owned(),
        short(&outcome.caller),
        outcome.spans().to_string(),
        outcome.services().to_string(),
        outcome.origin().unwrap_or_else(|| "–".to_owned()),
        verdict.to_owned(),
    ]
}

fn short(text: &str) -> String {
    const MOST: usize = 44;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let head: String = text.chars().take(MOST - 1).collect();
    format!("{}…", head.trim_end())
}

fn table(rows: &[[String; 6]]) -> String {
    let heads = HEADS.map(str::to_owned);
    let width = |column: usize| {
        let cells = rows.iter().chain([&heads]).map(|row| row[column].chars().count());
        cells.max().unwrap_or_default()
    };
    let widths: [usize; 6] = std::array::from_fn(width);
    let line = |row: &[String; 6]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    let rule = widths.map(|width| "-".repeat(width));
    [&heads, &rule].into_iter().chain(rows).map(line).collect()
}
