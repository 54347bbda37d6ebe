//! Takes a statement apart into tokens, as its server would.
//!
//! Where two settings of a server read a text in two ways, or where the text breaks the grammar so
//! that a quote may stand where nobody meant one, reading ends in [`Doubt`].

use super::Dialect;
use super::quoted::{Backslash, is_quote, plain};
use super::words::TYPES;

/// Where a text has to be taken for something that may hold values anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Doubt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword, or a name without quotes.
    Word,
    /// A name in its quotes.
    Name,
    /// SQLite's double quotes: a name if there is such a name, else a string.
    NameOrString,
    /// A string, its quotes and prefix included.
    Text,
    /// A number, its sign not included; a UUID without quotes.
    Number,
    /// A word or a name that is a value.
    Value,
    /// What stands for a value.
    Placeholder,
    /// One character of an operator or of punctuation, or `::`.
    Symbol,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    /// Whether white space or a comment comes before it.
    pub(super) is_spaced: bool,
}

impl Token<'_> {
    /// Whether it is this keyword, in any case.
    pub(super) fn is_word(&self, keyword: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(keyword)
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }
}

/// Bytes of a UUID.
const UUID: usize = 36;
/// Most digits of a placeholder: the servers have 65535 at most.
const MAX_DIGITS: usize = 5;

#[derive(Debug)]
pub(super) struct Lexer<'a> {
    pub(super) dialect: Dialect,
    source: &'a str,
    pub(super) at: usize,
    /// Whether the source is the beginning of something longer.
    is_cut: bool,
    /// Whether the last token was `ESCAPE`.
    after_escape: bool,
}

impl<'a> Lexer<'a> {
    /// Reads `limit` bytes at most, and nothing of a token that goes on behind them.
    pub(super) fn new(dialect: Dialect, sql: &'a str, limit: usize) -> Self {
        let mut end = sql.len().min(limit);
        while !sql.is_char_boundary(end) {
            end -= 1;
        }
        let source = sql.get(..end).unwrap_or_default();
        Self { dialect, source, at: 0, is_cut: end < sql.len(), after_escape: false }
    }

