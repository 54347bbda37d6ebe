//! A query taken apart: its text can be had only by consuming it.

use std::mem;

use sqlx_core::database::Database;
use sqlx_core::error::BoxDynError;
use sqlx_core::executor::Execute;
use sqlx_core::sql_str::{AssertSqlSafe, SqlSafeStr, SqlStr};

/// What begins with these, a server may keep as it was sent.
const KEPT: [&str; 4] = ["CREATE", "ALTER", "PREPARE", "DECLARE"];

/// The parts of somebody's query, to be executed in its place.
pub(crate) struct Parts<DB: Database> {
    sql: SqlStr,
    statement: Option<DB::Statement>,
    arguments: Result<Option<DB::Arguments>, BoxDynError>,
    persistent: bool,
}

impl<DB: Database> Parts<DB> {
    pub(crate) fn new<'q>(mut query: impl Execute<'q, DB>) -> Self {
        let arguments = query.take_arguments();
        let (statement, persistent) = (query.statement().cloned(), query.persistent());
        Self { sql: query.sql(), statement, arguments, persistent }
    }

    pub(crate) fn text(&self) -> &str {
        self.sql.as_str()
    }

    /// Whether it is one of the statements that a program sends again and again with other values,
    /// so that sqlx keeps it too.
    pub(crate) const fn is_parameterised(&self) -> bool {
        self.persistent && !matches!(self.arguments, Ok(None))
    }
}

impl<DB: Database> Parts<DB> {
    /// Puts a `traceparent` behind the statement (sqlcommenter). A statement that has a comment of its
    /// own keeps to it, and of what makes or changes something that is kept the text may be kept.
    /// With another text each time there is nothing to be gained by keeping it prepared.
    pub(crate) fn comment(&mut self, traceparent: &str) {
        let text = self.sql.as_str();
        // Of several statements, each; of one, what looks like one behind a `;` of its own.
        let mut verbs = text.split(';').filter_map(|part| part.split_whitespace().next());
        let is_kept = |verb: &str| KEPT.iter().any(|kept| verb.eq_ignore_ascii_case(kept));
        if verbs.any(is_kept) || ["/*", "--", "#"].iter().any(|comment| text.contains(comment)) {
            return;
        }
        let statement = text.trim_end_matches(|char: char| char.is_whitespace() || char == ';');
        let rest = &text[statement.len()..];
        let commented = format!("{statement} /*traceparent='{traceparent}'*/{rest}");
        // Safe as it was: what is added has nothing but hex digits in it.
        self.sql = AssertSqlSafe(commented).into_sql_str();
        self.statement = None;
        self.persistent = false;
    }
}

impl<DB: Database> Execute<'_, DB> for Parts<DB> {
    fn sql(self) -> SqlStr {
        self.sql
    }

    fn statement(&self) -> Option<&DB::Statement> {
        self.statement.as_ref()
    }

    fn take_arguments(&mut self) -> Result<Option<DB::Arguments>, BoxDynError> {
        mem::replace(&mut self.arguments, Ok(None))
    }

    fn persistent(&self) -> bool {
        self.persistent
    }
}
