//! One start at a time on the whole machine.
//!
//! Between the choice of a port and a server that listens there seconds pass;
//! two clones that start servers meanwhile would choose the same ones. Nor can
//! two of them install packages at the same time.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::interrupt;

/// The other one may be busy installing packages.
const PATIENCE: Duration = Duration::from_secs(900);
const TICK: Duration = Duration::from_millis(100);

/// Not the folder of `TMPDIR`: that is another one for each user.
const FILE: &str = "/tmp/tracer-services.lock";

/// Held until this value ends.
#[derive(Debug)]
pub struct Turn {
    file: File,
    path: PathBuf,
}

impl Turn {
    /// Waits for others, unless interrupted.
    pub fn wait() -> Result<Self> {
        let started = Instant::now();
        let mut told = false;
        loop {
            if let Some(turn) = Self::now()? {
                return Ok(turn);
            }
            if !std::mem::replace(&mut told, true) {
                note!("waiting: another clone's cargo xtask starts servers");
            }
            if interrupt::requested() || started.elapsed() > PATIENCE {
                bail!("another clone's cargo xtask is busy starting servers");
            }
            thread::sleep(TICK);
        }
    }

    /// None where somebody else has it.
    pub fn now() -> Result<Option<Self>> {
        Self::now_at(Path::new(FILE)).with_context(|| FILE.to_owned())
    }

    fn now_at(path: &Path) -> io::Result<Option<Self>> {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // The one before has removed the file: it keeps nobody else out.
        let is_same = path.symlink_metadata().is_ok_and(|there| {
            file.metadata().is_ok_and(|ours| (ours.dev(), ours.ino()) == (there.dev(), there.ino()))
        });
        Ok(is_same.then(|| Self { file, path: path.to_owned() }))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Before it is let go; another user's stays, and does no harm.
        let _ = fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

/// For reading, which is enough to lock it: whoever made it, all users can.
fn open(path: &Path) -> io::Result<File> {
    match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        opened => return opened,
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(file) => {
            file.set_permissions(Permissions::from_mode(0o644))?;
            Ok(file)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => File::open(path),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_no_file_stays() {
        let path = std::env::temp_dir().join(format!("xtask-turn-{}", std::process::id()));
        let first = Turn::now_at(&path).unwrap().unwrap();
        assert!(Turn::now_at(&path).unwrap().is_none());
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o644);
        drop(first);
        assert!(!path.exists());
        // Left by one that was killed.
        fs::write(&path, "").unwrap();
        drop(Turn::now_at(&path).unwrap().unwrap());
        assert!(!path.exists());
    }
}
