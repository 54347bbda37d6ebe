//! Keys of any type: whether they are there, and for how long.

use std::time::Duration;

use super::super::keyspace::Keyspace;
use super::super::reply::{Refusal, Reply};
use super::{Answer, SECOND, from_now, integer};

pub(super) fn del(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    Ok(Reply::count(arguments.iter().filter(|key| keys.remove(key)).count()))
}

/// A key that is named twice counts twice.
pub(super) fn exists(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    Ok(Reply::count(arguments.iter().filter(|key| keys.get(key).is_some()).count()))
}

/// All of them with `*`, those that begin so with `begin*`; any other pattern is a plain name.
pub(super) fn keys(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    let [pattern] = arguments else { return Err(Refusal::Arguments) };
    let is_match = |key: &&[u8]| match pattern.split_last() {
        Some((b'*', begin)) => key.starts_with(begin),
        _ => key == pattern,
    };
    let found = keys.keys().into_iter().filter(is_match);
    Ok(Reply::Array(found.map(|key| Reply::Bulk(key.to_vec())).collect()))
}

pub(super) fn ttl(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    // Rounded as Redis does it.
    left(keys, arguments, |left| left.as_millis().saturating_add(500) / 1000)
}

pub(super) fn pttl(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    left(keys, arguments, |left| left.as_millis())
}

fn left(keys: &mut Keyspace, arguments: &[Vec<u8>], count: fn(Duration) -> u128) -> Answer {
    let [key] = arguments else { return Err(Refusal::Arguments) };
    Ok(Reply::Integer(match keys.time_left(key) {
        None => -2,
        Some(None) => -1,
        Some(Some(left)) => i64::try_from(count(left)).unwrap_or(i64::MAX),
    }))
}

/// A time that is over already removes the key.
pub(super) fn expire(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    let [key, seconds] = arguments else { return Err(Refusal::Arguments) };
    let is_there = match integer(seconds)? {
        ..=0 => keys.remove(key),
        _ => keys.expire(key, from_now(seconds, SECOND)?),
    };
    Ok(Reply::Integer(is_there.into()))
}
