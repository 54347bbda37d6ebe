//! Keeps Debian's packages from starting servers while they are installed.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::machine::Turn;
use super::place::is_root;

const FILE: &str = "/usr/sbin/policy-rc.d";

/// 101 is "not allowed". The second line is how we know our own.
const TEXT: &str = "#!/bin/sh\n# by cargo xtask services, until packages are installed\nexit 101\n";

/// In force until this value ends.
#[derive(Debug)]
pub struct Policy {
    file: PathBuf,
}

impl Policy {
    pub fn set() -> Result<Self> {
        Self::set_at(Path::new(FILE))
    }

    fn set_at(file: &Path) -> Result<Self> {
        recover_at(file);
        let policy = Self { file: file.to_owned() };
        if file.symlink_metadata().is_ok() {
            fs::rename(file, aside(file)).with_context(|| format!("{}", file.display()))?;
        }
        // Whole or not at all, and never without its right to run.
        let new = file.with_extension("d.new");
        fs::write(&new, TEXT).with_context(|| format!("{}", new.display()))?;
        fs::set_permissions(&new, Permissions::from_mode(0o755))?;
        fs::rename(&new, file).with_context(|| format!("{}", file.display()))?;
        Ok(policy)
    }
}

impl Drop for Policy {
    fn drop(&mut self) {
        recover_at(&self.file);
    }
}

/// Puts back what a run that was killed in between has left.
pub fn recover() {
    let file = Path::new(FILE);
    // Whoever installs has the turn: what is there then was not left.
    if !is_root() || !is_left(file) || !matches!(Turn::now(), Ok(Some(_))) {
        return;
    }
    if is_installing() {
        // The run is gone, its apt-get is not: packages would start servers now.
        note!("{FILE} stays while apt-get runs: cargo xtask services down removes it later");
    } else {
        recover_at(file);
    }
}

/// Also between two steps: theirs is aside already, ours not yet there.
fn is_left(file: &Path) -> bool {
    fs::read_to_string(file).is_ok_and(|text| text == TEXT)
        || aside(file).symlink_metadata().is_ok()
}

fn is_installing() -> bool {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut names =
        processes.filter_map(|entry| fs::read_to_string(entry.path().join("comm")).ok());
    names.any(|name| matches!(name.trim_end(), "apt-get" | "dpkg"))
}

fn recover_at(file: &Path) {
    let _ = fs::remove_file(file.with_extension("d.new"));
    let is_ours = fs::read_to_string(file).is_ok_and(|text| text == TEXT);
    let outcome = if aside(file).symlink_metadata().is_ok() {
        fs::rename(aside(file), file)
    } else if is_ours {
        fs::remove_file(file)
    } else {
        Ok(())
    };
    if let Err(error) = outcome {
        note!("{} is not as it was: {error}", file.display());
    }
}

fn aside(file: &Path) -> PathBuf {
    file.with_extension("d.before-xtask")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_comes_back() {
        let folder = std::env::temp_dir().join(format!("xtask-policy-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        let file = folder.join("policy-rc.d");
        let files = || fs::read_dir(&folder).unwrap().count();

        let policy = Policy::set_at(&file).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), TEXT);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o755);
        drop(policy);
        assert_eq!(files(), 0);

        fs::write(&file, "theirs").unwrap();
        drop(Policy::set_at(&file).unwrap());
        assert_eq!((fs::read_to_string(&file).unwrap().as_str(), files()), ("theirs", 1));

        // Killed while it was in force: the next one knows theirs from ours.
        std::mem::forget(Policy::set_at(&file).unwrap());
        assert!(is_left(&file));
        drop(Policy::set_at(&file).unwrap());
        assert_eq!((fs::read_to_string(&file).unwrap().as_str(), files()), ("theirs", 1));
        recover_at(&file);
        assert_eq!(fs::read_to_string(&file).unwrap(), "theirs");
        assert!(!is_left(&file));

        fs::rename(&file, aside(&file)).unwrap();
        assert!(is_left(&file));
        recover_at(&file);
        assert_eq!((fs::read_to_string(&file).unwrap().as_str(), files()), ("theirs", 1));
        fs::remove_dir_all(&folder).unwrap();
    }
}
