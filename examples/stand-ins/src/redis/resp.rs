//! Commands out of bytes. Strict, and bounded in everything that a peer can make grow.

use std::fmt;

use bytes::{Buf, BytesMut};

/// A command's name and its arguments. Never empty.
pub(super) type Command = Vec<Vec<u8>>;

const MAX_ARGUMENTS: usize = 16 << 10;
const MAX_ARGUMENT: usize = 16 << 20;
const MAX_COMMAND: usize = 32 << 20;
/// Of a line that tells a length, with its end.
const MAX_LINE: usize = 16;

/// Why a connection can't be read on: nobody knows where the next command begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    /// A command is an array of strings, and nothing else is understood.
    Expected(char, u8),
    Count,
    Length,
    End,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expected(wanted, got) => {
                write!(f, "expected '{wanted}', got '{}'", got.escape_ascii())
            }
            Self::Count => f.write_str("invalid multibulk length"),
            Self::Length => f.write_str("invalid bulk length"),
            Self::End => f.write_str("expected the end of a bulk string"),
        }
    }
}

/// Takes bytes as they come, and gives the commands in them.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// What was read from the connection and is not understood yet.
    pub(super) unread: BytesMut,
    arguments: Command,
    /// Arguments that the command lacks.
    missing: usize,
    /// Of the argument that is being read.
    length: Option<usize>,
    /// Of all arguments of the command.
    bytes: usize,
}

impl Decoder {
    /// The next command; `None` where more has to be read first.
    pub(super) fn next(&mut self) -> Result<Option<Command>, Malformed> {
        loop {
            if self.missing == 0 {
                let Some(count) = self.line('*', MAX_ARGUMENTS, Malformed::Count)? else {
                    return Ok(None);
                };
                // An empty array asks for nothing, and gets no answer.
                self.missing = count;
                self.bytes = 0;
                continue;
            }
            let Some(argument) = self.argument()? else { return Ok(None) };
            self.arguments.push(argument);
            self.missing -= 1;
            if self.missing == 0 {
                return Ok(Some(std::mem::take(&mut self.arguments)));
            }
        }
    }

    fn argument(&mut self) -> Result<Option<Vec<u8>>, Malformed> {
        let length = match self.length {
            Some(length) => length,
            None => {
                let left = MAX_ARGUMENT.min(MAX_COMMAND - self.bytes);
                let Some(length) = self.line('$', left, Malformed::Length)? else {
                    return Ok(None);
                };
                self.bytes += length;
                *self.length.insert(length)
            }
        };
        if self.unread.len() < length + 2 {
            return Ok(None);
        }
        self.length = None;
        let argument = self.unread.split_to(length).to_vec();
        if !self.unread.starts_with(b"\r\n") {
            return Err(Malformed::End);
        }
        self.unread.advance(2);
        Ok(Some(argument))
    }

    /// The number in a line of this kind.
    fn line(
        &mut self,
        kind: char,
        most: usize,
        malformed: Malformed,
    ) -> Result<Option<usize>, Malformed> {
        let Some(first) = self.unread.first() else { return Ok(None) };
        if char::from(*first) != kind {
            return Err(Malformed::Expected(kind, *first));
        }
        let line = self.unread.iter().take(MAX_LINE);
        let Some(end) = line.clone().zip(line.skip(1)).position(|two| two == (&b'\r', &b'\n'))
        else {
            return if self.unread.len() < MAX_LINE { Ok(None) } else { Err(malformed) };
        };
        let digits = self.unread.get(1..end).unwrap_or_default();
        let number = number(digits).filter(|number| *number <= most).ok_or(malformed)?;
        self.unread.advance(end + 2);
        Ok(Some(number))
    }
}

/// Digits only: no sign, no blank.
fn number(digits: &[u8]) -> Option<usize> {
    let digits = std::str::from_utf8(digits).ok()?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

#[cfg(test)]
#[path = "resp_tests.rs"]
mod tests;
