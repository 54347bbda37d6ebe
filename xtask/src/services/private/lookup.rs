//! Where programs are, whatever their version.

use std::fs;
use std::path::{Path, PathBuf};

/// Not on everybody's `PATH`.
const MORE: [&str; 4] = ["/usr/local/bin", "/usr/local/sbin", "/usr/sbin", "/usr/bin"];

/// A program by its name, its links followed.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(MORE.iter().map(PathBuf::from));
    first_in(folders, name)
}

/// The one of these folders' programs that comes first.
pub fn first_in(folders: impl IntoIterator<Item = PathBuf>, name: &str) -> Option<PathBuf> {
    folders.into_iter().map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// `PREFIX*SUFFIX` on disk, the highest version first.
pub fn by_version(prefix: &str, suffix: &str) -> Vec<PathBuf> {
    let (folder, start) = prefix.rsplit_once('/').unwrap_or((".", prefix));
    let entries = fs::read_dir(Path::new(folder)).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| name.starts_with(start)).collect();
    names.sort_by_key(|name| std::cmp::Reverse(numbers(name)));
    let paths = names.iter().map(|name| Path::new(folder).join(name).join(suffix));
    paths.filter(|path| path.exists()).collect()
}

/// The numbers in a name, to compare versions by: 9.6 comes before 15.
fn numbers(name: &str) -> Vec<u64> {
    let parts = name.split(|c: char| !c.is_ascii_digit());
    parts.filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_version_comes_first() {
        let folder = std::env::temp_dir().join(format!("xtask-lookup-{}", std::process::id()));
        for name in ["server-3.9.30", "server-3.10.8", "server-3.10", "server-4.0", "other-9"] {
            fs::create_dir_all(folder.join(name).join("sbin")).unwrap();
        }
        fs::create_dir_all(folder.join("server-5")).unwrap();
        let found = by_version(&format!("{}/server-", folder.display()), "sbin");
        fs::remove_dir_all(&folder).unwrap();
        let expected = ["server-4.0", "server-3.10.8", "server-3.10", "server-3.9.30"];
        assert_eq!(found, expected.map(|name| folder.join(name).join("sbin")));
    }

    #[test]
    fn programs_are_found_by_name() {
        assert!(program("sh").is_some());
        assert_eq!(program("no-such-program-anywhere"), None);
    }
}