    /// The next token, `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Token<'a>>, Doubt> {
        let is_spaced = self.skip_blank()?;
        let start = self.at;
        let Some(first) = self.byte(0) else {
            return Ok(None);
        };
        let kind = self.scan(first)?;
        if self.is_cut && self.at >= self.source.len() {
            return Ok(None);
        }
        let text = self.source.get(start..self.at).ok_or(Doubt)?;
        let token = Token { kind, text, is_spaced };
        self.after_escape = token.is_word("ESCAPE");
        Ok(Some(token))
    }

    pub(super) fn byte(&self, ahead: usize) -> Option<u8> {
        self.rest().get(ahead).copied()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.source.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The end came before something was closed: a doubt, unless it is the reader who cut.
    pub(super) fn unclosed(&mut self) -> Result<(), Doubt> {
        self.at = self.source.len();
        if self.is_cut { Ok(()) } else { Err(Doubt) }
    }

    fn scan(&mut self, first: u8) -> Result<Kind, Doubt> {
        use Dialect::{MySql, Postgres, Sqlite};
        match (first, self.dialect) {
            (b'\'', _) if self.after_escape && self.is_lone_backslash() => {
                self.at += 3;
                self.end_of_value(Kind::Text)
            }
            (b'\'', dialect) => self.string(first, plain(dialect)),
            (b'"', MySql) => self.string(first, plain(MySql)),
            (b'"', Postgres) | (b'`', MySql | Sqlite) => self.name(first).map(|()| Kind::Name),
            (b'"', Sqlite) => self.name(first).map(|()| Kind::NameOrString),
            (b'[', Sqlite) => self.brackets().map(|()| Kind::Name),
            (b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F', _) if self.is_uuid() => {
                self.at += UUID;
                self.end_of_value(Kind::Number)
            }
            (b'0'..=b'9', _) => self.number(),
            (b'.', _) if self.byte(1).is_some_and(|next| next.is_ascii_digit()) => self.number(),
            (b'$', Postgres) => self.dollar(),
            // Version 9 has these quotes, versions before it do not.
            (b'$', MySql) if self.dollar_tag().is_some() => Err(Doubt),
            (b'$', Sqlite) | (b'@' | b':', _) => self.named_placeholder(),
            (b'?', _) => Ok(self.question_mark()),
            (b'\\', dialect) => self.backslash(dialect),
            _ if starts_word(first) || first == b'$' => self.word(),
            _ => Ok(self.symbol(1)),
        }
    }

    fn symbol(&mut self, bytes: usize) -> Kind {
        self.at += bytes;
        Kind::Symbol
    }

    /// Moves on over what a name may go on with.
    fn skip_word(&mut self) {
        let rest = self.rest();
        self.at += rest.iter().position(|byte| !continues_word(*byte)).unwrap_or(rest.len());
    }

    fn word(&mut self) -> Result<Kind, Doubt> {
        let start = self.at;
        self.skip_word();
        let word = self.source.get(start..self.at).unwrap_or_default();
        let Some(quote) = self.byte(0).filter(|byte| matches!(byte, b'\'' | b'"')) else {
            if self.dialect == Dialect::Postgres
                && word.eq_ignore_ascii_case("u")
                && self.rest().starts_with(b"&'")
            {
                self.at += 1;
                return self.string(b'\'', Backslash::Unknown);
            }
            return Ok(Kind::Word);
        };
        let is = |words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
        match (self.dialect, quote) {
            // A name after a name, which is an alias.
            (Dialect::Postgres, b'"') => Ok(Kind::Word),
            (Dialect::Postgres, _) if is(&["e"]) => self.string(quote, Backslash::Escapes),
            (Dialect::Sqlite, b'\'') if is(&["x"]) => self.string(quote, Backslash::Plain),
            (Dialect::Postgres | Dialect::MySql, b'\'') if is(&["b", "n", "x"]) => {
                self.string(quote, Backslash::Unknown)
            }
            (Dialect::MySql, _) if word.starts_with('_') => self.string(quote, Backslash::Unknown),
            (_, b'\'') if is(&["date", "time", "timestamp", "interval"]) => Ok(Kind::Word),
            (_, b'\'') if is(&["escape"]) && self.is_lone_backslash() => Ok(Kind::Word),
            (Dialect::Postgres, b'\'') if is(TYPES) => Ok(Kind::Word),
            // More likely a string with an apostrophe in it that was pasted as it is.
            _ => Err(Doubt),
        }
    }

    /// Whether a UUID comes: if it was pasted without quotes, its parts look like numbers and names.
    fn is_uuid(&self) -> bool {
        let is_part = |(at, byte): (usize, &u8)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        };
        self.rest().get(..UUID).is_some_and(|uuid| uuid.iter().enumerate().all(is_part))
            && self.byte(UUID).is_none_or(|byte| !continues_word(byte))
    }

    /// Takes letters for digits too: hexadecimal, exponents, and what is a name in MySQL.
    fn number(&mut self) -> Result<Kind, Doubt> {
        let is_hexadecimal =
            self.byte(0) == Some(b'0') && matches!(self.byte(1), Some(b'x' | b'X'));
        while let Some(byte) = self.byte(0) {
            let signed = matches!(byte, b'e' | b'E')
                && !is_hexadecimal
                && matches!(self.byte(1), Some(b'+' | b'-'))
                && self.byte(2).is_some_and(|digit| digit.is_ascii_digit());
            match byte {
                _ if signed => self.at += 2,
                b'.' => self.at += 1,
                // PostgreSQL may begin a string here.
                b'$' => break,
                _ if continues_word(byte) => self.at += 1,
                _ => break,
            }
        }
        match self.byte(0) {
            Some(b'$') => Err(Doubt),
            _ => self.end_of_value(Kind::Number),
        }
    }

    fn digits(&self, from: usize) -> usize {
        let digits = self.rest().iter().skip(from);
        digits.take_while(|byte| byte.is_ascii_digit()).count()
    }

    fn question_mark(&mut self) -> Kind {
        let digits = self.digits(1);
        self.at += 1 + if digits <= MAX_DIGITS { digits } else { 0 };
        Kind::Placeholder
    }

    /// `:name`, `@name`, `@@name`, `$name`; what begins so and goes on otherwise is an operator.
    fn named_placeholder(&mut self) -> Result<Kind, Doubt> {
        if self.rest().starts_with(b"::") {
            return Ok(self.symbol(2));
        }
        let marks = if self.rest().starts_with(b"@@") { 2 } else { 1 };
        match self.byte(marks) {
            Some(b'0'..=b'9') if self.byte(0) == Some(b'$') && self.digits(1) <= MAX_DIGITS => {}
            Some(byte) if starts_word(byte) => {}
            _ => return Ok(self.symbol(1)),
        }
        self.at += marks;
        self.skip_word();
        match self.byte(0) {
            // SQLite takes the parentheses and whatever is in them for a part of the name.
            Some(b'(') if self.dialect == Dialect::Sqlite => Err(Doubt),
            Some(byte) if is_quote(byte) => Err(Doubt),
            _ => Ok(Kind::Placeholder),
        }
    }

    /// `$1`, or a string between two tags.
    fn dollar(&mut self) -> Result<Kind, Doubt> {
        let digits = self.digits(1);
        if (1..=MAX_DIGITS).contains(&digits) {
            self.at += 1 + digits;
            return Ok(Kind::Placeholder);
        }
        match self.dollar_tag() {
            Some(tag) => self.tagged(tag),
            None => Ok(self.symbol(1)),
        }
    }

    /// Outside of strings there is but MySQL's `\N`.
    fn backslash(&mut self, dialect: Dialect) -> Result<Kind, Doubt> {
        if dialect != Dialect::MySql || self.byte(1) != Some(b'N') {
            return Err(Doubt);
        }
        self.at += 2;
        self.end_of_value(Kind::Word)
    }
}

pub(super) const fn starts_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

pub(super) const fn continues_word(byte: u8) -> bool {
    starts_word(byte) || byte.is_ascii_digit() || byte == b'$'
}
