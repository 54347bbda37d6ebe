//! PostgreSQL: everybody on this machine is trusted.

use std::fs;
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
        init.args(["--locale=C", "--no-sync"]);
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
    /// system keeps until somebody removes them.
    fn sweep(&self, folder: &Path) {
        let Ok(text) = fs::read_to_string(folder.join("data/postmaster.pid")) else {
            return;
        };
        let table = fs::read_to_string("/proc/sysvipc/shm").unwrap_or_default();
        if let Some(id) = shared_memory(&text).filter(|memory| is_unused(&table, *memory)) {
            let mut remove = client("ipcrm");
            remove.args(["-m", &id.1.to_string()]);
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

/// Key and number of its shared memory, as it has written them down.
fn shared_memory(pid_file: &str) -> Option<(i64, i64)> {
    let mut words = pid_file.lines().nth(6)?.split_whitespace();
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
}

/// Whether the system's table holds it and nobody is attached.
fn is_unused(table: &str, (key, id): (i64, i64)) -> bool {
    table.lines().skip(1).any(|line| {
        let columns: Vec<i64> = line.split_whitespace().map_while(|c| c.parse().ok()).collect();
        matches!(columns[..], [k, i, _, _, _, _, 0, ..] if (k, i) == (key, id))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_memory_that_nobody_uses_is_removed() {
        let file = "17\n/d\n1700000000\n21432\n\n127.0.0.1\n  5374013         4\nready   \n";
        assert_eq!(shared_memory(file), Some((5_374_013, 4)));
        let table = |key: &str, id: u8, attached: u8| {
            let head = "key shmid perms size cpid lpid nattch uid gid cuid cgid";
            format!("{head}\n{key} {id} 600 56 17 17 {attached} 104 112 104 112 1 2 3 4 5\n")
        };
        let memory = (5_374_013, 4);
        assert!(is_unused(&table("5374013", 4, 0), memory));
        assert!(!is_unused(&table("5374013", 4, 6), memory));
        assert!(!is_unused(&table("5374014", 4, 0), memory));
        assert!(!is_unused(&table("5374013", 5, 0), memory));
    }
}
