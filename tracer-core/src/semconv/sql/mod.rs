//! What may be shown of an SQL statement: its text without values, and a summary that is fit to
//! name a span.
//!
//! Nothing is parsed that does not have to be. A statement is taken apart into tokens by the rules
//! of its server; of these, values are masked, and the few are picked that say what is done to
//! which tables. Where it cannot be told where values begin and end, no text is shown.

mod bare_words;
mod blank;
mod double_quotes;
mod hash;
mod kept;
mod lexer;
mod lists;
mod mask;
mod place;
mod quoted;
mod seen;
mod shown;
mod summary;
#[cfg(test)]
mod tests;
mod words;

use std::borrow::Cow;

use bare_words::BareWords;
use double_quotes::DoubleQuotes;
use lexer::Lexer;
use mask::Mask;
use summary::Summary;

/// Most bytes read of a statement.
const MAX_READ: usize = 64 * 1024;

/// Whose grammar a text is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// MySQL and MariaDB.
    MySql,
    /// PostgreSQL.
    Postgres,
    /// SQLite.
    Sqlite,
}

/// What may be shown of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// What is done to which tables, for the span's name and
    /// [`DB_QUERY_SUMMARY`](super::DB_QUERY_SUMMARY): at most 255 bytes. `None` where it cannot be
    /// told.
    pub summary: Option<Cow<'static, str>>,
    /// The statement with `?` in the place of each value, for
    /// [`DB_QUERY_TEXT`](super::DB_QUERY_TEXT): at most 4 KiB. `None` where it is in doubt what is
    /// a value.
    pub text: Option<Cow<'static, str>>,
}

/// Reads a statement as far as spans need it. Takes bounded time and memory whatever comes in: no
/// more than the first 64 KiB are read.
///
/// `is_parameterised` says that the program wrote the text, with placeholders for values. What is
/// found out is then kept for the next time if the statement comes often: at most 448 statements of
/// at most 2 KiB, less than 2 MiB in all. What is rare is read anew each time, and so is a text that
/// may have values pasted into it. No lock is taken to look. Values are masked in both cases.
///
/// # Text
///
/// - Strings, numbers and bit strings become `?`. Keywords, names, placeholders, `NULL`, `TRUE`
///   and `FALSE` stay; signs are operators.
/// - Words become `?` where they are values without quotes: what `SET` and `PRAGMA` set, what
///   follows `PASSWORD` or `IDENTIFIED BY`, a key for `ATTACH`, a `DEFINER`, the parts of a UUID.
///   `ON`, `DEFAULT` and their like stay.
/// - SQLite's double quotes are a name next to a dot, after keywords such as `FROM` or `AS`, in a
///   list of tables, and where columns are defined, set, or listed for `INSERT`, `REFERENCES`,
///   `ON CONFLICT`, `USING` or an index. Elsewhere SQLite takes them for a string where there is no
///   such column, and so they are masked: in the lists of `SELECT`, `RETURNING` and `ORDER BY`, and
///   in conditions. `"t"."a"` is shown there, and so is `a` without quotes.
/// - Comments, hints and white space become one space. Semicolons at the end go.
/// - There is no text where something is not closed, where a value touches a name or another
///   quote, where a NUL is, or where settings of the server decide what a backslash before a quote
///   means. `ESCAPE '\'` is clear in all of them.
///
/// # Summary
///
/// - Operations and their targets in the order of the text and in its case, names without their
///   quotes, statements parted by `; `. A query inside another is an operation too:
///   `SELECT SELECT users`.
/// - `WITH` itself is not shown, nor are the names it defines.
/// - `UPDATE` in an upsert or after `FOR` is no operation. Objects have their kind:
///   `CREATE TABLE t`. Users have no name, and neither have settings and savepoints.
/// - Nothing is said of what follows a trigger or a routine that is created, for its body holds
///   semicolons.
/// - Where the text is in doubt, the summary ends before its first string.
///
/// ```
/// use tracer_core::semconv::sql::{Dialect, describe};
///
/// let found = describe(Dialect::Postgres, "SELECT * FROM songs WHERE title = 'Blue'", false);
/// assert_eq!(found.summary.as_deref(), Some("SELECT songs"));
/// assert_eq!(found.text.as_deref(), Some("SELECT * FROM songs WHERE title = ?"));
/// ```
#[must_use]
pub fn describe(dialect: Dialect, sql: &str, is_parameterised: bool) -> Description {
    if is_parameterised { kept::describe(dialect, sql) } else { read(dialect, sql) }
}

fn read(dialect: Dialect, sql: &str) -> Description {
    let mut lexer = Lexer::new(dialect, sql, MAX_READ);
    let mut words = BareWords::new(dialect);
    let mut quotes = DoubleQuotes::new(dialect);
    let mut mask = Mask::new(sql.len());
    let mut summary = Summary::new();
    let mut next = lexer.next();
    while let Ok(Some(token)) = next {
        next = lexer.next();
        let following = next.as_ref().ok().and_then(Option::as_ref);
        let token = words.tell(token, following);
        let token = quotes.tell(token, following);
        mask.push(&token);
        summary.push(token, following);
    }
    let in_doubt = next.is_err();
    Description {
        summary: summary.finish(in_doubt).map(Cow::Owned),
        text: mask.finish().filter(|_| !in_doubt).map(Cow::Owned),
    }
}
