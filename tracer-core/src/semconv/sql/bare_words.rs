//! Words that are values although nothing marks them: what a setting is set to, a password, who
//! runs a view.

use super::Dialect;
use super::lexer::{Kind, Token};
use super::words::{self, Object};

/// Words that say nothing where a value comes.
const SHOWN: &[&str] = &[
    "ALL",
    "AS",
    "BY",
    "CURRENT_USER",
    "DATABASE",
    "DEFAULT",
    "FALSE",
    "FOR",
    "IDENTIFIED",
    "KEY",
    "LOCAL",
    "NO",
    "NONE",
    "NOT",
    "NULL",
    "OFF",
    "ON",
    "PASSWORD",
    "RANDOM",
    "TO",
    "TRUE",
    "USING",
    "VIA",
    "WITH",
    "YES",
];

/// What a statement is, as far as it tells where values come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Statement {
    /// Nothing of it was there yet, or nothing but words that explain it.
    #[default]
    Start,
    Set,
    Pragma,
    Attach,
    /// What is defined comes.
    Define,
    /// A user, or something else that has a password.
    Account,
    /// Its `SET` changes columns.
    Change,
    Other,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Elsewhere,
    /// The name of a setting comes, and then what it is set to.
    Setting,
    Value,
}

#[derive(Debug)]
pub(super) struct BareWords<'a> {
    dialect: Dialect,
    last: Option<Token<'a>>,
    before_last: Option<Token<'a>>,
    statement: Statement,
    place: Place,
    /// Parentheses that were opened in a value.
    depth: usize,
    /// Whether this is in MySQL's `DEFINER = user@host`.
    in_definer: bool,
}

