//! A server's folder and user, and commands that run there.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::unistd::{User, geteuid};

use super::home::Home;
use super::process::{Den, HOME_MARK, MARK};
use super::server::Server;
use super::spare;
use crate::cmd;
use crate::interrupt::{self, Scope};
use crate::services::kind::Kind;

/// Making a data folder takes seconds; on a busy machine some more.
const PREPARATION: Duration = Duration::from_secs(180);

/// What these begin with is the user's and means another server.
const FOREIGN: [&str; 6] = ["RABBITMQ_", "ERL_", "PG", "MYSQL_", "MARIADB_", "LC_"];

/// Where one server lives.
#[derive(Debug)]
pub struct Place {
    /// Without links: processes are known by it.
    pub folder: PathBuf,
    /// For which it was made.
    home: PathBuf,
    pub ports: Vec<u16>,
    pub log: PathBuf,
    /// Whose the folder is and who runs the server; none is ourselves.
    owner: Option<User>,
}

impl Place {
    /// A new folder, where the server's user can get to it.
    pub fn make(home: &Home, kind: Kind, server: &dyn Server, ports: &[u16]) -> Result<Self> {
        let owner = owner(server)?;
        fs::create_dir_all(&home.folder)?;
        let log = home.log(kind);
        cmd::new_log(&log)?;
        let usual = home.data(kind);
        if usual.exists() {
            fs::remove_dir_all(&usual).with_context(|| format!("{}", usual.display()))?;
        }
        let spare = spare::candidates(kind);
        for folder in [usual.clone()].into_iter().chain(spare) {
            if DirBuilder::new().mode(0o700).create(&folder).is_err() {
                continue;
            }
            if folder != usual {
                spare::sign(&folder, &home.path())?;
            }
            let place = Self {
                folder: folder.canonicalize()?,
                home: home.path(),
                ports: ports.to_vec(),
                log: log.clone(),
                owner: owner.clone(),
            };
            if place.is_reachable() {
                return Ok(place);
            }
            fs::remove_dir_all(&place.folder)?;
        }
        let whom = owner.map_or("we".to_owned(), |user| format!("the user {}", user.name));
        bail!("there is no folder for {} that {whom} can write to", kind.name());
    }

    pub fn port(&self) -> u16 {
        self.ports.first().copied().unwrap_or_default()
    }

    /// Whether one of its own processes listens there; none where that is not known.
    pub fn listens(&self, programs: &[&str], port: u16) -> Option<bool> {
        Den { folder: &self.folder, programs }.listens(port)
    }

    /// A program of the server: as its user, in its folder, with our marks.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = client(program);
        command.current_dir(&self.folder).env("HOME", &self.folder).env(MARK, &self.folder);
        command.env(HOME_MARK, &self.home).env_remove("TMPDIR").process_group(0);
        if let Some(user) = &self.owner {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
            command.env("USER", &user.name).env("LOGNAME", &user.name);
        }
        command
    }

    /// A folder within, the server's own.
    pub fn subfolder(&self, name: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        fs::create_dir(&path).with_context(|| format!("{}", path.display()))?;
        self.hand_over(&path, 0o700)?;
        Ok(path)
    }

    /// A file within, for the server to read.
    pub fn file(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        fs::write(&path, text).with_context(|| format!("{}", path.display()))?;
        self.hand_over(&path, 0o600)?;
        Ok(path)
    }

    /// Starts a command beside us, all its output in the log.
    pub fn spawn(&self, mut command: Command) -> Result<Child> {
        let log = OpenOptions::new().append(true).create(true).open(&self.log)?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        command.spawn().with_context(|| cmd::said(&command))
    }

    /// Runs a command to its end.
    pub fn run(&self, command: Command) -> Result<()> {
        let said = cmd::said(&command);
        let mut child = self.spawn(command)?;
        let started = Instant::now();
        loop {
            if let Some(status) = child.try_wait()? {
                if !status.success() {
                    bail!("{said} ended with {status}");
                }
                return Ok(());
            }
            if interrupt::requested() || started.elapsed() > PREPARATION {
                interrupt::end(&mut child, Scope::Group);
                bail!("{said} was ended before it was done");
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn hand_over(&self, path: &Path, mode: u32) -> Result<()> {
        fs::set_permissions(path, Permissions::from_mode(mode))?;
        if let Some(user) = &self.owner {
            chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
                .with_context(|| format!("{}", path.display()))?;
        }
        Ok(())
    }

    /// Asked as the user: modes alone do not tell.
    fn is_reachable(&self) -> bool {
        let mut test = self.command("test");
        test.current_dir("/").arg("-w").arg(&self.folder);
        test.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.hand_over(&self.folder, 0o700).is_ok() && test.status().is_ok_and(|s| s.success())
    }
}

/// A program that talks to a server, or is one: nothing that the user has set
/// for other servers reaches it.
pub fn client(program: impl AsRef<Path>) -> Command {
    let mut command = Command::new(program.as_ref());
    for (name, _) in std::env::vars_os() {
        if FOREIGN.iter().any(|start| name.to_string_lossy().starts_with(start)) {
            command.env_remove(name);
        }
    }
    command.env("LC_ALL", "C");
    command
}

pub fn is_root() -> bool {
    geteuid().is_root()
}

fn owner(server: &dyn Server) -> Result<Option<User>> {
    if !is_root() {
        return Ok(None);
    }
    let name = server.user();
    match User::from_name(name)? {
        None if server.refuses_root() => {
            bail!("there is no user {name}, and it does not run as root")
        }
        user => Ok(user),
    }
}
