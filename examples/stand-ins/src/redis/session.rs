//! What a connection remembers: its database, and the transaction it is in.

use std::sync::{Arc, Mutex, PoisonError};

use super::commands::Known;
use super::keyspace::Keyspace;
use super::reply::{OK, Refusal, Reply};
use super::resp::Command;

const DATABASES: usize = 16;
/// Commands in one transaction.
const MAX_QUEUE: usize = 16 << 10;
/// Of a name that is repeated in an error.
const MAX_NAME: usize = 64;

/// All keys. A command, or a transaction, has them to itself.
#[derive(Debug, Default)]
pub(super) struct Databases([Mutex<Keyspace>; DATABASES]);

/// One connection's.
#[derive(Debug)]
pub(super) struct Session {
    databases: Arc<Databases>,
    selected: usize,
    transaction: Option<Transaction>,
    /// Whether the client has said goodbye.
    pub(super) is_over: bool,
}

#[derive(Debug, Default)]
struct Transaction {
    queue: Vec<(&'static Known, Vec<Vec<u8>>)>,
    /// One of its commands was refused: none will run.
    is_broken: bool,
}

impl Databases {
    fn clear(&self) -> Reply {
        for keys in &self.0 {
            keys.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
        OK
    }
}

impl Session {
    pub(super) const fn new(databases: Arc<Databases>) -> Self {
        Self { databases, selected: 0, transaction: None, is_over: false }
    }

    pub(super) fn answer(&mut self, command: Command) -> Reply {
        let mut arguments = command;
        if arguments.is_empty() {
            return Refusal::Syntax.reply("");
        }
        let name = printable(&arguments.remove(0));
        match (name.to_ascii_lowercase().as_str(), arguments.as_slice()) {
            ("multi", []) => self.multi(),
            ("exec", []) => self.exec(),
            ("discard", []) => match self.transaction.take() {
                Some(_) => OK,
                None => error("ERR DISCARD without MULTI"),
            },
            ("quit", _) => {
                self.is_over = true;
                OK
            }
            // Clients tell their names; nobody asks for them here.
            ("client", [what, ..]) if what.eq_ignore_ascii_case(b"SETINFO") => OK,
            ("client", [what, _]) if what.eq_ignore_ascii_case(b"SETNAME") => OK,
            ("hello", [version, ..]) if version != b"2" => {
                error("NOPROTO unsupported protocol version")
            }
            ("hello", _) => hello(),
            // In a transaction it is not known.
            ("flushall", []) if self.transaction.is_none() => self.databases.clear(),
            ("select", [index]) => self.select(index),
            _ => self.run(&name, arguments),
        }
    }

    fn multi(&mut self) -> Reply {
        match &self.transaction {
            Some(_) => error("ERR MULTI calls can not be nested"),
            None => {
                self.transaction = Some(Transaction::default());
                OK
            }
        }
    }

    fn exec(&mut self) -> Reply {
        let Some(transaction) = self.transaction.take() else {
            return error("ERR EXEC without MULTI");
        };
        if transaction.is_broken {
            return error("EXECABORT Transaction discarded because of previous errors.");
        }
        let run = |keys: &mut Keyspace| {
            let run = |(known, arguments): &(&Known, Vec<_>)| known.run(keys, arguments);
            Reply::Array(transaction.queue.iter().map(run).collect())
        };
        self.with_keys(run)
    }

    /// Now, or later if in a transaction.
    fn run(&mut self, name: &str, arguments: Vec<Vec<u8>>) -> Reply {
        let known = Known::find(name, arguments.len());
        let Some(transaction) = &mut self.transaction else {
            return match known {
                Ok(known) => self.with_keys(|keys| known.run(keys, &arguments)),
                Err(refusal) => refusal,
            };
        };
        match known {
            Ok(known) if transaction.queue.len() < MAX_QUEUE => {
                transaction.queue.push((known, arguments));
                Reply::Simple("QUEUED")
            }
            Ok(_) => {
                transaction.is_broken = true;
                error("ERR too many commands in a transaction")
            }
            Err(refusal) => {
                transaction.is_broken = true;
                refusal
            }
        }
    }

    fn select(&mut self, index: &[u8]) -> Reply {
        let index = std::str::from_utf8(index).ok().and_then(|index| index.parse().ok());
        match index.filter(|index| *index < DATABASES) {
            Some(index) => {
                self.selected = index;
                OK
            }
            None => error("ERR DB index is out of range"),
        }
    }

    fn with_keys(&self, work: impl FnOnce(&mut Keyspace) -> Reply) -> Reply {
        match self.databases.0.get(self.selected) {
            Some(keys) => work(&mut keys.lock().unwrap_or_else(PoisonError::into_inner)),
            None => error("ERR DB index is out of range"),
        }
    }
}

fn error(text: &str) -> Reply {
    Reply::Error(text.to_owned())
}

fn hello() -> Reply {
    let text = |text: &str| Reply::Bulk(text.as_bytes().to_vec());
    Reply::Array(vec![text("server"), text("redis"), text("proto"), Reply::Integer(2)])
}

/// A name may be anything, an error is a line.
fn printable(name: &[u8]) -> String {
    name.escape_ascii().map(char::from).take(MAX_NAME).collect()
}
