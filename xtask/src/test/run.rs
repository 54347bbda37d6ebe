//! Runs one stage and says how it went.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::stage::{Plan, Stage, Step};
use super::summary::{Outcome, Report};
use super::{count, failures};
use crate::cmd;
use crate::disk;
use crate::interrupt;
use crate::progress::Progress;
use crate::services::Session;
use crate::workspace::Workspace;

/// How much of a failed stage's output is shown at once.
const TAIL: usize = 60;

pub fn stage(workspace: &Workspace, session: &mut Session, stage: &Stage, place: &str) -> Report {
    let started = Instant::now();
    let title = format!("{place} {}", stage.name);
    let log = workspace.log(&format!("test-{}", stage.name));
    let outcome = match plan(workspace, session, stage, &log) {
        Ok(Plan::Skip(why)) => {
            note!("{title} … skipped: {why}");
            Outcome::Skipped(why)
        }
        Ok(Plan::Run(steps)) => steps_in_turn(steps, &log, &title),
        Err(error) => {
            note!("{title} … failed: {error:#}");
            Outcome::Failed(format!("{error:#}"))
        }
    };
    Report { name: stage.name, outcome, took: started.elapsed() }
}

fn plan(workspace: &Workspace, session: &mut Session, stage: &Stage, log: &Path) -> Result<Plan> {
    cmd::new_log(log)?;
    let mut plan = (stage.plan)(workspace)?;
    if let Plan::Run(steps) = &mut plan {
        let variables = session.need(stage.servers)?;
        for step in steps {
            step.command.envs(variables.iter().cloned());
        }
    }
    Ok(plan)
}

fn steps_in_turn(steps: Vec<Step>, log: &Path, title: &str) -> Outcome {
    let count = steps.len();
    let mut progress = Progress::start(title);
    for (at, mut step) in steps.into_iter().enumerate() {
        let said = cmd::said(&step.command);
        if count > 1 {
            progress.step(&format!("{}/{count} {said}", at + 1));
        }
        if let Err(error) = one(&mut step, log, &mut progress) {
            progress.end("failed");
            if !interrupt::requested() {
                show(log, title);
            }
            return Outcome::Failed(format!("{error:#}"));
        }
    }
    progress.end("ok");
    Outcome::Passed(count::note(&cmd::read(log)))
}

fn one(step: &mut Step, log: &Path, progress: &mut Progress) -> Result<()> {
    let before = cmd::read(log).len();
    let status = cmd::run_logged(&mut step.command, log, progress)?;
    if !status.success() {
        bail!("{} ended with {status}", cmd::said(&step.command));
    }
    match step.check {
        Some(check) => check(cmd::read(log).get(before..).unwrap_or_default()),
        None => Ok(()),
    }
}

/// First what failed, in few lines: the place where this is read may show no more.
fn show(log: &Path, title: &str) {
    for line in failures::telling(&cmd::read(log)) {
        say!("{title}: {line}");
    }
    if let Some(free) = disk::free(log) {
        say!("{title}: {} are free on this disk", disk::gibibytes(free));
    }
    say!("--- the end of {}:", log.display());
    say!("{}", cmd::tail(log, TAIL));
    say!("---");
}

/// Shown beside the outcome; a stage that did nothing took no time.
pub fn shown(took: Duration, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Skipped(_) => String::new(),
        Outcome::Passed(_) | Outcome::Failed(_) => crate::progress::time(took),
    }
}
