//! SQLite takes `"x"` for a string where there is no such name. A text does not tell which names
//! there are, so only those count that stand where nothing but a name can stand.

use super::Dialect;
use super::lexer::{Kind, Token};
use super::lists::{List, Lists};

/// Keywords that a name has to follow.
const BEFORE_NAMES: &[&str] = &[
    "FROM",
    "JOIN",
    "INTO",
    "UPDATE",
    "TABLE",
    "AS",
    "INDEX",
    "VIEW",
    "TRIGGER",
    "EXISTS",
    "REFERENCES",
    "CONSTRAINT",
    "COLUMN",
    "ADD",
    "RENAME",
    "DROP",
    "SET",
    "TO",
    "WITH",
    "RECURSIVE",
    "SAVEPOINT",
];

/// What may follow a column in a list of them.
const AFTER_COLUMNS: &[&str] = &["ASC", "AUTOINCREMENT", "COLLATE", "DESC"];

#[derive(Debug)]
pub(super) struct DoubleQuotes<'a> {
    is_needed: bool,
    /// The tokens before this one, the nearest first.
    last: [Option<Token<'a>>; 3],
    lists: Lists,
}

impl<'a> DoubleQuotes<'a> {
    pub(super) fn new(dialect: Dialect) -> Self {
        let is_needed = dialect == Dialect::Sqlite;
        Self { is_needed, last: [None; 3], lists: Lists::default() }
    }

    /// The token, with its kind made sure if it must be a name.
    pub(super) fn tell(&mut self, mut token: Token<'a>, next: Option<&Token<'a>>) -> Token<'a> {
        if self.is_needed {
            if token.kind == Kind::NameOrString && self.is_name(next) {
                token.kind = Kind::Name;
            }
            let [last, before, _] = self.last;
            self.lists.push(&token, last.as_ref());
            self.last = [Some(token), last, before];
        }
        token
    }

    fn is_name(&self, next: Option<&Token<'a>>) -> bool {
        let is_dot = |token: Option<&Token<'a>>| token.is_some_and(|token| token.is_symbol("."));
        let [last, ..] = &self.last;
        is_dot(next)
            || is_dot(last.as_ref())
            || self.is_after_keyword()
            || self.lists.is_name_due()
            || self.lists.begun().is_some_and(|list| is_element(list, next))
    }

    fn is_after_keyword(&self) -> bool {
        let is_word = |token: &Option<Token<'a>>, word| token.is_some_and(|it| it.is_word(word));
        let [last, before, first] = &self.last;
        // `IS DISTINCT FROM` compares values.
        if is_word(last, "FROM") && is_word(before, "DISTINCT") {
            return false;
        }
        // `UPDATE OR IGNORE`.
        let is_update = is_word(before, "OR") && is_word(first, "UPDATE");
        is_update || BEFORE_NAMES.iter().any(|word| is_word(last, word))
    }
}

/// Whether what begins an element of a list is a name, by what comes after it.
fn is_element(list: List, next: Option<&Token<'_>>) -> bool {
    match list {
        List::Tables | List::Definitions | List::Queries => true,
        List::Columns => next.is_some_and(|next| {
            next.is_symbol(",")
                || next.is_symbol(")")
                || AFTER_COLUMNS.iter().any(|word| next.is_word(word))
        }),
        List::Assignments => next.is_some_and(|next| next.is_symbol("=")),
        List::Values => false,
    }
}
