//! Where in a statement the summary is, and what may come there.

use super::lexer::Token;
use super::words::Operation;

/// Where in a statement the next token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Where an operation begins.
    Start,
    /// After `EXPLAIN`, whose options come before the operation.
    Explained,
    /// After `CREATE` and its like: the kind of object comes.
    Object { is_create: bool, is_drop: bool },
    /// After `INSERT` or `UPDATE`: perhaps some words, and the table.
    Into(Then),
    /// A target comes.
    Target(Then),
    /// After a table: there may be more of them.
    Tables,
    /// After a target: a comma brings another.
    Names,
    /// In an operation, between its lists of tables.
    Body,
    /// After a target that a query may follow.
    BeforeQuery,
    /// In parentheses that may be anything: there may be a query in it.
    Expression,
    /// The name of a common table expression comes.
    CommonName,
    /// After that name.
    CommonHead,
    /// After its `AS`.
    CommonBody,
    /// After the query: another name may come, or the operation.
    CommonEnd,
    /// Nothing more here.
    Quiet,
    /// Nothing more in the whole text.
    Over,
}

/// Where a target leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Tables,
    Names,
    Body,
    Query,
    Quiet,
    Over,
}

impl Then {
    pub(super) const fn place(self) -> Place {
        match self {
            Self::Tables => Place::Tables,
            Self::Names => Place::Names,
            Self::Body => Place::Body,
            Self::Query => Place::BeforeQuery,
            Self::Quiet => Place::Quiet,
            Self::Over => Place::Over,
        }
    }
}

/// A statement, or what is between two parentheses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level<'a> {
    pub(super) place: Place,
    pub(super) operation: Option<Operation>,
    /// The common table expression that is being defined.
    pub(super) common: Option<Token<'a>>,
    pub(super) is_recursive: bool,
}

impl Level<'_> {
    pub(super) const fn new(place: Place) -> Self {
        Self { place, operation: None, common: None, is_recursive: false }
    }
}
