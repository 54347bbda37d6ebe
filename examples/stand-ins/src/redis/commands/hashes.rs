//! Keys that hold fields.

use std::collections::BTreeMap;

use super::super::keyspace::{Keyspace, Value};
use super::super::reply::{Refusal, Reply};
use super::{Answer, integer};

type Hash = BTreeMap<Vec<u8>, Vec<u8>>;

pub(super) fn hset(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    let [key, fields @ ..] = arguments else { return Err(Refusal::Arguments) };
    let (pairs, []) = fields.as_chunks::<2>() else { return Err(Refusal::Arguments) };
    let hash = made(keys, key)?;
    let set = |[field, value]: &[Vec<u8>; 2]| hash.insert(field.clone(), value.clone()).is_none();
    Ok(Reply::count(pairs.iter().map(set).filter(|is_new| *is_new).count()))
}

pub(super) fn hget(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    let [key, field] = arguments else { return Err(Refusal::Arguments) };
    Ok(Reply::bulk_or_nil(found(keys, key)?.and_then(|hash| hash.get(field)).cloned()))
}

pub(super) fn hgetall(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    let [key] = arguments else { return Err(Refusal::Arguments) };
    let pairs = found(keys, key)?.into_iter().flatten();
    Ok(Reply::Array(
        pairs.flat_map(|(f, v)| [f, v].map(|part| Reply::Bulk(part.clone()))).collect(),
    ))
}

/// A key without fields is gone, as in Redis.
pub(super) fn hdel(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    let [key, fields @ ..] = arguments else { return Err(Refusal::Arguments) };
    let (removed, is_empty) = match keys.get(key) {
        None => (0, false),
        Some(Value::Hash(hash)) => {
            let removed = fields.iter().filter(|field| hash.remove(*field).is_some()).count();
            (removed, hash.is_empty())
        }
        Some(_) => return Err(Refusal::WrongType),
    };
    if is_empty {
        keys.remove(key);
    }
    Ok(Reply::count(removed))
}

pub(super) fn hincrby(keys: &mut Keyspace, arguments: &[Vec<u8>]) -> Answer {
    let [key, field, amount] = arguments else { return Err(Refusal::Arguments) };
    let amount = integer(amount)?;
    let number = found(keys, key)?.and_then(|hash| hash.get(field));
    let number = number.map_or(Ok(0), |text| integer(text))?;
    let sum = number.checked_add(amount).ok_or(Refusal::Overflow)?;
    made(keys, key)?.insert(field.clone(), sum.to_string().into_bytes());
    Ok(Reply::Integer(sum))
}

fn found<'a>(keys: &'a mut Keyspace, key: &[u8]) -> Result<Option<&'a Hash>, Refusal> {
    match keys.get(key) {
        None => Ok(None),
        Some(Value::Hash(hash)) => Ok(Some(hash)),
        Some(_) => Err(Refusal::WrongType),
    }
}

fn made<'a>(keys: &'a mut Keyspace, key: &[u8]) -> Result<&'a mut Hash, Refusal> {
    match keys.or_insert(key, || Value::Hash(Hash::new())) {
        Value::Hash(hash) => Ok(hash),
        _ => Err(Refusal::WrongType),
    }
}
