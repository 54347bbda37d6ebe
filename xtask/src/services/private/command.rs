//! `cargo xtask services`: the servers as a person starts and stops them.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use super::down::{self, Log};
use super::home::{Home, Lock};
use super::install;
use super::policy;
use super::up::{self, Holder, Up};
use super::url::quoted;
use crate::progress;
use crate::services::kind::Kind;
use crate::services::redact::redacted;
use crate::services::{Options, UpOptions, What};
use crate::table::table;
use crate::workspace::Workspace;

pub fn run(options: &Options) -> Result<ExitCode> {
    let home = match &options.folder {
        Some(folder) => {
            Home { folder: std::path::absolute(folder)?, ports_from: options.ports_from }
        }
        None => Home { ports_from: options.ports_from, ..Home::of(&Workspace::load()?) },
    };
    match &options.what {
        What::Up(options) => start(&home, options),
        What::Env => Ok(tell(&home)),
        What::Down => stop(&home),
    }
}

/// So that no test waits for packages later.
pub fn install_all(workspace: &Workspace) -> Result<()> {
    let home = Home::of(workspace);
    let _lock = lock(&home)?;
    install::missing_in_turn(&home, &Kind::ALL)
}

/// A program that is no server, under any of these names, out of this package if it has to be.
pub fn program(workspace: &Workspace, names: &[&str], package: &str) -> Result<PathBuf> {
    let home = Home::of(workspace);
    let _lock = lock(&home)?;
    install::program(&home, names, package)
}

fn start(home: &Home, options: &UpOptions) -> Result<ExitCode> {
    let wanted = if options.only.is_empty() { &Kind::ALL[..] } else { &options.only[..] };
    let mut wanted = wanted.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let lock = lock(home)?;
    let up = up::up(home, &home.ours(&wanted), Holder::User)?;
    drop(lock);
    say!("{}", render(&wanted, &up).trim_end());
    if !up.is_empty() {
        say!("\neval \"$(cargo xtask services env)\"   sets the variables");
        say!("cargo xtask services down            stops them, and removes their data");
    }
    Ok(ExitCode::SUCCESS)
}

fn lock(home: &Home) -> Result<Lock> {
    let lock = home.lock()?;
    policy::recover();
    Ok(lock)
}

fn render(wanted: &[Kind], up: &[Up]) -> String {
    let row = |kind: &Kind| {
        let up = up.iter().find(|up| up.entry.kind == *kind);
        let cells = match (up, kind.users_own()) {
            (Some(Up { entry, took }), _) => {
                let version = entry.version.clone().unwrap_or_default();
                [version, entry.url(), took.map_or("was up".to_owned(), progress::time)]
            }
            (None, url) => {
                let url = redacted(&url.unwrap_or_default());
                [String::new(), url, format!("yours ({})", kind.variable())]
            }
        };
        [kind.name().to_owned()].into_iter().chain(cells).collect()
    };
    let rows: Vec<Vec<String>> = wanted.iter().map(row).collect();
    table(&["server", "version", "url", "started in"], &rows, false)
}

/// For `eval`: nothing else on standard output.
fn tell(home: &Home) -> ExitCode {
    let state = home.read();
    let running: Vec<_> = state.entries.iter().filter(|entry| down::is_running(entry)).collect();
    for entry in &running {
        say!("export {}={}", entry.kind.variable(), quoted(&entry.url()));
    }
    if running.is_empty() {
        note!("no servers are up: cargo xtask services up starts them");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn stop(home: &Home) -> Result<ExitCode> {
    let lock = lock(home)?;
    let ours = home.read().entries;
    for entry in &ours {
        for user in entry.users.iter().filter(|user| user.is_alive()) {
            let (name, pid) = (entry.kind.name(), user.pid);
            note!("{name} is in use: a running cargo xtask (process {pid}) loses it");
        }
    }
    let done = down::all(home, Log::Remove)?;
    drop(lock);
    for line in &done {
        say!("{line}");
    }
    if done.is_empty() {
        say!("no servers were up");
    }
    let told = ours.iter().filter(|entry| entry.kind.users_own() == Some(entry.url()));
    let told: Vec<&str> = told.map(|entry| entry.kind.variable()).collect();
    if !told.is_empty() {
        say!("this shell's variables still name them: unset {}", told.join(" "));
    }
    Ok(ExitCode::SUCCESS)
}
