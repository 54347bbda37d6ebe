//! The commands that work on keys, by their names.

mod hashes;
mod keys;
mod lists;
mod strings;

use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use super::keyspace::Keyspace;
use super::reply::{Refusal, Reply};

/// A command that this server knows.
#[derive(Debug)]
pub(super) struct Known {
    /// In lower case.
    pub(super) name: &'static str,
    /// How many arguments it takes.
    takes: RangeInclusive<usize>,
    run: fn(&mut Keyspace, &[Vec<u8>]) -> Answer,
}

type Answer = Result<Reply, Refusal>;

const MANY: usize = usize::MAX;

const KNOWN: [Known; 26] = [
    known("get", 1..=1, strings::get),
    known("set", 2..=6, strings::set),
    known("setex", 3..=3, strings::setex),
    known("setnx", 2..=2, strings::setnx),
    known("mget", 1..=MANY, strings::mget),
    known("mset", 2..=MANY, strings::mset),
    known("incr", 1..=1, strings::incr),
    known("incrby", 2..=2, strings::incrby),
    known("decr", 1..=1, strings::decr),
    known("del", 1..=MANY, keys::del),
    known("exists", 1..=MANY, keys::exists),
    known("keys", 1..=1, keys::keys),
    known("ttl", 1..=1, keys::ttl),
    known("pttl", 1..=1, keys::pttl),
    known("expire", 2..=2, keys::expire),
    known("hset", 3..=MANY, hashes::hset),
    known("hget", 2..=2, hashes::hget),
    known("hgetall", 1..=1, hashes::hgetall),
    known("hdel", 2..=MANY, hashes::hdel),
    known("hincrby", 3..=3, hashes::hincrby),
    known("lpush", 2..=MANY, lists::lpush),
    known("rpush", 2..=MANY, lists::rpush),
    known("lrange", 3..=3, lists::lrange),
    known("llen", 1..=1, lists::llen),
    known("ping", 0..=1, ping),
    known("echo", 1..=1, ping),
];

const fn known(
    name: &'static str,
    takes: RangeInclusive<usize>,
    run: fn(&mut Keyspace, &[Vec<u8>]) -> Answer,
) -> Known {
    Known { name, takes, run }
}

impl Known {
    /// Looks a command up, and counts its arguments.
    pub(super) fn find(name: &str, arguments: usize) -> Result<&'static Self, Reply> {
        let known = KNOWN.iter().find(|known| known.name.eq_ignore_ascii_case(name));
        let Some(known) = known else {
            return Err(Reply::Error(format!("ERR unknown command '{name}'")));
        };
        if !known.takes.contains(&arguments) {
            return Err(Refusal::Arguments.reply(known.name));
        }
        Ok(known)
    }

    pub(super) fn run(&self, keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Reply {
        (self.run)(keys, arguments).unwrap_or_else(|refusal| refusal.reply(self.name))
    }
}

fn ping(_: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    Ok(arguments.first().cloned().map_or(Reply::Simple("PONG"), Reply::Bulk))
}

/// An integer as Redis takes it: no `+`, no blanks.
fn integer(text: &[u8]) -> Result<i64, Refusal> {
    let text = std::str::from_utf8(text).map_err(|_| Refusal::NotAnInteger)?;
    if text.starts_with('+') {
        return Err(Refusal::NotAnInteger);
    }
    text.parse().map_err(|_| Refusal::NotAnInteger)
}

/// The time that is this much from now: not over already, and not beyond the clock's end.
fn from_now(amount: &[u8], unit: Duration) -> Result<Instant, Refusal> {
    let amount = u32::try_from(integer(amount)?).ok().filter(|amount| *amount > 0);
    let time = amount.and_then(|amount| unit.checked_mul(amount));
    time.and_then(|time| Instant::now().checked_add(time)).ok_or(Refusal::InvalidExpiry)
}

const SECOND: Duration = Duration::from_secs(1);
const MILLISECOND: Duration = Duration::from_millis(1);
