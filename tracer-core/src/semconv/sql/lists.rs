//! Where a statement lists names: of columns, of tables, of what is changed.

use super::lexer::{Kind, Token};

/// Deepest parentheses followed. What is deeper lists values.
const MAX_DEPTH: usize = 64;

/// What a comma parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum List {
    /// Anything.
    #[default]
    Values,
    /// Columns, and nothing else.
    Columns,
    /// Columns with their types, and constraints.
    Definitions,
    /// What a query is from.
    Tables,
    /// Of a `SET`.
    Assignments,
    /// Common table expressions.
    Queries,
}

/// Whether a parenthesis may open a list of names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Due {
    #[default]
    Nothing,
    /// A name comes, and after it, the list.
    Name(List),
    /// The list, or the rest of the name.
    List(List),
}

#[derive(Clone, Copy, Debug, Default)]
struct Level {
    list: List,
    /// Whether an element begins here.
    is_begin: bool,
    /// Whether tables may be listed: in a function's parentheses, `FROM` is another one.
    is_query: bool,
}

/// What the statement creates, as long as that matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Creates {
    #[default]
    Start,
    /// After `CREATE`.
    Something,
    /// An index or a trigger: the table comes after `ON`.
    OnTable,
    Nothing,
}

#[derive(Debug, Default)]
pub(super) struct Lists {
    level: Level,
    outer: Vec<Level>,
    /// Parentheses that are too deep.
    too_deep: usize,
    due: Due,
    creates: Creates,
}

impl Lists {
    /// Whether the next token has to be a name.
    pub(super) fn is_name_due(&self) -> bool {
        matches!(self.due, Due::Name(_))
    }

    /// The list whose element the next token begins.
    pub(super) fn begun(&self) -> Option<List> {
        (self.level.is_begin && self.too_deep == 0).then_some(self.level.list)
    }

    pub(super) fn push(&mut self, token: &Token<'_>, last: Option<&Token<'_>>) {
        let due = std::mem::take(&mut self.due);
        let is_begin = std::mem::take(&mut self.level.is_begin);
        match token.kind {
            Kind::Symbol => self.symbol(token.text, due, is_begin),
            // A part of a name, whatever else it may mean.
            Kind::Word if last.is_some_and(|last| last.is_symbol(".")) => self.named(due, is_begin),
            Kind::Word => self.word(token, last, due, is_begin),
            Kind::Name => self.named(due, is_begin),
            _ => {}
        }
        if self.creates == Creates::Start && !token.is_word("CREATE") && !token.is_symbol(";") {
            self.creates = Creates::Nothing;
        }
    }

    fn symbol(&mut self, symbol: &str, due: Due, is_begin: bool) {
        match (symbol, due) {
            (";", _) => *self = Self::default(),
            (".", Due::List(list)) => self.due = Due::Name(list),
            ("(", _) => self.open(due, is_begin),
            (")", _) if self.too_deep > 0 => self.too_deep -= 1,
            (")", _) => self.level = self.outer.pop().unwrap_or_default(),
            (",", _) => self.level.is_begin = true,
            _ => {}
        }
    }

    fn open(&mut self, due: Due, is_begin: bool) {
        if self.outer.len() >= MAX_DEPTH {
            self.too_deep += 1;
            return;
        }
        let list = match (due, self.level.list) {
            (Due::List(list), _) => list,
            (_, List::Assignments) if is_begin => List::Columns,
            (_, List::Tables) if is_begin => List::Tables,
            _ => List::Values,
        };
        // Tables in parentheses may be joined.
        let inner = Level { list, is_begin: true, is_query: list == List::Tables };
        self.outer.push(std::mem::replace(&mut self.level, inner));
    }

    /// After a name.
    fn named(&mut self, due: Due, is_begin: bool) {
        match due {
            Due::Name(list) => self.due = Due::List(list),
            _ if is_begin && self.level.list == List::Queries => {
                self.due = Due::List(List::Columns);
            }
            _ => {}
        }
    }

    fn word(&mut self, token: &Token<'_>, last: Option<&Token<'_>>, due: Due, is_begin: bool) {
        let is = |words: &[&str]| words.iter().any(|word| token.is_word(word));
        let is_after = |word| last.is_some_and(|last| last.is_word(word));
        let defines = self.level.list == List::Definitions;
        if self.creates != Creates::Nothing && self.create(token) {
            return;
        }
        if is(&["INTO", "REFERENCES"]) {
            self.due = Due::Name(List::Columns);
        } else if is(&["USING"])
            || is(&["CONFLICT"]) && is_after("ON")
            || is(&["KEY", "UNIQUE"]) && defines
        {
            self.due = Due::List(List::Columns);
        } else if is(&["IF", "NOT", "EXISTS"]) && matches!(due, Due::Name(_)) {
            self.due = due;
        } else if is(&["AS"]) && due == Due::List(List::Columns) {
            // The other name of the table of an `INSERT`.
            self.due = Due::Name(List::Columns);
        } else if is(&["WITH"]) || is(&["RECURSIVE"]) && is_begin {
            self.begin(List::Queries);
        } else if is(&["SELECT", "UPDATE", "DELETE"]) {
            self.level.is_query = true;
            self.end();
        } else if is(&["SET"]) && !defines {
            self.begin(List::Assignments);
        } else if is(&["FROM"]) && self.level.is_query && !is_after("DISTINCT") {
            self.begin(List::Tables);
        } else if is(ENDS) {
            self.end();
        } else {
            self.named(due, is_begin);
        }
    }

    /// Whether the word is one of those that say what is created.
    fn create(&mut self, word: &Token<'_>) -> bool {
        let is = |words: &[&str]| words.iter().any(|known| word.is_word(known));
        let due = match self.creates {
            Creates::Start if is(&["CREATE"]) => {
                self.creates = Creates::Something;
                return true;
            }
            Creates::Something if is(&["TABLE"]) => List::Definitions,
            Creates::Something if is(&["VIEW"]) => List::Columns,
            Creates::Something if is(&["INDEX", "TRIGGER"]) => {
                self.creates = Creates::OnTable;
                return true;
            }
            Creates::OnTable if is(&["ON"]) => List::Columns,
            _ => return false,
        };
        self.creates = Creates::Nothing;
        self.due = Due::Name(due);
        true
    }

    fn begin(&mut self, list: List) {
        (self.level.list, self.level.is_begin) = (list, true);
    }

    /// No more names in this list.
    fn end(&mut self) {
        if self.level.list != List::Definitions {
            self.level.list = List::Values;
        }
    }
}

/// What comes after a list that has no parentheses.
const ENDS: &[&str] = &[
    "EXCEPT",
    "GROUP",
    "HAVING",
    "INTERSECT",
    "LIMIT",
    "ORDER",
    "RETURNING",
    "UNION",
    "VALUES",
    "WHERE",
    "WINDOW",
];
