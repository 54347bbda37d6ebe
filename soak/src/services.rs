//! The chain's three services, each a process.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// From the first service of the chain to the last: in this order they end.
pub(crate) const NAMES: [&str; 3] = ["server1", "server2", "server3"];
/// glibc gives large pieces of memory back when they are freed, and does not learn to keep them:
/// what is resident is what is used, and not what it has once been.
const MEMORY: [(&str, &str); 2] =
    [("MALLOC_MMAP_THRESHOLD_", "65536"), ("MALLOC_TRIM_THRESHOLD_", "131072")];
/// How long one may take to end.
const END: Duration = Duration::from_secs(15);

/// A service that runs.
#[derive(Debug)]
pub(crate) struct Service {
    name: &'static str,
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
}

/// What a tracer has counted, by the names that it says.
pub(crate) type Books = BTreeMap<String, u64>;

/// The services, and what they leave on the disk.
#[derive(Debug)]
pub(crate) struct Services {
    pub(crate) all: Vec<Service>,
    /// Where orders go.
    pub(crate) address: SocketAddr,
    database: PathBuf,
}

impl Services {
    /// Starts them, with their spans going to this endpoint.
    pub(crate) fn start(program: &Path, endpoint: &str) -> Result<Self> {
        let at = free_addresses()?;
        let database = database();
        let url = format!("sqlite:{}", database.display());
        let mut services = Self { all: Vec::new(), address: at[0], database };
        // The last one first: none asks one that is not there.
        for name in NAMES.into_iter().rev() {
            let mut command = Command::new(program);
            command.arg(name);
            for (number, address) in (1..).zip(at) {
                command.args([format!("--server{number}"), address.to_string()]);
            }
            command.args(["--otlp-endpoint", endpoint]);
            command.env("DATABASE_URL", &url).env_remove("MYSQL_URL").env_remove("REDIS_URL");
            command.envs(MEMORY);
            command.env_remove("OTEL_SERVICE_NAME").stdin(Stdio::null()).stdout(Stdio::piped());
            services.all.insert(0, Service::start(name, &mut command)?);
        }
        Ok(services)
    }

    /// Ends them, the first of the chain first, and returns their books.
    pub(crate) fn end(mut self) -> Result<Vec<(&'static str, Books)>> {
        self.all.iter_mut().map(Service::end).collect()
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        for service in &mut self.all {
            // Nothing is lost with one that has ended.
            let _ = service.child.kill();
            let _ = service.child.wait();
        }
        for end in ["", "-journal", "-wal", "-shm"] {
            let mut file = self.database.clone().into_os_string();
            file.push(end);
            let _ = fs::remove_file(file);
        }
    }
}

impl Service {
    fn start(name: &'static str, command: &mut Command) -> Result<Self> {
        let mut child = command.spawn().with_context(|| name)?;
        let output = BufReader::new(child.stdout.take().context("no output")?).lines();
        let mut service = Self { name, child, output };
        service.says("listens on")?;
        Ok(service)
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line with these words in it.
    fn says(&mut self, words: &str) -> Result<String> {
        for line in self.output.by_ref() {
            let line = line?;
            if line.contains(words) {
                return Ok(line);
            }
        }
        bail!("{} ended without a word of “{words}”", self.name)
    }

    fn end(&mut self) -> Result<(&'static str, Books)> {
        let id = i32::try_from(self.child.id()).context("no such process")?;
        kill(Pid::from_raw(id), Signal::SIGTERM).with_context(|| self.name)?;
        let said = self.says("books:")?;
        let began = Instant::now();
        while self.child.try_wait()?.is_none() {
            if began.elapsed() > END {
                bail!("{} does not end", self.name);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok((self.name, books(&said)))
    }
}

/// `name books: term=count term=count …`
fn books(line: &str) -> Books {
    let terms = line.split_whitespace().filter_map(|word| word.split_once('='));
    let counts = terms.map(|(term, count)| Some((term.to_owned(), count.parse().ok()?)));
    counts.flatten().collect()
}

/// Of ports that nobody listens on now.
fn free_addresses() -> Result<[SocketAddr; 3]> {
    let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0"));
    let mut addresses = [SocketAddr::from(([127, 0, 0, 1], 0)); 3];
    // All of them are held until each has its own.
    for (address, listener) in addresses.iter_mut().zip(&listeners) {
        *address = listener.as_ref().ok().context("no port")?.local_addr()?;
    }
    Ok(addresses)
}

/// In memory where there is a disk for that: waiting for a real one is not what is measured. Not in
/// the service's own memory, which is measured.
fn database() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    folder.join(format!("soak-{}.sqlite", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn books_are_read() {
        let books = books("server1 books: started=12 finished=12 reported=9 queue_full=3");
        assert_eq!(books["started"], 12);
        assert_eq!((books["queue_full"], books.len()), (3, 4));
    }
}
