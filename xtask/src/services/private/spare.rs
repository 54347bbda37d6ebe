//! Folders outside of the workspace, for servers whose user cannot get into it.
//!
//! Each holds a note of the home that has made it: `cargo clean` takes the state
//! file away, and leaves the server and such a folder.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use nix::unistd::geteuid;

use crate::services::kind::Kind;

const NOTE: &str = "made-by";

/// Where folders for a server may be, in the order in which they are tried.
pub fn candidates(kind: Kind) -> Vec<PathBuf> {
    let name = format!("{}{}", start(kind), std::process::id());
    parents().into_iter().map(|parent| parent.join(&name)).collect()
}

fn parents() -> Vec<PathBuf> {
    let mut parents = vec![std::env::temp_dir()];
    for more in ["/tmp", "/var/tmp"].map(PathBuf::from) {
        if !parents.contains(&more) {
            parents.push(more);
        }
    }
    parents
}

fn start(kind: Kind) -> String {
    format!("tracer-services-{}-", kind.name())
}

/// Writes down whose it is.
pub fn sign(folder: &Path, home: &Path) -> Result<()> {
    let note = folder.join(NOTE);
    fs::write(&note, home.as_os_str().as_bytes()).with_context(|| format!("{}", note.display()))
}

/// Whether a folder is called as those for a server are.
pub fn is_named(folder: &Path, kind: Kind) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(&start(kind))
}

/// Whether it was made for this home, by us: others may write what they like.
pub fn is_of(folder: &Path, kind: Kind, home: &Path) -> bool {
    let note = folder.join(NOTE);
    let is_ours = note
        .symlink_metadata()
        .is_ok_and(|data| data.is_file() && data.uid() == geteuid().as_raw());
    is_named(folder, kind)
        && is_ours
        && fs::read(&note).is_ok_and(|text| text == home.as_os_str().as_bytes())
}

/// All that were made for this home.
pub fn of(home: &Path, kind: Kind) -> Vec<PathBuf> {
    let entries = parents().into_iter().filter_map(|parent| fs::read_dir(parent).ok()).flatten();
    let folders = entries.flatten().filter_map(|entry| entry.path().canonicalize().ok());
    folders.filter(|folder| is_of(folder, kind, home)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_known_by_its_note() {
        let parent = std::env::temp_dir().join(format!("xtask-spare-{}", std::process::id()));
        let folder = parent.join("tracer-services-redis-1");
        fs::create_dir_all(&folder).unwrap();
        let (home, other) = (Path::new("/a b/services"), Path::new("/a"));
        assert!(!is_of(&folder, Kind::Redis, home));
        sign(&folder, home).unwrap();
        assert!(is_of(&folder, Kind::Redis, home));
        assert!(!is_of(&folder, Kind::Redis, other));
        assert!(!is_of(&folder, Kind::Mariadb, home));
        fs::remove_dir_all(&parent).unwrap();
    }
}
