//! MariaDB: root may do everything, without a password, from this machine.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::lookup;
use super::place::{Place, client};
use super::server::{Server, output};
use super::url::DATABASE;

pub struct Mariadb;

impl Server for Mariadb {
    fn packages(&self) -> &'static [&'static str] {
        &["mariadb-server"]
    }

    fn unit(&self) -> &'static str {
        "mariadb"
    }

    fn user(&self) -> &'static str {
        "mysql"
    }

    fn ports(&self) -> &'static [u16] {
        &[21306]
    }

    fn processes(&self) -> &'static [&'static str] {
        &["mariadbd"]
    }

    fn check_installed(&self) -> Result<()> {
        ["mariadbd", "mariadb-install-db", "mariadb"].iter().try_for_each(|name| {
            program(name)?;
            Ok(())
        })
    }

    fn prepare(&self, place: &Place) -> Result<Command> {
        let data = place.subfolder("data")?;
        let temp = place.subfolder("tmp")?;
        let folder = |option: &str, path: PathBuf| format!("--{option}={}", path.display());
        let mut install = place.command(program("mariadb-install-db")?);
        // Not as an option: the script takes that apart at spaces.
        install.env("TMPDIR", &temp);
        install.args(["--no-defaults", "--auth-root-authentication-method=normal"]);
        install.args(["--skip-test-db", &folder("datadir", data.clone())]);
        place.run(install)?;

        let mut command = place.command(program("mariadbd")?);
        command.args(["--no-defaults", &folder("datadir", data), &folder("tmpdir", temp)]);
        command.args(["--bind-address=127.0.0.1", &format!("--port={}", place.port())]);
        // Relative to the data: a socket's whole path has to be short.
        command.args(["--socket=m.sock", "--pid-file=m.pid"]);
        command.args(["--innodb-buffer-pool-size=32M", "--innodb-log-file-size=8M"]);
        command.args(["--innodb-flush-log-at-trx-commit=2", "--skip-log-bin"]);
        command.args(["--performance-schema=OFF", "--skip-name-resolve"]);
        Ok(command)
    }

    fn ask(&self, port: u16) -> Result<String> {
        let mut command = client(program("mariadb")?);
        command.args(["--no-defaults", "--protocol=tcp", "--host=127.0.0.1", "--user=root"]);
        command.args(["--connect-timeout=3", "--batch", "--skip-column-names"]);
        command.arg(format!("--port={port}"));
        let question = format!("CREATE DATABASE IF NOT EXISTS {DATABASE}; SELECT VERSION()");
        let version = output({
            command.args(["--execute", &question]);
            command
        })?;
        Ok(version.split('-').next().unwrap_or_default().to_owned())
    }
}

fn program(name: &str) -> Result<PathBuf> {
    lookup::program(name).with_context(|| format!("there is no {name}"))
}
