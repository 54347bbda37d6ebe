//! What a statement does to which tables: `SELECT songs artists`.
//!
//! A small automaton goes over the tokens, with a state for each pair of parentheses.

use super::lexer::{Kind, Token};
use super::place::{Level, Place, Then};
use super::shown::Shown;
use super::words::{self, Object, Operation};

/// Deepest parentheses followed. What is deeper, and all after it, has no part in the summary.
const MAX_DEPTH: usize = 64;

#[derive(Debug)]
pub(super) struct Summary<'a> {
    shown: Shown<'a>,
    level: Level<'a>,
    /// The levels around this one.
    outer: Vec<Level<'a>>,
    last: Option<Token<'a>>,
}

impl<'a> Summary<'a> {
    pub(super) fn new() -> Self {
        let level = Level::new(Place::Start);
        Self { shown: Shown::default(), level, outer: Vec::new(), last: None }
    }

    pub(super) fn push(&mut self, token: Token<'a>, next: Option<&Token<'a>>) {
        let is_part = self.shown.continue_target(&token);
        match token.kind {
            _ if is_part => {}
            Kind::Symbol => self.symbol(token.text),
            // A part of a name, whatever else it may mean.
            Kind::Word if self.follows(".") => {}
            Kind::Word => self.word(&token, next),
            Kind::Name => self.name(&token),
            Kind::Text | Kind::Value | Kind::NameOrString => {
                self.shown.string();
                self.value();
            }
            Kind::Number | Kind::Placeholder => self.value(),
        }
        self.last = Some(token);
    }

    pub(super) fn finish(self, in_doubt: bool) -> Option<String> {
        self.shown.finish(in_doubt)
    }

    fn follows(&self, symbol: &str) -> bool {
        self.last.is_some_and(|last| last.is_symbol(symbol))
    }

    fn follows_word(&self, word: &str) -> bool {
        self.last.is_some_and(|last| last.is_word(word))
    }

    fn symbol(&mut self, symbol: &str) {
        match (symbol, self.level.place) {
            (_, Place::Over) => {}
            (";", _) => {
                self.outer.clear();
                self.shown.next_statement();
                self.level = Level::new(Place::Start);
            }
            ("(" | "[", place) => self.open(place),
            (")" | "]", _) => self.close(),
            (",", Place::Tables) => self.level.place = Place::Target(Then::Tables),
            (",", Place::Names) => self.level.place = Place::Target(Then::Names),
            (",", Place::CommonEnd) => self.level.place = Place::CommonName,
            _ => self.value(),
        }
    }

    fn open(&mut self, place: Place) {
        let (inner, outer) = match place {
            Place::Start => (Place::Start, Place::Tables),
            Place::CommonBody => (Place::Start, place),
            // A query that is copied.
            Place::Target(Then::Quiet) => (Place::Start, Place::Quiet),
            Place::Target(then) => (Place::Target(Then::Tables), then.place()),
            Place::Quiet | Place::Explained => (Place::Quiet, place),
            _ => (Place::Expression, place),
        };
        self.level.place = outer;
        self.outer.push(std::mem::replace(&mut self.level, Level::new(inner)));
        if self.outer.len() > MAX_DEPTH {
            self.outer.clear();
            self.level.place = Place::Over;
        }
    }

    fn close(&mut self) {
        let Some(outer) = self.outer.pop() else {
            return;
        };
        self.level = outer;
        if self.level.place == Place::CommonBody {
            self.level.place = Place::CommonEnd;
            if let Some(name) = self.level.common.take() {
                self.shown.hide(&name);
            }
        }
    }

    /// Something that is no name, in a place where there may have been one.
    fn value(&mut self) {
        match self.level.place {
            Place::Target(then) | Place::Into(then) => self.level.place = then.place(),
            Place::Start => self.level.place = Place::Quiet,
            _ => {}
        }
    }

    fn name(&mut self, token: &Token<'a>) {
        match self.level.place {
            Place::Target(then) | Place::Into(then) => {
                self.shown.begin_target(token);
                self.level.place = then.place();
            }
            Place::CommonName => self.common(token),
            Place::Start => self.level.place = Place::Quiet,
            _ => {}
        }
    }

    fn common(&mut self, name: &Token<'a>) {
        self.level.place = Place::CommonHead;
        if self.level.is_recursive {
            self.shown.hide(name);
        } else {
            // In its own query, the name still is a table's.
            self.level.common = Some(*name);
        }
    }

    fn word(&mut self, token: &Token<'a>, next: Option<&Token<'a>>) {
        let word = token.text;
        match self.level.place {
            Place::Start => self.operation(word, next),
            Place::Explained | Place::CommonEnd => self.operation_after_words(word, next),
            Place::Object { is_create, is_drop } => self.object(word, is_create, is_drop),
            Place::Into(then) if token.is_word("INTO") => self.level.place = Place::Target(then),
            Place::Into(_) if words::is_modifier(word) => {}
            Place::Into(then) | Place::Target(then) => self.target(token, next, then),
            Place::Tables | Place::Body | Place::BeforeQuery | Place::Expression => {
                self.inside(token, next);
            }
            Place::CommonName if token.is_word("RECURSIVE") => self.level.is_recursive = true,
            Place::CommonName => self.common(token),
            Place::CommonHead if token.is_word("AS") => self.level.place = Place::CommonBody,
            Place::CommonHead | Place::CommonBody | Place::Names | Place::Quiet | Place::Over => {}
        }
    }

