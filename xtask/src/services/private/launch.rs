//! Starting one server, and waiting until it answers.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};

use super::home::Home;
use super::place::Place;
use super::process::Process;
use super::server;
use super::state::{Entry, State};
use crate::cmd;
use crate::interrupt;
use crate::services::kind::Kind;

const TICK: Duration = Duration::from_millis(100);
/// In this time a server that could not have its port has ended.
const LOST: Duration = Duration::from_secs(1);
/// How much of a log says why a server did not start.
const TAIL: usize = 20;

/// What is written down as servers come up, each on a thread of its own.
#[derive(Debug)]
pub struct Notes<'a> {
    home: &'a Home,
    state: Mutex<State>,
}

impl<'a> Notes<'a> {
    pub fn new(home: &'a Home, state: State) -> Self {
        Self { home, state: Mutex::new(state) }
    }

    fn change(&self, kind: Kind, change: impl FnOnce(&mut Entry)) -> Result<()> {
        let mut state = self.state.lock().map_err(|_| anyhow!("a server's thread panicked"))?;
        if let Some(entry) = state.get_mut(kind) {
            change(entry);
        }
        self.home.write(&state)
    }
}

/// The time it took; an error holds the end of its log.
pub fn launch(notes: &Notes<'_>, kind: Kind, place: &Place) -> Result<Duration> {
    let started = Instant::now();
    match until_it_answers(notes, kind, place) {
        Ok(()) => Ok(started.elapsed()),
        Err(error) if interrupt::requested() => Err(error),
        Err(error) => {
            let (log, tail) = (place.log.display(), cmd::tail(&place.log, TAIL));
            bail!("{}: {error:#}\n{tail}\n(the end of {log})", kind.name());
        }
    }
}

fn until_it_answers(notes: &Notes<'_>, kind: Kind, place: &Place) -> Result<()> {
    let server = server::of(kind);
    let mut child = place.spawn(server.prepare(place)?)?;
    // Not before: making a data folder takes its own time, and has its own limit.
    let started = Instant::now();
    let process = i32::try_from(child.id()).ok().and_then(Process::of);
    notes.change(kind, |entry| entry.process = process)?;
    let version = loop {
        if let Some(status) = child.try_wait()? {
            bail!("it ended with {status}");
        }
        let error = match server.ask(place.port()) {
            Ok(version) => break version,
            Err(error) => error,
        };
        if interrupt::requested() {
            bail!("interrupted");
        }
        if started.elapsed() > server.patience() {
            bail!("no answer within {} s: {error:#}", server.patience().as_secs());
        }
        thread::sleep(TICK);
    };
    // Somebody else may have been quicker to take the port, and be who answered.
    match place.listens(server.processes(), place.port()) {
        Some(true) => {}
        Some(false) => bail!("somebody else answers on port {}", place.port()),
        None => thread::sleep(LOST),
    }
    if let Some(status) = child.try_wait()? {
        bail!("it ended with {status}");
    }
    notes.change(kind, |entry| entry.version = Some(version))
}
