//! `cargo xtask test`: all that CI runs, in stages.

mod count;
mod demo;
mod failures;
mod run;
mod stage;
mod stages;
mod summary;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;

use crate::disk;
use crate::interrupt;
use crate::services::Session;
use crate::table::table;
use crate::workspace::Workspace;
use stage::Stage;
use stages::STAGES;

#[derive(Debug, Args)]
pub struct Options {
    /// Only this stage; may be given several times
    #[arg(long = "stage", value_name = "NAME")]
    stages: Vec<String>,

    /// Name the stages and end
    #[arg(long)]
    list: bool,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    if options.list {
        say!("{}", list().trim_end());
        return Ok(ExitCode::SUCCESS);
    }
    let chosen = choose(&options.stages)?;
    let workspace = Workspace::load()?;
    if let Some(free) = disk::free(&workspace.root) {
        let tight = if free < disk::TIGHT { ": a whole run may take more" } else { "" };
        note!("{} are free on this disk{tight}", disk::gibibytes(free));
    }
    // Stops at the end, whatever that is, the servers that stages have needed.
    let mut session = Session::new(&workspace)?;
    let mut reports = Vec::new();
    for (at, stage) in chosen.iter().enumerate() {
        let place = format!("[{}/{}]", at + 1, chosen.len());
        reports.push(run::stage(&workspace, &mut session, stage, &place));
        if interrupt::requested() {
            bail!("interrupted");
        }
        make_room(&workspace);
    }
    session.end();
    say!("\n{}", summary::render(&reports).trim_end());
    Ok(if summary::all_passed(&reports) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A full disk makes all that follows fail, and says nothing of it.
fn make_room(workspace: &Workspace) {
    let Some(free) = disk::free(&workspace.root).filter(|free| *free < disk::TIGHT) else { return };
    let removed = disk::remove_programs(&workspace.target.join("debug").join("deps"));
    if removed > 0 {
        let (free, removed) = (disk::gibibytes(free), disk::gibibytes(removed));
        note!("{free} were free: {removed} of test programs have been removed");
    }
}

fn list() -> String {
    let rows = STAGES.iter().map(|stage| vec![stage.name.to_owned(), stage.about.to_owned()]);
    table(&["stage", "what it does"], &rows.collect::<Vec<_>>(), false)
}

/// In our order, whatever the order they were asked for in.
fn choose(names: &[String]) -> Result<Vec<&'static Stage>> {
    let known = |name: &String| STAGES.iter().any(|stage| stage.name == name);
    if let Some(unknown) = names.iter().find(|name| !known(name)) {
        bail!("there is no stage {unknown}; see cargo xtask test --list");
    }
    let wanted = |stage: &&Stage| names.is_empty() || names.iter().any(|n| n == stage.name);
    Ok(STAGES.iter().filter(wanted).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_named_is_all_and_order_is_ours() {
        assert_eq!(choose(&[]).unwrap().len(), STAGES.len());
        let names = ["clippy".to_owned(), "fmt".to_owned()];
        let chosen: Vec<_> = choose(&names).unwrap().iter().map(|stage| stage.name).collect();
        assert_eq!(chosen, ["fmt", "clippy"]);
    }

    #[test]
    fn an_unknown_stage_is_named() {
        let Err(error) = choose(&["clipy".to_owned()]) else { panic!("taken") };
        assert!(error.to_string().contains("clipy"));
    }
}