    fn operation(&mut self, word: &str, next: Option<&Token<'a>>) {
        let Some(operation) = words::operation(word) else {
            self.level.place = Place::Quiet;
            return;
        };
        if operation != Operation::With {
            self.shown.operation(word);
        }
        self.level.operation = Some(operation);
        self.level.place = match operation {
            Operation::With => Place::CommonName,
            Operation::Select | Operation::Delete | Operation::Values => Place::Body,
            Operation::Insert => Place::Into(Then::Query),
            Operation::Update => Place::Into(Then::Tables),
            Operation::Merge => Place::Into(Then::Body),
            Operation::Define => Place::Object {
                is_create: word.eq_ignore_ascii_case("CREATE"),
                is_drop: word.eq_ignore_ascii_case("DROP"),
            },
            Operation::OnMany => Place::Target(Then::Names),
            Operation::OnOne => Place::Target(Then::Quiet),
            Operation::Explain => Place::Explained,
            Operation::Start | Operation::Alone => Place::Quiet,
        };
        let second = next.filter(|next| match operation {
            Operation::OnMany => next.is_word("TABLE") || next.is_word("TABLES"),
            Operation::Start => next.is_word("TRANSACTION"),
            _ => false,
        });
        if let Some(second) = second {
            self.shown.operation(second.text);
        }
    }

    /// An operation, where words that are none may come before it.
    fn operation_after_words(&mut self, word: &str, next: Option<&Token<'a>>) {
        use Operation::{Define, Delete, Insert, Merge, Select, Update, Values, With};
        let operation = words::operation(word);
        let begins = matches!(
            operation,
            Some(Select | Insert | Update | Delete | Merge | Values | With | Define)
        );
        if begins {
            self.operation(word, next);
        }
    }

    fn object(&mut self, word: &str, is_create: bool, is_drop: bool) {
        // Before the kind come many words of which none matters.
        let Some(object) = words::object(word) else {
            return;
        };
        self.shown.operation(word);
        self.level.place = match object {
            Object::Nameless => Place::Quiet,
            Object::Table if is_create => Place::Target(Then::Query),
            Object::WithBody if is_create => Place::Target(Then::Over),
            _ if is_drop => Place::Target(Then::Names),
            _ => Place::Target(Then::Quiet),
        };
    }

    fn target(&mut self, token: &Token<'a>, next: Option<&Token<'a>>, then: Then) {
        let word = token.text;
        if matches!(words::operation(word), Some(Operation::Select | Operation::With)) {
            self.operation(word, next);
        } else if token.is_word("VALUES") {
            self.level.place = Place::Expression;
        } else if words::ends_tables(word) || token.is_word("ON") {
            self.level.place = if then == Then::Tables { Place::Body } else { then.place() };
        } else if !Self::is_before_table(token, next) {
            self.shown.begin_target(token);
            self.level.place = then.place();
        }
    }

    /// Whether the table comes later.
    fn is_before_table(word: &Token<'a>, next: Option<&Token<'a>>) -> bool {
        if word.is_word("ONLY") {
            // A table may have this name, in grammars where it is no keyword.
            return next.is_some_and(|next| match next.kind {
                Kind::Word => !words::is_after_table(next.text),
                Kind::Symbol => next.text == "(",
                kind => matches!(kind, Kind::Name | Kind::NameOrString),
            });
        }
        // `ROWS FROM (f(1), g(2))`.
        let is_rows = word.is_word("ROWS") && next.is_some_and(|next| next.is_word("FROM"));
        is_rows || word.is_word("FROM") || words::is_before_table(word.text)
    }

    /// In an operation, or where one may begin.
    fn inside(&mut self, token: &Token<'a>, next: Option<&Token<'a>>) {
        let place = self.level.place;
        let in_tables = place == Place::Tables;
        // MySQL's `FORCE INDEX FOR JOIN (i)`, or `FOR ORDER BY`.
        let is_hint =
            |word: &Token<'a>| ["JOIN", "ORDER", "GROUP"].iter().any(|it| word.is_word(it));
        let begins_hint = token.is_word("FOR") && next.is_some_and(is_hint);
        if in_tables && (begins_hint || self.follows_word("FOR") && is_hint(token)) {
            return;
        }
        if token.is_word("SELECT") {
            self.operation(token.text, next);
        } else if token.is_word("WITH") {
            let begins = match place {
                Place::Expression => self.follows("("),
                // Options come in parentheses.
                Place::BeforeQuery => next.is_some_and(|next| !next.is_symbol("(")),
                _ => false,
            };
            if begins {
                self.level.place = Place::CommonName;
            }
        } else if token.is_word("FROM") {
            // `IS DISTINCT FROM` compares; in parentheses without a query, it is a function's.
            let lists = matches!(place, Place::Tables | Place::Body);
            if lists && !self.follows_word("DISTINCT") {
                self.level.place = Place::Target(Then::Tables);
            }
        } else if token.is_word("USING") {
            let opens = next.is_some_and(|next| next.is_symbol("("));
            match self.level.operation {
                Some(Operation::Merge) => self.level.place = Place::Target(Then::Body),
                // With parentheses, it is a join's.
                Some(Operation::Delete) if in_tables && !opens => {
                    self.level.place = Place::Target(Then::Tables);
                }
                _ => {}
            }
        } else if in_tables && (token.is_word("JOIN") || token.is_word("STRAIGHT_JOIN")) {
            self.level.place = Place::Target(Then::Tables);
        } else if in_tables && words::ends_tables(token.text) {
            self.level.place = Place::Body;
        }
    }
}
