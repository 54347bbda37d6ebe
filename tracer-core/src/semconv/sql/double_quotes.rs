//! SQLite takes `"x"` for a string where there is no such name. A text does not tell which names
//! there are, so only those count that stand where nothing but a name can stand.

use super::lexer::{Kind, Token};

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
    "COLUMN",
    "ADD",
    "SET",
    "TO",
    "WITH",
    "RECURSIVE",
    "SAVEPOINT",
];

/// How near a token is to the columns of an `INSERT`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Columns {
    #[default]
    Far,
    /// The table's name comes.
    Into,
    /// It was there.
    Table,
    /// Between the parentheses.
    Inside,
}

#[derive(Debug, Default)]
pub(super) struct DoubleQuotes<'a> {
    last: Option<Token<'a>>,
    before_last: Option<Token<'a>>,
    columns: Columns,
}

impl<'a> DoubleQuotes<'a> {
    /// The token, with its kind made sure if it must be a name.
    pub(super) fn tell(&mut self, mut token: Token<'a>, next: Option<&Token<'a>>) -> Token<'a> {
        if token.kind == Kind::NameOrString && self.is_name(next) {
            token.kind = Kind::Name;
        }
        self.columns = match (self.columns, token.kind) {
            _ if token.is_word("INTO") => Columns::Into,
            (Columns::Into, Kind::Word | Kind::Name) => Columns::Table,
            (Columns::Table, _) if token.is_symbol(".") => Columns::Into,
            (Columns::Table, _) if token.is_symbol("(") => Columns::Inside,
            (Columns::Inside, Kind::Word | Kind::Name) => Columns::Inside,
            (Columns::Inside, _) if token.is_symbol(",") => Columns::Inside,
            _ => Columns::Far,
        };
        self.before_last = self.last.replace(token);
        token
    }

    fn is_name(&self, next: Option<&Token<'a>>) -> bool {
        let is_word = |token: &Option<Token<'a>>, word| token.is_some_and(|it| it.is_word(word));
        let is_dot = |token: Option<&Token<'a>>| token.is_some_and(|token| token.is_symbol("."));
        if is_dot(next) || is_dot(self.last.as_ref()) || self.columns == Columns::Inside {
            return true;
        }
        // `IS DISTINCT FROM` compares values.
        let compares = is_word(&self.last, "FROM") && is_word(&self.before_last, "DISTINCT");
        !compares && BEFORE_NAMES.iter().any(|word| is_word(&self.last, word))
    }
}
