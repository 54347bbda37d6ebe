//! What stands between quotes: strings and names.

use super::Dialect;
use super::lexer::{Doubt, Kind, Lexer, continues_word, starts_word};

/// What a backslash is in a string.
#[derive(Clone, Copy)]
pub(super) enum Backslash {
    /// A character like others.
    Plain,
    /// What takes the meaning from the next.
    Escapes,
    /// One or the other, by a setting of the server's.
    Unknown,
}

impl<'a> Lexer<'a> {
    /// From the opening quote to behind the closing one.
    pub(super) fn string(&mut self, quote: u8, backslash: Backslash) -> Result<Kind, Doubt> {
        self.at += 1;
        while let Some(byte) = self.byte(0) {
            self.at += 1;
            match (byte, backslash) {
                (0, _) => return Err(Doubt),
                (b'\\', Backslash::Escapes) if self.byte(0) != Some(0) => self.at += 1,
                (b'\\', Backslash::Unknown) => {
                    let more = self.rest().iter().take_while(|byte| **byte == b'\\').count();
                    self.at += more;
                    if more % 2 == 0 && self.byte(0) == Some(quote) {
                        return Err(Doubt);
                    }
                }
                _ if byte == quote => {
                    if self.byte(0) != Some(quote) {
                        return self.end_of_value(Kind::Text);
                    }
                    self.at += 1;
                }
                _ => {}
            }
        }
        self.unclosed().map(|()| Kind::Text)
    }

    /// `'\'`, which is not the whole string if backslashes escape. After `ESCAPE`, it
    /// has to be, as no server takes more than one character there.
    pub(super) fn is_lone_backslash(&self) -> bool {
        self.rest().starts_with(b"'\\'") && self.byte(3) != Some(b'\'')
    }

    /// Behind a value comes no name and no quote in a sound statement: it was another quote than
    /// the closing one.
    pub(super) fn end_of_value(&self, kind: Kind) -> Result<Kind, Doubt> {
        match self.byte(0) {
            Some(byte) if continues_word(byte) || is_quote(byte) => Err(Doubt),
            _ => Ok(kind),
        }
    }

    /// A name in quotes, which are doubled inside.
    pub(super) fn name(&mut self, quote: u8) -> Result<(), Doubt> {
        self.at += 1;
        while let Some(byte) = self.byte(0) {
            self.at += 1;
            if byte == 0 {
                return Err(Doubt);
            } else if byte == quote {
                if self.byte(0) != Some(quote) {
                    return Ok(());
                }
                self.at += 1;
            }
        }
        self.unclosed()
    }

    /// SQLite's other quotes for names, from which there is no way out but the end.
    pub(super) fn brackets(&mut self) -> Result<(), Doubt> {
        match self.rest().iter().position(|byte| matches!(byte, b']' | 0)) {
            Some(at) if self.byte(at) == Some(0) => Err(Doubt),
            Some(at) => {
                self.at += at + 1;
                Ok(())
            }
            None => self.unclosed(),
        }
    }

    /// PostgreSQL's string between two tags.
    pub(super) fn tagged(&mut self, tag: &[u8]) -> Result<Kind, Doubt> {
        self.at += tag.len();
        while let Some(next) = self.rest().iter().position(|byte| matches!(byte, b'$' | 0)) {
            self.at += next;
            if self.byte(0) == Some(0) {
                return Err(Doubt);
            }
            if self.rest().starts_with(tag) {
                self.at += tag.len();
                return self.end_of_value(Kind::Text);
            }
            self.at += 1;
        }
        self.unclosed().map(|()| Kind::Text)
    }

    /// `$$` or `$tag$`, if that is what comes.
    pub(super) fn dollar_tag(&self) -> Option<&'a [u8]> {
        let rest = self.rest();
        let name = rest.get(1..)?;
        let end = name.iter().position(|byte| *byte == b'$' || !continues_word(*byte))?;
        let starts = end == 0 || name.first().is_some_and(|first| starts_word(*first));
        (starts && name.get(end) == Some(&b'$')).then(|| rest.get(..end + 2)).flatten()
    }
}

/// Of a string without a prefix.
pub(super) const fn plain(dialect: Dialect) -> Backslash {
    match dialect {
        Dialect::MySql | Dialect::Postgres => Backslash::Unknown,
        Dialect::Sqlite => Backslash::Plain,
    }
}

pub(super) const fn is_quote(byte: u8) -> bool {
    matches!(byte, b'\'' | b'"' | b'`')
}
