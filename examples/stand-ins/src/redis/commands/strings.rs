//! Keys that hold a text or a number.

use super::super::keyspace::{Keyspace, Value};
use super::super::reply::{OK, Refusal, Reply};
use super::{Answer, MILLISECOND, SECOND, from_now, integer};

pub(super) fn get(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    let [key] = arguments else { return Err(Refusal::Arguments) };
    Ok(Reply::bulk_or_nil(keys.text(key)?.cloned()))
}

/// `SET key value [NX | XX] [EX seconds | PX milliseconds]`.
pub(super) fn set(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    let [key, value, options @ ..] = arguments else { return Err(Refusal::Arguments) };
    let (mut expires, mut only_if_there) = (None, None);
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match (option.to_ascii_uppercase().as_slice(), only_if_there, expires) {
            (b"NX", None, _) => only_if_there = Some(false),
            (b"XX", None, _) => only_if_there = Some(true),
            (b"EX", _, None) => {
                expires = Some(from_now(options.next().ok_or(Refusal::Syntax)?, SECOND)?);
            }
            (b"PX", _, None) => {
                expires = Some(from_now(options.next().ok_or(Refusal::Syntax)?, MILLISECOND)?);
            }
            _ => return Err(Refusal::Syntax),
        }
    }
    let is_there = keys.get(key).is_some();
    if only_if_there.is_some_and(|wanted| wanted != is_there) {
        return Ok(Reply::Nil);
    }
    keys.set(key.clone(), value.clone(), expires);
    Ok(OK)
}

pub(super) fn setex(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    let [key, seconds, value] = arguments else { return Err(Refusal::Arguments) };
    let expires = from_now(seconds, SECOND)?;
    keys.set(key.clone(), value.clone(), Some(expires));
    Ok(OK)
}

pub(super) fn setnx(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    let [key, value] = arguments else { return Err(Refusal::Arguments) };
    let is_new = keys.get(key).is_none();
    if is_new {
        keys.set(key.clone(), value.clone(), None);
    }
    Ok(Reply::Integer(is_new.into()))
}

pub(super) fn mget(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    // A key of another type is as good as none.
    let text = |key: &Vec<u8>| Reply::bulk_or_nil(keys.text(key).ok().flatten().cloned());
    Ok(Reply::Array(arguments.iter().map(text).collect()))
}

pub(super) fn mset(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    let (pairs, []) = arguments.as_chunks::<2>() else { return Err(Refusal::Arguments) };
    for [key, value] in pairs {
        keys.set(key.clone(), value.clone(), None);
    }
    Ok(OK)
}

pub(super) fn incr(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    let [key] = arguments else { return Err(Refusal::Arguments) };
    add(keys, key, 1)
}

pub(super) fn decr(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    let [key] = arguments else { return Err(Refusal::Arguments) };
    add(keys, key, -1)
}

pub(super) fn incrby(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    let [key, amount] = arguments else { return Err(Refusal::Arguments) };
    add(keys, key, integer(amount)?)
}

/// The key keeps its time.
fn add(keys: &mut Keyspace, key: &[u8], amount: i64) -> Answer {
    let number = keys.text(key)?.map_or(Ok(0), |text| integer(text))?;
    let sum = number.checked_add(amount).ok_or(Refusal::Overflow)?;
    *keys.or_insert(key, || Value::Text(Vec::new())) = Value::Text(sum.to_string().into_bytes());
    Ok(Reply::Integer(sum))
}
