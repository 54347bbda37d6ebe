//! How many rows a statement gave back or changed, as far as its driver can be believed.
//!
//! A driver gives a number of changed rows with every result, but it means something for some
//! statements only: of a query, PostgreSQL gives the rows that came back, and SQLite repeats the
//! number of the last change. So:
//!
//! - rows came back: `db.response.returned_rows`, whatever the statement;
//! - none came, and the statement is one that looks for rows: the same, which is 0, unless they can
//!   have gone elsewhere, as those of `SELECT … INTO` do;
//! - none came, and it changes rows: `db.response.affected_rows`, unless several statements went
//!   at once, of which one can be of another kind;
//! - any other statement, a definition of a table for instance: neither.

use tracer_core::SpanRef;
use tracer_core::semconv::db;

/// What a statement does with rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Returns,
    Changes,
    Neither,
}

/// What has come so far.
#[derive(Debug)]
pub(crate) struct Answer {
    effect: Effect,
    rows: u64,
    results: u32,
    affected: u64,
}

impl Answer {
    pub(crate) fn new(sql: &str) -> Self {
        Self { effect: effect(sql), rows: 0, results: 0, affected: 0 }
    }

    /// Of something that is no statement, or a statement that is not executed.
    pub(crate) const fn nothing() -> Self {
        Self { effect: Effect::Neither, rows: 0, results: 0, affected: 0 }
    }

    pub(crate) const fn row(&mut self) {
        self.rows = self.rows.saturating_add(1);
    }

    pub(crate) const fn result(&mut self, affected: u64) {
        self.results = self.results.saturating_add(1);
        self.affected = affected;
    }

    /// Of an answer that broke off.
    pub(crate) fn record_rows(&self, span: &SpanRef) {
        if self.rows > 0 {
            db::on_rows(span, self.rows);
        }
    }

    pub(crate) fn record(&self, span: &SpanRef) {
        if self.rows > 0 || self.effect == Effect::Returns {
            db::on_rows(span, self.rows);
        } else if self.effect == Effect::Changes && self.results == 1 {
            db::on_affected(span, self.affected);
        }
    }
}

const RETURNS: [&str; 7] = ["VALUES", "TABLE", "SHOW", "PRAGMA", "EXPLAIN", "DESCRIBE", "DESC"];
const CHANGES: [&str; 6] = ["INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "LOAD"];

/// Bytes of a statement that are read. Where that is not enough, there is no number.
const MAX_READ: usize = 64 << 10;

fn effect(sql: &str) -> Effect {
    let whole = sql.as_bytes();
    let read = whole.get(..MAX_READ).unwrap_or(whole);
    let mut words = Words { rest: read };
    let is = |word: &[u8], keyword: &&str| word.eq_ignore_ascii_case(keyword.as_bytes());
    let first = words.next().unwrap_or_default();
    if is(first, &"SELECT") {
        // A name in quotes or a comment can look like the keyword: then there is no number.
        let goes_elsewhere = words.any(|word| is(word, &"INTO"));
        let is_known = !goes_elsewhere && read.len() == whole.len();
        if is_known { Effect::Returns } else { Effect::Neither }
    } else if RETURNS.iter().any(|keyword| is(first, keyword)) {
        Effect::Returns
    } else if CHANGES.iter().any(|keyword| is(first, keyword)) {
        Effect::Changes
    } else if !is(first, &"WITH") {
        Effect::Neither
    } else {
        // What follows the queries in front decides, and one of those can change rows too, or put
        // them elsewhere.
        let changes =
            words.any(|word| is(word, &"INTO") || CHANGES.iter().any(|keyword| is(word, keyword)));
        let is_known = !changes && read.len() == whole.len();
        if is_known { Effect::Returns } else { Effect::Neither }
    }
}

/// The words of a statement, without comments between them.
struct Words<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            match self.rest {
                [] => return None,
                [b'-', b'-', rest @ ..] | [b'#', rest @ ..] => {
                    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                    self.rest = rest.get(end..)?;
                }
                [b'/', b'*', rest @ ..] => {
                    let end = rest.windows(2).position(|pair| pair == b"*/")?;
                    self.rest = rest.get(end + 2..)?;
                }
                [byte, ..] if is_part(*byte) => break,
                [_, rest @ ..] => self.rest = rest,
            }
        }
        let end = self.rest.iter().position(|byte| !is_part(*byte)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        Some(word)
    }
}

const fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects() {
        for (sql, expected) in [
            ("SELECT 1", Effect::Returns),
            ("  (select 1)", Effect::Returns),
            ("SELECT * INTO TEMP t FROM u", Effect::Neither),
            ("select 1 into @x", Effect::Neither),
            ("WITH a AS (SELECT 1) SELECT * INTO t FROM a", Effect::Neither),
            ("SELECT intone FROM t", Effect::Returns),
            ("-- SELECT\n/* SELECT */ insert into t values (1)", Effect::Changes),
            ("WITH a AS (SELECT 1) SELECT * FROM a", Effect::Returns),
            ("WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a", Effect::Neither),
            ("with a as (select replace(b, '', '') from c) select * from a", Effect::Neither),
            ("CREATE TABLE t (updated INT)", Effect::Neither),
            ("PRAGMA foreign_keys", Effect::Returns),
            ("BEGIN", Effect::Neither),
            ("", Effect::Neither),
            ("--", Effect::Neither),
            ("/* SELECT", Effect::Neither),
        ] {
            assert_eq!(effect(sql), expected, "{sql}");
        }
    }

    #[test]
    fn long_statements() {
        let long = "a".repeat(MAX_READ);
        assert_eq!(effect(&format!("SELECT '{long}'")), Effect::Neither);
        assert_eq!(effect(&format!("INSERT INTO t VALUES ('{long}')")), Effect::Changes);
        assert_eq!(effect(&format!("/*{long}*/ SELECT 1")), Effect::Neither);
        let with = format!("WITH a AS (SELECT '{long}') SELECT 1");
        assert_eq!(effect(&with), Effect::Neither);
    }
}
