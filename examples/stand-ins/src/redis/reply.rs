//! Replies into bytes.

/// What a command is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Simple(&'static str),
    Error(String),
    Integer(i64),
    Bulk(Vec<u8>),
    Nil,
    Array(Vec<Self>),
}

/// What is wrong with a command: the text of an error reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    WrongType,
    NotAnInteger,
    Overflow,
    Syntax,
    InvalidExpiry,
    Arguments,
}

pub(super) const OK: Reply = Reply::Simple("OK");

impl Refusal {
    pub(super) fn reply(&self, command: &str) -> Reply {
        Reply::Error(match self {
            Self::WrongType => {
                "WRONGTYPE Operation against a key holding the wrong kind of value".to_owned()
            }
            Self::NotAnInteger => "ERR value is not an integer or out of range".to_owned(),
            Self::Overflow => "ERR increment or decrement would overflow".to_owned(),
            Self::Syntax => "ERR syntax error".to_owned(),
            Self::InvalidExpiry => format!("ERR invalid expire time in '{command}' command"),
            Self::Arguments => format!("ERR wrong number of arguments for '{command}' command"),
        })
    }
}

impl Reply {
    /// Of a count. There are no more values than `i64` can count.
    pub(super) fn count(count: usize) -> Self {
        Self::Integer(i64::try_from(count).unwrap_or(i64::MAX))
    }

    pub(super) fn bulk_or_nil(value: Option<Vec<u8>>) -> Self {
        value.map_or(Self::Nil, Self::Bulk)
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Simple(text) => line(out, '+', text),
            Self::Error(text) => line(out, '-', text),
            Self::Integer(number) => line(out, ':', &number.to_string()),
            Self::Bulk(bytes) => {
                line(out, '$', &bytes.len().to_string());
                out.extend(bytes);
                out.extend(b"\r\n");
            }
            Self::Nil => line(out, '$', "-1"),
            Self::Array(replies) => {
                line(out, '*', &replies.len().to_string());
                for reply in replies {
                    reply.write(out);
                }
            }
        }
    }
}

fn line(out: &mut Vec<u8>, kind: char, text: &str) {
    out.extend(format!("{kind}{text}\r\n").bytes());
}
