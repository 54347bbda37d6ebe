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

#[test]
fn the_second_time_nothing_is_built() {
    let sql = "SELECT kept FROM first_time WHERE a = 'x'";
    let [first, second, third] = std::array::from_fn(|_| describe(Postgres, sql, true));
    assert_eq!(first.summary.as_deref(), Some("SELECT first_time"));
    assert_eq!(first.text.as_deref(), Some("SELECT kept FROM first_time WHERE a = ?"));
    assert!(places(&first).is_some());
    assert_eq!(places(&first), places(&second));
    assert_eq!(places(&second), places(&third));
    let elsewhere = std::thread::spawn(move || describe(Postgres, sql, true)).join().unwrap();
    assert_eq!(places(&elsewhere), places(&first));
}

#[test]
fn a_dialect_does_not_get_what_is_anothers() {
    let sql = "SELECT \"kept\" FROM dialects";
    for _ in 0..3 {
        assert_eq!(describe(MySql, sql, true).text.unwrap(), "SELECT ? FROM dialects");
        assert_eq!(describe(Postgres, sql, true).text.unwrap(), sql);
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
    let _ = describe(MySql, &sql, true);
    assert!(matches!(describe(MySql, &sql, true).text, Some(Cow::Owned(_))));
}
