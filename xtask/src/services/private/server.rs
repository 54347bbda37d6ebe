//! What there is to know of each server.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::Signal;

use super::mariadb::Mariadb;
use super::place::Place;
use super::postgres::Postgres;
use super::process::wait_until;
use super::rabbitmq::Rabbitmq;
use super::redis::Redis;
use crate::cmd;
use crate::services::kind::Kind;

/// How long an answer may take: the machine may be busy building.
const ANSWER: Duration = Duration::from_secs(5);

/// Installing, starting, asking and stopping one kind of server.
pub trait Server: Sync {
    /// Debian's packages.
    fn packages(&self) -> &'static [&'static str];

    /// What Debian's package starts with the machine.
    fn unit(&self) -> &'static str;

    /// Debian's user for it.
    fn user(&self) -> &'static str;

    /// Whether it does without root only.
    fn refuses_root(&self) -> bool {
        true
    }

    /// The ports that it takes, the one for clients first.
    fn ports(&self) -> &'static [u16];

    /// Its processes' names, as the system has them.
    fn processes(&self) -> &'static [&'static str];

    /// Asks it to end in good order and without waiting for its clients.
    fn stop(&self) -> Signal {
        Signal::SIGTERM
    }

    /// What can pass on a busy machine before it answers.
    fn patience(&self) -> Duration {
        Duration::from_secs(60)
    }

    /// An error names the program that is missing.
    fn check_installed(&self) -> Result<()>;

    /// Fills its folder, and gives the command that starts it.
    fn prepare(&self, place: &Place) -> Result<Command>;

    /// Its version, which only a server that can be used tells. What it should
    /// hold for clients is made here where it is not there.
    fn ask(&self, port: u16) -> Result<String>;

    /// What an ended server has left outside of its folder.
    fn sweep(&self, _folder: &std::path::Path) {}
}

/// The server of a kind.
pub fn of(kind: Kind) -> &'static dyn Server {
    match kind {
        Kind::Redis => &Redis,
        Kind::Mariadb => &Mariadb,
        Kind::Postgres => &Postgres,
        Kind::Rabbitmq => &Rabbitmq,
    }
}

/// A connection that never blocks for long.
pub fn connect(port: u16) -> Result<TcpStream> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let stream = TcpStream::connect_timeout(&address, ANSWER)?;
    stream.set_read_timeout(Some(ANSWER))?;
    stream.set_write_timeout(Some(ANSWER))?;
    Ok(stream)
}

/// What a client program prints; its complaint is the error.
pub fn output(mut command: Command) -> Result<String> {
    let said = cmd::said(&command);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| said.clone())?;
    // It prints less than a pipe holds, so that nobody has to read meanwhile.
    if !wait_until(ANSWER, || !matches!(child.try_wait(), Ok(None))) {
        child.kill()?;
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("{said}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
