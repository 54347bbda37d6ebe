//! `cargo xtask soak`: the chain under load while its collector fails.

use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use crate::cmd;
use crate::table::table;
use crate::workspace::Workspace;

#[derive(Debug, Args)]
pub struct Options {
    /// How long
    #[arg(long, default_value_t = 10)]
    minutes: u32,

    /// Orders a second; what the machine has to be able to do without effort
    #[arg(long, default_value_t = 60)]
    rate: u32,

    /// Of the troubles; another one each time where there is none
    #[arg(long)]
    seed: Option<u64>,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    let mut cargo = cmd::cargo();
    cargo.current_dir(&workspace.root).args(["build", "--release", "-p", "chain", "-p", "soak"]);
    if !cmd::run_here(&mut cargo)?.success() {
        return Ok(ExitCode::FAILURE);
    }
    let mut soak = Command::new(workspace.program(&["release"], "soak"));
    soak.arg("--chain").arg(workspace.program(&["release"], "chain"));
    soak.args(["--minutes", &options.minutes.to_string(), "--rate", &options.rate.to_string()]);
    soak.args(options.seed.iter().flat_map(|seed| ["--seed".to_owned(), seed.to_string()]));
    // It ends by itself on Ctrl-C, which reaches it too.
    let output = soak.stderr(Stdio::inherit()).output().with_context(|| cmd::said(&soak))?;
    if output.stdout.is_empty() {
        bail!("no result");
    }
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).context("the result")?;
    note!("");
    say!("{}", drawn(&rows));
    Ok(if output.status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn drawn(rows: &[Value]) -> String {
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let cells = |row: &Value| {
        let verdict = match row["reached"].as_bool() {
            Some(true) => "ok",
            Some(false) => "MISSED",
            None => "",
        };
        vec![text(row, "what"), text(row, "figure"), text(row, "limit"), verdict.to_owned()]
    };
    let rows: Vec<_> = rows.iter().map(cells).collect();
    table(&["what", "figure", "limit", ""], &rows, false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_are_drawn() {
        let rows = [
            json!({ "what": "orders", "figure": "9", "limit": "", "reached": null }),
            json!({ "what": "threads", "figure": "4", "limit": "3", "reached": false }),
        ];
        let expected = "\
what     figure  limit
-------  ------  -----  ------
orders   9
threads  4       3      MISSED
";
        assert_eq!(drawn(&rows), expected);
    }
}
