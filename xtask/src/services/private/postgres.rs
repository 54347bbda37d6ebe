//! PostgreSQL: everybody on this machine is trusted.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use nix::sys::signal::Signal;

use super::lookup;
use super::place::{Place, client};
use super::server::{Server, output};
use super::url::DATABASE;

pub struct Postgres;

/// Debian and Red Hat keep each version's programs off the `PATH`.
const PREFIXES: [(&str, &str); 2] = [("/usr/lib/postgresql/", "bin"), ("/usr/pgsql-", "bin")];

impl Server for Postgres {
    fn packages(&self) -> &'static [&'static str] {
        &["postgresql"]
    }

    fn unit(&self) -> &'static str {
        "postgresql"
    }

    fn user(&self) -> &'static str {
        "postgres"
    }

    fn ports(&self) -> &'static [u16] {
        &[21432]
    }

    fn processes(&self) -> &'static [&'static str] {
        &["postgres"]
    }

    /// At once: otherwise it waits for its clients to leave.
    fn stop(&self) -> Signal {
        Signal::SIGINT
    }

    fn check_installed(&self) -> Result<()> {
        programs().map(|_| ())
    }

    fn prepare(&self, place: &Place) -> Result<Command> {
        let programs = programs()?;
        let mut init = place.command(programs.join("initdb"));
        init.args(["-D", "data", "-A", "trust", "-U", "postgres", "-E", "UTF8"]);
        // Its folder stays when it is broken off: by that its memory is found.
        init.args(["--locale=C", "--no-sync", "-n"]);
        place.run(init)?;

        let mut command = place.command(programs.join("postgres"));
        command.args(["-D", "data", "-p", &place.port().to_string()]);
        let settings = [
            "listen_addresses=127.0.0.1",
            // None: a socket's path has to be short, and nobody needs it.
            "unix_socket_directories=",
            // In its folder, so that nothing stays when it is killed.
            "dynamic_shared_memory_type=mmap",
            "fsync=off",
            "synchronous_commit=off",
        ];
        for setting in settings {
            command.args(["-c", setting]);
        }
        Ok(command)
    }

    fn ask(&self, port: u16) -> Result<String> {
        let programs = programs()?;
        let version = || query(&programs, port, DATABASE, "SHOW server_version");
        let version = version().or_else(|_| {
            query(&programs, port, "postgres", &format!("CREATE DATABASE {DATABASE}"))?;
            version()
        })?;
        Ok(version.split_whitespace().next().unwrap_or_default().to_owned())
    }

    /// One that was killed leaves a few bytes of shared memory behind, which the
    /// system keeps until somebody removes them; so does `initdb`, which starts
    /// servers too and writes nothing down.
    fn sweep(&self, folder: &Path) {
        let data = folder.join("data");
        let mut keys: Vec<i64> =
            fs::metadata(&data).map(|data| key(data.ino())).into_iter().collect();
        let written = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
        keys.extend(written_key(&written));
        let table = fs::read_to_string("/proc/sysvipc/shm").unwrap_or_default();
        for id in unused(&table, &keys) {
            let mut remove = client("ipcrm");
            remove.args(["-m", &id.to_string()]);
            let _ = output(remove);
        }
    }
}

fn query(programs: &Path, port: u16, database: &str, query: &str) -> Result<String> {
    let mut command = client(programs.join("psql"));
    command.args(["-X", "-w", "-tA", "-h", "127.0.0.1", "-p", &port.to_string()]);
    command.args(["-U", "postgres", "-d", database, "-c", query]).env("PGCONNECT_TIMEOUT", "3");
    output(command)
}

/// The folder that holds them all.
fn programs() -> Result<PathBuf> {
    let linked = lookup::program("postgres").and_then(|path| path.canonicalize().ok());
    let first = linked.iter().filter_map(|path| path.parent()).map(Path::to_path_buf);
    let more = PREFIXES.iter().flat_map(|(prefix, end)| lookup::by_version(prefix, end));
    let has_all = |folder: &PathBuf| {
        ["postgres", "initdb", "psql"].iter().all(|name| folder.join(name).is_file())
    };
    first.chain(more).find(has_all).context("there is no folder with postgres, initdb and psql")
}

/// The first key that it tries for its shared memory is its data folder's number.
fn key(inode: u64) -> i64 {
    // As the system's table has it: 32 bits with a sign.
    i64::from(inode as i32)
}

/// The key that it has written down: another one where the first was taken.
fn written_key(pid_file: &str) -> Option<i64> {
    pid_file.lines().nth(6)?.split_whitespace().next()?.parse().ok()
}

/// The numbers of what the system's table holds under these keys and nobody uses.
fn unused(table: &str, keys: &[i64]) -> Vec<i64> {
    let number = |line: &str| {
        let columns: Vec<i64> = line.split_whitespace().map_while(|c| c.parse().ok()).collect();
        match columns[..] {
            [key, id, _, _, _, _, 0, ..] if keys.contains(&key) => Some(id),
            _ => None,
        }
    };
    table.lines().skip(1).filter_map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_memory_that_nobody_uses_is_removed() {
        let file = "17\n/d\n1700000000\n21432\n\n127.0.0.1\n  5374013         4\nready   \n";
        assert_eq!(written_key(file), Some(5_374_013));
        assert_eq!(written_key("17\n/d\n"), None);
        let table = |key: &str, id: u8, attached: u8| {
            let head = "key shmid perms size cpid lpid nattch uid gid cuid cgid";
            format!("{head}\n{key} {id} 600 56 17 17 {attached} 104 112 104 112 1 2 3 4 5\n")
        };
        let keys = [key(0x1_8000_0001), 5_374_013];
        assert_eq!(unused(&table("5374013", 4, 0), &keys), [4]);
        assert_eq!(unused(&table("-2147483647", 5, 0), &keys), [5]);
        assert!(unused(&table("5374013", 4, 6), &keys).is_empty());
        assert!(unused(&table("5374014", 4, 0), &keys).is_empty());
    }
}
