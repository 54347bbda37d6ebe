//! Stopping servers and removing what they leave.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::home::Home;
use super::process::{Den, Process};
use super::server;
use super::state::{Entry, State};
use crate::services::kind::Kind;

/// Whether what a server has said stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    Keep,
    Remove,
}

/// Whether a server that was started is still there.
pub fn is_running(entry: &Entry) -> bool {
    let programs = server::of(entry.kind).processes();
    let is_ours = |process: &Process| {
        process.is_alive() && Den { folder: &entry.folder, programs }.holds(*process)
    };
    entry.version.is_some() && entry.process.as_ref().is_some_and(is_ours)
}

/// Stops all of them, and says of each what was done.
pub fn all(home: &Home, log: Log) -> Result<Vec<String>> {
    some(home, log, |_| true)
}

/// Those that nobody wants any more.
pub fn unwanted(home: &Home, leaving: Process) -> Result<Vec<String>> {
    let mut state = home.read();
    for entry in &mut state.entries {
        entry.users.retain(|user| *user != leaving && user.is_alive());
    }
    if !state.entries.is_empty() {
        home.write(&state)?;
    }
    some(home, Log::Keep, |entry| !entry.is_wanted())
}

fn some(home: &Home, log: Log, chosen: impl Fn(&Entry) -> bool) -> Result<Vec<String>> {
    let mut state = home.read();
    let mut done = Vec::new();
    let mut failed = Vec::new();
    for kind in Kind::ALL {
        let entry = state.get(kind).cloned();
        if entry.as_ref().is_some_and(|entry| !chosen(entry)) {
            continue;
        }
        match one(home, kind, entry.as_ref(), log) {
            Ok(None) => {}
            Ok(Some(what)) => done.push(format!("{}: {what}", kind.name())),
            // The others should not stay because of this one; it is not forgotten.
            Err(error) => {
                failed.push(format!("{}: {error:#}", kind.name()));
                continue;
            }
        }
        if entry.is_some() {
            state.remove(kind);
            home.write(&state)?;
        }
    }
    if state == State::default() && failed.is_empty() {
        home.tidy();
    }
    if !failed.is_empty() {
        bail!("not all servers could be stopped: {}", failed.join("; "));
    }
    Ok(done)
}

/// Also without an entry: the state file may be gone, the server not.
pub fn one(home: &Home, kind: Kind, entry: Option<&Entry>, log: Log) -> Result<Option<String>> {
    let server = server::of(kind);
    let mut folders = home.folders(kind);
    if let Some(entry) = entry.filter(|entry| !folders.contains(&entry.folder)) {
        folders.push(entry.folder.clone());
    }
    let first = entry.and_then(|entry| entry.process).map(|process| process.pid);
    let (mut had_process, mut had_folder) = (false, false);
    for folder in &folders {
        let den = Den { folder, programs: server.processes() };
        had_process |= !den.processes().is_empty();
        den.end(first, server.stop())?;
        server.sweep(folder);
        had_folder |= folder.exists();
        remove(folder)?;
    }
    let started = entry.filter(|entry| entry.version.is_some());
    if log == Log::Remove || (had_process && started.is_some()) {
        let _ = fs::remove_file(home.log(kind));
    }
    Ok(match (had_process, started) {
        (true, Some(entry)) => Some(format!("stopped (port {})", entry.port())),
        (true, None) => Some("stopped what was left of it".to_owned()),
        (false, Some(_)) if log == Log::Keep => {
            Some(format!("had ended by itself; its log is {}", home.log(kind).display()))
        }
        (false, Some(_)) => Some("had ended by itself".to_owned()),
        (false, None) if had_folder => Some("removed what was left of it".to_owned()),
        (false, None) => None,
    })
}

fn remove(folder: &Path) -> Result<()> {
    if folder.symlink_metadata().is_err() {
        return Ok(());
    }
    // In folders that all may write to, somebody else could have put a link.
    if folder.is_symlink() || !folder.is_dir() {
        bail!("{} is no folder", folder.display());
    }
    fs::remove_dir_all(folder).with_context(|| format!("{}", folder.display()))
}
