//! How much room is left for what we build: a full disk makes everything fail, and nothing says so.

use std::fs::{self, DirEntry};
use std::path::Path;
use std::process::{Command, Stdio};

/// Below this a whole run of the tests does not fit.
pub const TIGHT: u64 = 12 << 30;

/// Bytes that are free where `path` is; none where nobody can tell.
pub fn free(path: &Path) -> Option<u64> {
    let mut df = Command::new("df");
    df.arg("-Pk").arg(path).stdin(Stdio::null()).stderr(Stdio::null());
    available(&String::from_utf8_lossy(&df.output().ok()?.stdout))
}

/// Removes the test programs in `deps`, which no later stage runs and cargo links again. Returns
/// their bytes.
pub fn remove_programs(deps: &Path) -> u64 {
    let Ok(files) = fs::read_dir(deps) else { return 0 };
    let programs = files.flatten().filter(is_program);
    programs.map(|file| size(&file) * u64::from(fs::remove_file(file.path()).is_ok())).sum()
}

/// Cargo's programs have no extension (nor a dot anywhere else), libraries and lists have one.
fn is_program(file: &DirEntry) -> bool {
    let name = file.file_name();
    file.file_type().is_ok_and(|kind| kind.is_file()) && Path::new(&name).extension().is_none()
}

fn size(file: &DirEntry) -> u64 {
    file.metadata().map_or(0, |data| data.len())
}

/// `12.3 GiB`.
pub fn gibibytes(bytes: u64) -> String {
    let tenths = bytes / ((1 << 30) / 10);
    format!("{}.{} GiB", tenths / 10, tenths % 10)
}

/// POSIX has the columns of `df -P` in this order, below one line of heads.
fn available(table: &str) -> Option<u64> {
    let kibibytes: u64 = table.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fourth_column_is_what_is_free() {
        let table = "Filesystem 1024-blocks Used Available Capacity Mounted on\n\
                     /dev/vda 263174212 13631488 82837504 15% /\n";
        assert_eq!(available(table), Some(82_837_504 * 1024));
        assert_eq!(available("df: no such file\n"), None);
        assert_eq!(available(""), None);
    }

    #[test]
    fn programs_go_and_libraries_stay() {
        let deps = std::env::temp_dir().join(format!("xtask-disk-{}", std::process::id()));
        fs::create_dir_all(deps.join("folder")).unwrap();
        for name in ["shutdown-35cf", "libserde-1.rlib", "shutdown-35cf.d"] {
            fs::write(deps.join(name), "12345").unwrap();
        }
        assert_eq!(remove_programs(&deps), 5);
        let mut left: Vec<_> =
            fs::read_dir(&deps).unwrap().flatten().map(|f| f.file_name()).collect();
        left.sort();
        assert_eq!(left, ["folder", "libserde-1.rlib", "shutdown-35cf.d"]);
        fs::remove_dir_all(&deps).unwrap();
        assert_eq!(remove_programs(&deps), 0);
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!(gibibytes(12 << 30), "12.0 GiB");
        assert_eq!(gibibytes((3 << 29) + 1), "1.5 GiB");
    }
}
