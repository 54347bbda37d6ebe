//! Keys that hold a list.

use std::collections::VecDeque;

use super::super::keyspace::{Keyspace, Value};
use super::super::reply::{Refusal, Reply};
use super::{Answer, integer};

type List = VecDeque<Vec<u8>>;

pub(super) fn lpush(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    push(keys, arguments, List::push_front)
}

pub(super) fn rpush(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    push(keys, arguments, List::push_back)
}

fn push(keys: &mut Keyspace, arguments: &[Vec<u8>], push: fn(&mut List, Vec<u8>)) -> Answer {
    let [key, values @ ..] = arguments else { return Err(Refusal::Arguments) };
    let Value::List(list) = keys.or_insert(key, || Value::List(List::new())) else {
        return Err(Refusal::WrongType);
    };
    for value in values {
        push(list, value.clone());
    }
    Ok(Reply::count(list.len()))
}

/// Both ends belong to the range, and negative ones count from the list's end.
pub(super) fn lrange(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    let [key, first, last] = arguments else { return Err(Refusal::Arguments) };
    let (first, last) = (integer(first)?, integer(last)?);
    let Some(list) = found(keys, key)? else { return Ok(Reply::Array(Vec::new())) };
    let length = i64::try_from(list.len()).unwrap_or(i64::MAX);
    let from_start = |index: i64| match index {
        ..0 => index.saturating_add(length).max(0),
        _ => index,
    };
    let skip = usize::try_from(from_start(first)).unwrap_or(usize::MAX);
    // One before the first is no element at all.
    let end = if last < -length { 0 } else { from_start(last).saturating_add(1) };
    let end = usize::try_from(end).unwrap_or(usize::MAX);
    let range = list.iter().take(end).skip(skip);
    Ok(Reply::Array(range.cloned().map(Reply::Bulk).collect()))
}

pub(super) fn llen(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    let [key] = arguments else { return Err(Refusal::Arguments) };
    Ok(Reply::count(found(keys, key)?.map_or(0, VecDeque::len)))
}

fn found<'a>(keys: &'a mut Keyspace, key: &[u8]) -> Result<Option<&'a List>, Refusal> {
    match keys.get(key) {
        None => Ok(None),
        Some(Value::List(list)) => Ok(Some(list)),
        Some(_) => Err(Refusal::WrongType),
    }
}
