//! Where all servers' folders, logs and the state file are.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::machine::Turn;
use super::state::{Entry, State};
use super::{process, spare};
use crate::interrupt;
use crate::services::kind::Kind;
use crate::workspace::Workspace;

/// Another command may be busy installing packages.
const PATIENCE: Duration = Duration::from_secs(900);
/// At the end of an interrupted run nobody waits that long.
const HASTE: Duration = Duration::from_secs(60);

/// The folder of one set of servers.
#[derive(Debug, Clone)]
pub struct Home {
    pub folder: PathBuf,
    /// The first of the ports to use, other than the usual ones.
    pub ports_from: Option<u16>,
}

/// Held while servers are started or stopped; two commands at a time would each
/// undo what the other does.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held, and let go with the value")] File);

impl Home {
    pub fn of(workspace: &Workspace) -> Self {
        Self { folder: workspace.target.join("xtask").join("services"), ports_from: None }
    }

    /// Waits for other commands, unless interrupted.
    pub fn lock(&self) -> Result<Lock> {
        self.lock_while(|waited| !interrupt::requested() && waited < PATIENCE)
    }

    /// Waits, interrupted or not: there is something to be tidied up.
    pub fn lock_to_tidy(&self) -> Result<Lock> {
        self.lock_while(|waited| waited < HASTE)
    }

    fn lock_while(&self, has_time: impl Fn(Duration) -> bool) -> Result<Lock> {
        // The file stays: who removes it could remove the next one's lock.
        let path = self.folder.with_extension("lock");
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| format!("{}", parent.display()))?;
        }
        let open = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = match open {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => bail!(
                "{} belongs to another user (root?): go on as that user, or remove it once its \
                 servers are down",
                path.display()
            ),
            opened => opened.with_context(|| format!("{}", path.display()))?,
        };
        let started = Instant::now();
        let mut told = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock(file)),
                Err(TryLockError::Error(error)) => return Err(error).context("cannot lock"),
                Err(TryLockError::WouldBlock) => {}
            }
            if !std::mem::replace(&mut told, true) {
                note!("waiting: another cargo xtask starts or stops servers");
            }
            if !has_time(started.elapsed()) {
                bail!("another cargo xtask is busy with the servers");
            }
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn state_file(&self) -> PathBuf {
        self.folder.join("state.json")
    }

    /// What is written down; nothing where there is no file, or none that can be read.
    pub fn read(&self) -> State {
        let Ok(text) = fs::read_to_string(self.state_file()) else {
            return State::default();
        };
        let mut state = State::parse(&text).unwrap_or_else(|error| {
            note!("{} is of no use: {error:#}", self.state_file().display());
            State::default()
        });
        // The workspace was moved, or somebody has written something: what is
        // there is not for us to stop, and least of all to remove.
        state.entries.retain(|entry| self.made(&entry.folder, entry.kind));
        state
    }

    /// Those of which the user has none. Variables in a shell may just as well
    /// have come from `services env`: these name ours.
    pub fn ours(&self, kinds: &[Kind]) -> Vec<Kind> {
        let state = self.read();
        let is_ours = |kind: &Kind| {
            let ours = state.get(*kind).map(Entry::url);
            kind.users_own().is_none_or(|url| Some(url) == ours)
        };
        kinds.iter().copied().filter(is_ours).collect()
    }

    /// Replaces the file at once: whoever is killed leaves the old or the new.
    pub fn write(&self, state: &State) -> Result<()> {
        let path = self.state_file();
        fs::create_dir_all(&self.folder).with_context(|| format!("{}", self.folder.display()))?;
        let new = path.with_extension("new");
        fs::write(&new, state.to_text()).with_context(|| format!("{}", new.display()))?;
        fs::rename(&new, &path).with_context(|| format!("{}", path.display()))
    }

    /// Called once no server is left: nothing but logs of failures stays.
    pub fn tidy(&self) {
        let _ = fs::remove_file(self.state_file());
        let _ = fs::remove_file(self.state_file().with_extension("new"));
        let _ = fs::remove_dir(&self.folder);
        // One that was killed in its turn has left the file of it.
        drop(Turn::now());
    }

    pub fn log(&self, kind: Kind) -> PathBuf {
        self.folder.join(format!("{}.log", kind.name()))
    }

    /// Where a server's data are, unless its user cannot get there.
    pub fn data(&self, kind: Kind) -> PathBuf {
        self.path().join(kind.name())
    }

    /// Its folder without links, also when it is not there: what was started for
    /// it is known by this.
    pub fn path(&self) -> PathBuf {
        let real = |path: &Path| {
            let rest = self.folder.strip_prefix(path).ok()?;
            path.canonicalize().ok().map(|path| path.join(rest))
        };
        // What is joined with nothing would end with a slash.
        let path = self.folder.ancestors().find_map(real).unwrap_or_else(|| self.folder.clone());
        path.components().collect()
    }

    /// All folders that a server of this home may have, whatever is written down.
    pub fn folders(&self, kind: Kind) -> Vec<PathBuf> {
        let home = self.path();
        let mut folders = vec![self.data(kind)];
        folders.extend(spare::of(&home, kind));
        // Their temp folder may have been another one.
        let marked = process::folders_of(&home).into_iter();
        folders.extend(marked.filter(|folder| spare::is_named(folder, kind)));
        folders.sort();
        folders.dedup();
        folders
    }

    /// Whether a folder is one that was made for a server.
    fn made(&self, folder: &Path, kind: Kind) -> bool {
        // One that is gone has nothing that could be anybody else's.
        let is_gone = || spare::is_named(folder, kind) && folder.symlink_metadata().is_err();
        folder == self.data(kind) || spare::is_of(folder, kind, &self.path()) || is_gone()
    }
}
