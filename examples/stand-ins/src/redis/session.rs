//! What a connection remembers: its database, and the transaction it is in.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::commands::Known;
use super::keyspace::Keyspace;
use super::reply::{OK, Refusal, Reply};
use super::resp::Command;

const DATABASES: usize = 16;
/// Commands in one transaction.
const MAX_QUEUE: usize = 16 << 10;
/// Of a name that is repeated in an error.
const MAX_NAME: usize = 64;

/// All keys. A command, or a transaction, has them to itself: a transaction may go from one
/// database to the next.
#[derive(Debug, Default)]
pub(super) struct Databases(Mutex<[Keyspace; DATABASES]>);

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
    queue: Vec<Work>,
    /// One of its commands was refused: none will run.
    is_broken: bool,
}

/// What a command asks for, now or at the end of the transaction.
#[derive(Debug)]
enum Work {
    Keys(&'static Known, Vec<Vec<u8>>),
    Select(usize),
    /// Nothing that has to do with keys: it is known what to say.
    Say(Reply),
}

impl Databases {
    fn lock(&self) -> MutexGuard<'_, [Keyspace; DATABASES]> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn clear(&self) -> Reply {
        self.lock().iter_mut().for_each(Keyspace::clear);
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
            ("client", [what, ..]) if what.eq_ignore_ascii_case(b"SETINFO") => {
                self.run(Ok(Work::Say(OK)))
            }
            ("client", [what, _]) if what.eq_ignore_ascii_case(b"SETNAME") => {
                self.run(Ok(Work::Say(OK)))
            }
            ("hello", [version, ..]) if version != b"2" => {
                self.run(Ok(Work::Say(error("NOPROTO unsupported protocol version"))))
            }
            ("hello", _) => self.run(Ok(Work::Say(hello()))),
            // In a transaction it is not known.
            ("flushall", []) if self.transaction.is_none() => self.databases.clear(),
            ("select", [index]) => self.run(Ok(select(index))),
            _ => {
                let known = Known::find(&name, arguments.len());
                self.run(known.map(|known| Work::Keys(known, arguments)))
            }
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
        let mut databases = self.databases.lock();
        let done = transaction.queue.into_iter();
        Reply::Array(done.map(|work| work.run(&mut databases, &mut self.selected)).collect())
    }

    /// Now, or later if in a transaction.
    fn run(&mut self, work: Result<Work, Reply>) -> Reply {
        let Some(transaction) = &mut self.transaction else {
            return match work {
                Ok(work) => work.run(&mut self.databases.lock(), &mut self.selected),
                Err(refusal) => refusal,
            };
        };
        match work {
            Ok(work) if transaction.queue.len() < MAX_QUEUE => {
                transaction.queue.push(work);
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
}

impl Work {
    fn run(self, databases: &mut [Keyspace; DATABASES], selected: &mut usize) -> Reply {
        match self {
            Self::Keys(known, arguments) => match databases.get_mut(*selected) {
                Some(keys) => known.run(keys, &arguments),
                None => out_of_range(),
            },
            Self::Select(index) => {
                *selected = index;
                OK
            }
            Self::Say(reply) => reply,
        }
    }
}

/// As with Redis, one that is not there is told so when its turn comes.
fn select(index: &[u8]) -> Work {
    let index = std::str::from_utf8(index).ok().and_then(|index| index.parse().ok());
    match index.filter(|index| *index < DATABASES) {
        Some(index) => Work::Select(index),
        None => Work::Say(out_of_range()),
    }
}

fn out_of_range() -> Reply {
    error("ERR DB index is out of range")
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
