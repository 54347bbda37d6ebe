//! RabbitMQ, with a name service (epmd) of its own: it would start one that
//! outlives it.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::lookup;
use super::place::Place;
use super::process::wait_until;
use super::server::{Server, connect};

pub struct Rabbitmq;

const EPMD_TIME: Duration = Duration::from_secs(10);

/// Debian's own in /usr/sbin insists on the system's folders.
const PREFIXES: [(&str, &str); 3] = [
    ("/usr/lib/rabbitmq/lib/rabbitmq_server-", "sbin"),
    ("/usr/local/lib/rabbitmq_server-", "sbin"),
    ("/opt/rabbitmq_server-", "sbin"),
];

impl Server for Rabbitmq {
    fn packages(&self) -> &'static [&'static str] {
        &["rabbitmq-server"]
    }

    fn unit(&self) -> &'static str {
        "rabbitmq-server"
    }

    fn user(&self) -> &'static str {
        "rabbitmq"
    }

    /// For clients, for other nodes, and of its name service.
    fn ports(&self) -> &'static [u16] {
        &[21672, 21673, 21369]
    }

    fn processes(&self) -> &'static [&'static str] {
        &["rabbitmq-server", "beam.smp", "epmd", "erl_child_setup", "inet_gethost"]
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(180)
    }

    fn check_installed(&self) -> Result<()> {
        program()?;
        epmd().map(|_| ())
    }

    fn prepare(&self, place: &Place) -> Result<Command> {
        let [port, nodes, names] = place.ports[..] else { bail!("it takes three ports") };
        let mut epmd = place.command(epmd()?);
        epmd.args(["-port", &names.to_string(), "-address", "127.0.0.1"]);
        let mut epmd = place.spawn(epmd)?;
        let is_up = || connect(names).is_ok() || !matches!(epmd.try_wait(), Ok(None));
        let is_other = || place.listens(self.processes(), names) == Some(false);
        if !wait_until(EPMD_TIME, is_up) || connect(names).is_err() || is_other() {
            bail!("its name service does not answer on port {names}");
        }

        let mut command = place.command(program()?);
        let mut set = |name: &str, value: String| {
            command.env(name, value);
        };
        let within = |name: &str| place.folder.join(name).display().to_string();
        set("RABBITMQ_NODENAME", format!("tracer-{port}@localhost"));
        set("RABBITMQ_NODE_PORT", port.to_string());
        set("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1".to_owned());
        set("RABBITMQ_DIST_PORT", nodes.to_string());
        set("ERL_EPMD_PORT", names.to_string());
        set("ERL_EPMD_ADDRESS", "127.0.0.1".to_owned());
        set("RABBITMQ_LOGS", "-".to_owned());
        for (name, folder) in [
            ("RABBITMQ_MNESIA_BASE", "data"),
            ("RABBITMQ_LOG_BASE", "log"),
            ("RABBITMQ_GENERATED_CONFIG_DIR", "generated"),
            ("RABBITMQ_SCHEMA_DIR", "schema"),
        ] {
            set(name, place.subfolder(folder)?.display().to_string());
        }
        // Tests are small: a full disk elsewhere is no reason to refuse messages.
        place.file("rabbitmq.conf", "disk_free_limit.absolute = 1MB\n")?;
        set("RABBITMQ_CONFIG_FILE", within("rabbitmq"));
        let plugins = place.file("enabled_plugins", "[].\n")?;
        set("RABBITMQ_ENABLED_PLUGINS_FILE", plugins.display().to_string());
        set("RABBITMQ_CONF_ENV_FILE", within("rabbitmq-env.conf"));
        set("RABBITMQ_PID_FILE", within("pid"));
        let local = "-kernel inet_dist_use_interface {127,0,0,1}";
        set("RABBITMQ_SERVER_ERL_ARGS", format!("+K true +A 4 +P 65536 {local}"));
        Ok(command)
    }

    fn ask(&self, port: u16) -> Result<String> {
        let mut stream = connect(port)?;
        stream.write_all(b"AMQP\0\0\x09\x01")?;
        let mut head = [0; 7];
        stream.read_exact(&mut head)?;
        // A method's frame on channel 0; others answer with a header of their own.
        let [1, 0, 0, length @ ..] = head else { bail!("it does not speak AMQP 0-9-1") };
        let length = u64::from(u32::from_be_bytes(length));
        let mut frame = Vec::new();
        stream.take(length).read_to_end(&mut frame)?;
        version(&frame)
    }
}

fn program() -> Result<PathBuf> {
    let name = "rabbitmq-server";
    let first = [PathBuf::from("/usr/lib/rabbitmq/bin")];
    let more = PREFIXES.iter().flat_map(|(prefix, end)| lookup::by_version(prefix, end));
    let found = lookup::first_in(first.into_iter().chain(more), name);
    found.or_else(|| lookup::program(name)).with_context(|| format!("there is no {name}"))
}

fn epmd() -> Result<PathBuf> {
    let more = || lookup::by_version("/usr/lib/erlang/erts-", "bin/epmd").into_iter().next();
    lookup::program("epmd").or_else(more).context("there is no epmd")
}

/// Out of the first method that a broker sends: its properties name the version.
fn version(frame: &[u8]) -> Result<String> {
    let Some([0, 10, 0, 10, ..]) = frame.get(..4) else { bail!("it does not begin as AMQP does") };
    // A short name's length and the name, then the type of a long text.
    let key = b"\x07versionS";
    let at = frame.windows(key.len()).position(|part| part == key);
    let rest = at.and_then(|at| frame.get(at + key.len()..)).unwrap_or_default();
    let text = rest
        .split_first_chunk::<4>()
        .and_then(|(length, rest)| rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?));
    Ok(String::from_utf8_lossy(text.context("it tells no version")?).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_among_the_brokers_properties() {
        let mut frame = vec![0, 10, 0, 10, 0, 9];
        frame.extend_from_slice(b"\x07productS\0\0\0\x08RabbitMQ\x07versionS\0\0\0\x063.10.8..");
        assert_eq!(version(&frame).unwrap(), "3.10.8");
        assert!(version(&frame[..frame.len() - 4]).is_err());
        assert!(version(b"\0\x0a\0\x32").is_err());
        assert!(version(b"").is_err());
    }
}
