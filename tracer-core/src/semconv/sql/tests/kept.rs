//! What is kept of statements, and what is not.

use std::borrow::Cow;

use super::*;

/// Where the two borrowed texts are, if they are borrowed.
fn places(found: &Description) -> Option<(*const u8, *const u8)> {
    match (&found.summary, &found.text) {
        (Some(Cow::Borrowed(summary)), Some(Cow::Borrowed(text))) => {
            Some((summary.as_ptr(), text.as_ptr()))
        }
        _ => None,
    }
}

/// What is found once the statement is kept.
fn kept(dialect: Dialect, sql: &str) -> Description {
    let mut sightings = (0..200).map(|_| describe(dialect, sql, true));
    sightings.find(|found| places(found).is_some()).unwrap()
}

#[test]
fn what_is_kept_is_not_built_again() {
    let sql = "SELECT kept FROM first_time WHERE a = 'x'";
    assert!(places(&describe(Postgres, sql, true)).is_none(), "one sighting is not often");
    let first = kept(Postgres, sql);
    assert_eq!(first.summary.as_deref(), Some("SELECT first_time"));
    assert_eq!(first.text.as_deref(), Some("SELECT kept FROM first_time WHERE a = ?"));
    assert_eq!(places(&describe(Postgres, sql, true)), places(&first));
    let elsewhere = std::thread::spawn(move || describe(Postgres, sql, true)).join().unwrap();
    assert_eq!(places(&elsewhere), places(&first));
}

#[test]
fn a_dialect_does_not_get_what_is_anothers() {
    let sql = "SELECT \"kept\" FROM dialects";
    for _ in 0..2 {
        assert_eq!(kept(MySql, sql).text.unwrap(), "SELECT ? FROM dialects");
        assert_eq!(kept(Postgres, sql).text.unwrap(), sql);
    }
}

#[test]
fn what_may_hold_values_is_not_kept() {
    let sql = "SELECT pasted FROM users WHERE name = 'x'";
    let (first, second) = (describe(MySql, sql, false), describe(MySql, sql, false));
    assert_eq!(first, second);
    assert!(matches!(second.text, Some(Cow::Owned(_))));
    assert!(matches!(second.summary, Some(Cow::Owned(_))));
}

#[test]
fn what_is_too_long_is_not_kept() {
    let sql = format!("SELECT {} FROM long", "a, ".repeat(1000));
    let found: Vec<Description> = (0..300).map(|_| describe(MySql, &sql, true)).collect();
    assert!(found.iter().all(|found| matches!(found.text, Some(Cow::Owned(_)))));
}
