#![allow(clippy::unwrap_used, reason = "tests")]

use super::Dialect::{self, MySql, Postgres, Sqlite};
use super::{Description, describe};

mod bare_words;
mod hostile;
mod kept;
mod names;
mod statements;
mod strings;
mod summaries;

/// In a table: the text is the statement as it was given.
const SAME: &str = "=";
/// In a table: there is none.
const NONE: &str = "-";

const ALL: &[Dialect] = &[MySql, Postgres, Sqlite];

/// A statement, its text, and its summary.
type Case<'a> = (&'a str, &'a str, &'a str);

fn check(dialects: &[Dialect], cases: &[Case<'_>]) {
    for (sql, text, summary) in cases {
        let text = if *text == SAME { sql } else { text };
        for dialect in dialects {
            let found = describe(*dialect, sql, false);
            assert_eq!(found.text.as_deref().unwrap_or(NONE), *text, "{dialect:?} {sql}");
            assert_eq!(found.summary.as_deref().unwrap_or(NONE), *summary, "{dialect:?} {sql}");
            assert_eq!(describe(*dialect, sql, true), found, "kept: {dialect:?} {sql}");
        }
    }
}

/// A statement, and its summary.
fn check_summaries(dialects: &[Dialect], cases: &[(&str, &str)]) {
    for (sql, summary) in cases {
        for dialect in dialects {
            let Description { summary: found, text } = describe(*dialect, sql, false);
            assert_eq!(found.as_deref().unwrap_or(NONE), *summary, "{dialect:?} {sql}");
            assert!(text.is_some(), "{dialect:?} {sql}");
        }
    }
}
