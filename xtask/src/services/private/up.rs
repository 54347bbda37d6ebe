//! Starting servers, side by side.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};

use super::choose::choose_ports;
use super::down::{self, Log};
use super::home::Home;
use super::install;
use super::launch::{Notes, launch};
use super::machine::Turn;
use super::place::Place;
use super::process::Process;
use super::server;
use super::state::{Entry, State};
use crate::interrupt;
use crate::progress::Progress;
use crate::services::kind::Kind;

const TICK: Duration = Duration::from_millis(100);

/// On whose behalf servers are started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The user's: they stay until `services down`.
    User,
    /// A command's: they end with it, unless somebody else uses them.
    Command(Process),
}

/// A server that answers.
#[derive(Debug, Clone)]
pub struct Up {
    pub entry: Entry,
    /// What it took; none where it was up already.
    pub took: Option<Duration>,
}

/// All of them, or an error and none that were not up before. The home is locked by the caller.
pub fn up(home: &Home, kinds: &[Kind], holder: Holder) -> Result<Vec<Up>> {
    let state = home.read();
    let (running, absent): (Vec<Kind>, Vec<Kind>) =
        kinds.iter().partition(|kind| state.get(**kind).is_some_and(is_up));
    let mut times = Vec::new();
    if !absent.is_empty() {
        let _turn = Turn::wait()?;
        install::missing(home, &absent)?;
        times = start_or_else_once_more(home, &state, &absent, holder)?;
    }
    // Not before: what is not to be had is not held either.
    let mut state = home.read();
    for kind in &running {
        if let Some(entry) = state.get_mut(*kind) {
            hold(entry, holder);
        }
    }
    home.write(&state)?;
    let up = |kind: &Kind| {
        let entry = state.get(*kind).cloned().context("a server is not written down")?;
        let took = times.iter().find(|(started, _)| started == kind).map(|(_, took)| *took);
        Ok(Up { entry, took })
    };
    kinds.iter().map(up).collect()
}

/// Once more where a port was lost to somebody who knows nothing of turns.
fn start_or_else_once_more(
    home: &Home,
    state: &State,
    kinds: &[Kind],
    holder: Holder,
) -> Result<Vec<(Kind, Duration)>> {
    let mut chosen = Vec::new();
    let first = start(home, state.clone(), kinds, holder, &mut chosen);
    let Err(error) = first else { return first };
    let is_lost = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_err();
    let Some(lost) = chosen.iter().find(|port| is_lost(port)) else { return Err(error) };
    if interrupt::requested() {
        return Err(error);
    }
    note!("port {lost} was taken meanwhile: once more, with other ports");
    start(home, home.read(), kinds, holder, &mut chosen)
}

/// All or none; also tells the ports that it has chosen.
fn start(
    home: &Home,
    mut state: State,
    kinds: &[Kind],
    holder: Holder,
    chosen: &mut Vec<u16>,
) -> Result<Vec<(Kind, Duration)>> {
    let places = match places(home, &mut state, kinds, holder) {
        Ok(places) => places,
        Err(error) => return Err(undone(home, kinds, error)),
    };
    *chosen = places.iter().flat_map(|(_, place)| &place.ports).copied().collect();
    start_all(home, state, &places).map_err(|error| undone(home, kinds, error))
}

fn is_up(entry: &Entry) -> bool {
    down::is_running(entry) && server::of(entry.kind).ask(entry.port()).is_ok()
}

fn hold(entry: &mut Entry, holder: Holder) {
    entry.users.retain(|user| user.is_alive());
    match holder {
        Holder::User => entry.keep = true,
        Holder::Command(process) if !entry.users.contains(&process) => entry.users.push(process),
        Holder::Command(_) => {}
    }
}

/// Clears away what is left of earlier ones, and makes room for new ones.
fn places(
    home: &Home,
    state: &mut State,
    kinds: &[Kind],
    holder: Holder,
) -> Result<Vec<(Kind, Place)>> {
    for kind in kinds {
        let entry = state.get(*kind);
        if let Some(what) = down::one(home, *kind, entry, Log::Remove)? {
            note!("{}: {what}; it is started anew", kind.name());
        }
    }
    let ports = choose_ports(home, state, kinds)?;
    let mut places = Vec::new();
    for (kind, ports) in kinds.iter().zip(ports) {
        let place = Place::make(home, *kind, server::of(*kind), &ports);
        let place = place.with_context(|| kind.name())?;
        let before = state.get(*kind);
        let mut entry = Entry {
            kind: *kind,
            process: None,
            ports,
            folder: place.folder.clone(),
            version: None,
            keep: before.is_some_and(|before| before.keep),
            users: before.map(|before| before.users.clone()).unwrap_or_default(),
        };
        hold(&mut entry, holder);
        state.put(entry);
        // At once: whoever kills us now still finds the folder.
        home.write(state)?;
        places.push((*kind, place));
    }
    Ok(places)
}

fn start_all(home: &Home, state: State, places: &[(Kind, Place)]) -> Result<Vec<(Kind, Duration)>> {
    let names: Vec<&str> = places.iter().map(|(kind, _)| kind.name()).collect();
    let mut progress = Progress::start(format!("starting {}", names.join(", ")));
    let notes = Notes::new(home, state);
    let ready = AtomicUsize::new(0);
    let start = |kind: Kind, place: &Place| {
        let outcome = launch(&notes, kind, place);
        ready.fetch_add(1, Ordering::Relaxed);
        outcome.map(|took| (kind, took))
    };
    let outcomes: Vec<Result<(Kind, Duration)>> = thread::scope(|scope| {
        let start = &start;
        let threads: Vec<_> =
            places.iter().map(|(kind, place)| scope.spawn(move || start(*kind, place))).collect();
        while threads.iter().any(|thread| !thread.is_finished()) {
            progress
                .tick(|| format!("{} of {} answer", ready.load(Ordering::Relaxed), places.len()));
            thread::sleep(TICK);
        }
        let panicked = |_| Err(anyhow!("a server's thread panicked"));
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(panicked)).collect()
    });
    let failed = outcomes.iter().any(Result::is_err);
    progress.end(if failed { "failed" } else { "done" });
    let (mut times, mut errors) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        match outcome {
            Ok(time) => times.push(time),
            Err(error) => errors.push(format!("{error:#}")),
        }
    }
    if interrupt::requested() {
        bail!("interrupted");
    }
    if !errors.is_empty() {
        bail!("{}", errors.join("\n"));
    }
    Ok(times)
}

/// What was begun here is taken back; the reason stays the reason.
fn undone(home: &Home, kinds: &[Kind], reason: anyhow::Error) -> anyhow::Error {
    let log = if interrupt::requested() { Log::Remove } else { Log::Keep };
    let mut state = home.read();
    for kind in kinds {
        match down::one(home, *kind, state.get(*kind), log) {
            Ok(_) => state.remove(*kind),
            Err(error) => {
                note!("{}: {error:#}", kind.name());
                // The next one that tidies up tries again.
                if let Some(entry) = state.get_mut(*kind) {
                    (entry.keep, entry.users) = (false, Vec::new());
                }
            }
        }
    }
    if state == State::default() {
        home.tidy();
    } else if let Err(error) = home.write(&state) {
        note!("{error:#}");
    }
    reason
}
