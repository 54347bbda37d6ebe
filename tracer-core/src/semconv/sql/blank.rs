//! What stands between tokens: white space and comments.

use super::Dialect;
use super::lexer::{Doubt, Lexer};

impl Lexer<'_> {
    /// Moves on to the next token. Whether there was anything before it.
    pub(super) fn skip_blank(&mut self) -> Result<bool, Doubt> {
        let start = self.at;
        while let Some(byte) = self.byte(0) {
            match (byte, self.byte(1)) {
                // Some servers stop reading here, others do not.
                (0, _) => return Err(Doubt),
                (1..=b' ' | 0x7f, _) => self.at += 1,
                (b'-', Some(b'-')) if self.is_dash_comment() => self.skip_line()?,
                (b'#', _) if self.dialect == Dialect::MySql => self.skip_line()?,
                (b'/', Some(b'*')) => self.skip_block()?,
                _ => break,
            }
        }
        Ok(self.at > start)
    }

    /// MySQL lets `5--1` be a sum.
    fn is_dash_comment(&self) -> bool {
        self.dialect != Dialect::MySql
            || self.byte(2).is_none_or(|byte| byte <= b' ' || byte == 0x7f)
    }

    fn skip_line(&mut self) -> Result<(), Doubt> {
        let ends = |byte: u8| match byte {
            b'\r' => self.dialect == Dialect::Postgres,
            _ => byte == b'\n',
        };
        let rest = self.rest();
        let line = rest.iter().position(|byte| ends(*byte)).unwrap_or(rest.len());
        if rest.iter().take(line).any(|byte| *byte == 0) {
            return Err(Doubt);
        }
        self.at += line;
        Ok(())
    }

    fn skip_block(&mut self) -> Result<(), Doubt> {
        let runs = self.may_run();
        let mut depth = 1_usize;
        self.at += 2;
        while let Some(byte) = self.byte(0) {
            let pair = (byte, self.byte(1));
            match pair {
                (0, _) => return Err(Doubt),
                // A server that runs the comment closes it elsewhere than one that skips it.
                (b'\'' | b'"' | b'`' | b'#', _) | (b'-', Some(b'-')) | (b'/', Some(b'*'))
                    if runs =>
                {
                    return Err(Doubt);
                }
                (b'*', Some(b'/')) => {
                    self.at += 2;
                    depth -= 1;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                (b'/', Some(b'*')) if self.dialect == Dialect::Postgres => {
                    self.at += 2;
                    depth += 1;
                }
                _ => self.at += 1,
            }
        }
        self.unclosed()
    }

    /// Whether it is one of MySQL's comments that a server may read: by version, or as hints.
    fn may_run(&self) -> bool {
        let rest = self.rest();
        self.dialect == Dialect::MySql
            && [&b"/*!"[..], b"/*+", b"/*M!"].iter().any(|opening| rest.starts_with(opening))
    }
}
