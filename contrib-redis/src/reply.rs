//! Errors that come as values: redis makes errors of them above the connection.

use redis::{ServerError, Value};

/// The first error in an answer, however deep: a transaction's answer has them in its array. The
/// parser does not let an answer be deeper than a hundred levels.
pub(crate) fn refusal(value: &Value) -> Option<&ServerError> {
    match value {
        Value::ServerError(error) => Some(error),
        Value::Array(values) | Value::Set(values) | Value::Push { data: values, .. } => {
            values.iter().find_map(refusal)
        }
        Value::Map(pairs) => in_pairs(pairs),
        Value::Attribute { data, attributes } => refusal(data).or_else(|| in_pairs(attributes)),
        _ => None,
    }
}

fn in_pairs(pairs: &[(Value, Value)]) -> Option<&ServerError> {
    pairs.iter().find_map(|(key, value)| refusal(key).or_else(|| refusal(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wherever_it_is() {
        let error = || {
            let error = redis::make_extension_error("WRONGTYPE".to_owned(), None);
            Value::ServerError(ServerError::try_from(error).unwrap())
        };
        let nil = || Value::Nil;
        for value in [
            error(),
            Value::Array(vec![nil(), error()]),
            Value::Array(vec![nil(), Value::Array(vec![error()])]),
            Value::Set(vec![error()]),
            Value::Map(vec![(nil(), nil()), (nil(), error())]),
            Value::Map(vec![(error(), nil())]),
            Value::Attribute { data: Box::new(error()), attributes: vec![] },
            Value::Attribute { data: Box::new(nil()), attributes: vec![(nil(), error())] },
        ] {
            assert_eq!(refusal(&value).map(ServerError::code), Some("WRONGTYPE"), "{value:?}");
        }
        for value in [nil(), Value::Okay, Value::Array(vec![nil(), Value::Int(1)])] {
            assert_eq!(refusal(&value), None);
        }
    }
}