impl<'a> BareWords<'a> {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            last: None,
            before_last: None,
            statement: Statement::Start,
            place: Place::Elsewhere,
            depth: 0,
            in_definer: false,
        }
    }

    /// The token, with its kind made sure if it is a value.
    pub(super) fn tell(&mut self, mut token: Token<'a>, next: Option<&Token<'a>>) -> Token<'a> {
        self.in_definer = self.is_in_definer(&token);
        if self.is_value(&token, next) {
            token.kind = Kind::Value;
        } else if token.is_symbol(";") {
            (self.statement, self.place) = (Statement::Start, Place::Elsewhere);
        } else {
            self.advance(&token, next);
        }
        self.before_last = self.last.replace(token);
        token
    }

    fn is_value(&self, token: &Token<'a>, next: Option<&Token<'a>>) -> bool {
        let is_name = matches!(token.kind, Kind::Name | Kind::NameOrString);
        let in_value = self.place == Place::Value;
        match token.kind {
            Kind::Word if self.is_glued(token) => !is_call(next),
            Kind::Word if self.in_definer => !token.is_word("CURRENT_USER"),
            Kind::Word if in_value => !self.is_schema() && !is_shown(token, next),
            _ if is_name => self.in_definer || in_value && !self.is_schema(),
            // `user@host`, or a value with a colon in it.
            Kind::Placeholder if token.text.starts_with('@') && self.in_definer => true,
            Kind::Placeholder => in_value && !token.is_spaced && self.follows_value(),
            _ => false,
        }
    }

    /// Whether the word is a part of something pasted such as `17-a-4`.
    fn is_glued(&self, token: &Token<'a>) -> bool {
        let is_dash = |token: &Token<'a>| token.is_symbol("-") && !token.is_spaced;
        !token.is_spaced
            && self.last.as_ref().is_some_and(is_dash)
            && self.before_last.is_some_and(|it| matches!(it.kind, Kind::Number | Kind::Value))
    }

    fn is_in_definer(&self, token: &Token<'a>) -> bool {
        if self.dialect != Dialect::MySql {
            return false;
        }
        let follows = |symbol| self.last.is_some_and(|last| last.is_symbol(symbol));
        let begins =
            follows("=") && self.before_last.is_some_and(|before| before.is_word("DEFINER"));
        let goes_on = !token.is_spaced || token.text.starts_with('@') || follows("@");
        begins || self.in_definer && goes_on
    }

    /// The name that an attached database gets.
    fn is_schema(&self) -> bool {
        self.statement == Statement::Attach && self.last.is_some_and(|last| last.is_word("AS"))
    }

    fn follows_value(&self) -> bool {
        let is_value = |kind| matches!(kind, Kind::Number | Kind::Text | Kind::Value | Kind::Word);
        self.last.is_some_and(|last| is_value(last.kind))
    }

    fn advance(&mut self, token: &Token<'a>, next: Option<&Token<'a>>) {
        let is_part = self.last.is_some_and(|last| last.is_symbol("."));
        match (self.place, token.kind) {
            (Place::Value, Kind::Symbol) => self.in_value(token.text),
            // Names of columns again.
            (Place::Value, _) if token.is_word("SELECT") => self.leave(Statement::Other),
            (Place::Value, _) => {}
            (Place::Setting, Kind::Symbol)
                if token.text == "="
                    || token.text == "(" && self.statement == Statement::Pragma =>
            {
                self.value();
            }
            (Place::Setting, Kind::Word) if !is_part => self.setting(token),
            (_, Kind::Word) if !is_part => self.word(token, next),
            _ if self.statement == Statement::Start && token.kind != Kind::Symbol => {
                self.statement = Statement::Other;
            }
            _ => {}
        }
    }

    fn in_value(&mut self, symbol: &str) {
        match symbol {
            "(" => self.depth += 1,
            ")" => self.depth = self.depth.saturating_sub(1),
            "," if self.depth == 0
                && self.dialect == Dialect::MySql
                && self.statement == Statement::Set =>
            {
                self.place = Place::Setting;
            }
            _ => {}
        }
    }

    fn value(&mut self) {
        (self.place, self.depth) = (Place::Value, 0);
    }

    fn leave(&mut self, statement: Statement) {
        (self.statement, self.place) = (statement, Place::Elsewhere);
    }

    /// Before a value, what may stand there without a `=`.
    fn setting(&mut self, word: &Token<'a>) {
        let words = ["PASSWORD", "ROLE", "AUTHORIZATION", "ZONE"];
        let begins = word.is_word("TO")
            || self.statement == Statement::Set && words.iter().any(|it| word.is_word(it));
        if begins {
            self.value();
        }
    }

    fn word(&mut self, token: &Token<'a>, next: Option<&Token<'a>>) {
        use Statement::{Account, Attach, Change, Define, Other, Pragma, Set, Start};
        let is = |words: &[&str]| words.iter().any(|word| token.is_word(word));
        let next_is =
            |words: &[&str]| next.is_some_and(|next| words.iter().any(|it| next.is_word(it)));
        let (is_set, is_sqlite) = (is(&["SET"]), self.dialect == Dialect::Sqlite);
        match self.statement {
            _ if is(&["IDENTIFIED"]) && next_is(&["BY", "WITH", "VIA"]) => self.value(),
            Account if is(&["PASSWORD"]) => self.value(),
            Start if is(&["EXPLAIN", "QUERY", "PLAN", "BEGIN"]) => {}
            Start if is(&["PRAGMA"]) && is_sqlite => {
                (self.statement, self.place) = (Pragma, Place::Setting);
            }
            Start if is(&["ATTACH"]) && is_sqlite => {
                self.statement = Attach;
                self.value();
            }
            Start if is_set || is(&["CHANGE"]) && self.dialect == Dialect::MySql => {
                (self.statement, self.place) = (Set, Place::Setting);
            }
            Start if is(&["CREATE", "ALTER"]) => self.statement = Define,
            // `CREATE OR REPLACE`.
            Define if is(&["REPLACE"]) => {}
            _ if is(&["UPDATE", "INSERT", "REPLACE", "MERGE", "DELETE"]) => self.leave(Change),
            // A type of MySQL's has this name too.
            Define | Account | Other if is_set && !is_sqlite && !is_call(next) => {
                self.place = Place::Setting;
            }
            Define => match words::object(token.text) {
                Some(Object::Nameless) => self.statement = Account,
                Some(Object::Table) => self.statement = Change,
                Some(_) => self.statement = Other,
                None => {}
            },
            Start => self.statement = Other,
            _ => {}
        }
    }
}

fn is_shown(word: &Token<'_>, next: Option<&Token<'_>>) -> bool {
    is_call(next) || word.is_word("SELECT") || SHOWN.iter().any(|shown| word.is_word(shown))
}

/// Whether the name before it is a function's.
fn is_call(next: Option<&Token<'_>>) -> bool {
    next.is_some_and(|next| next.is_symbol("("))
}
