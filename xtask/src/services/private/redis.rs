//! Redis.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::lookup;
use super::place::Place;
use super::server::{Server, connect};

pub struct Redis;

impl Server for Redis {
    fn packages(&self) -> &'static [&'static str] {
        &["redis-server"]
    }

    fn unit(&self) -> &'static str {
        "redis-server"
    }

    fn user(&self) -> &'static str {
        "redis"
    }

    fn refuses_root(&self) -> bool {
        false
    }

    fn ports(&self) -> &'static [u16] {
        &[21379]
    }

    fn processes(&self) -> &'static [&'static str] {
        &["redis-server"]
    }

    fn check_installed(&self) -> Result<()> {
        program().map(|_| ())
    }

    fn prepare(&self, place: &Place) -> Result<Command> {
        let mut command = place.command(program()?);
        command.args(["--port", &place.port().to_string(), "--bind", "127.0.0.1"]);
        command.args(["--dir", ".", "--save", "", "--appendonly", "no", "--daemonize", "no"]);
        Ok(command)
    }

    fn ask(&self, port: u16) -> Result<String> {
        let mut stream = connect(port)?;
        stream.write_all(b"PING\r\n")?;
        let mut reader = BufReader::new(&stream);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim_end() != "+PONG" {
            bail!("PING was answered with {}", line.trim_end());
        }
        (&stream).write_all(b"INFO server\r\n")?;
        version(reader)
    }
}

fn program() -> Result<PathBuf> {
    lookup::program("redis-server").context("there is no redis-server")
}

/// Out of a bulk string: its length in a line, then that many bytes.
fn version(mut reader: impl BufRead) -> Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let length = line.trim_end().strip_prefix('$').context("INFO was not answered")?;
    let mut text = String::new();
    reader.take(length.parse()?).read_to_string(&mut text)?;
    let version = text.lines().find_map(|line| line.strip_prefix("redis_version:"));
    Ok(version.context("INFO tells no version")?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_among_what_info_says() {
        let answer = "$38\r\n# Server\r\nredis_version:7.0.15\r\nx:1234\r\n+OK\r\n";
        assert_eq!(version(answer.as_bytes()).unwrap(), "7.0.15");
        assert!(version(&b"-NOAUTH\r\n"[..]).is_err());
    }
}
