//! Texts that are long, deep, or no SQL at all.

use std::time::{Duration, Instant};

use super::*;

const MANY: usize = 10 * 1024 * 1024;

/// What is found, within a time that only bounded reading keeps.
fn timed(dialect: Dialect, sql: &str) -> Description {
    let start = Instant::now();
    let found = describe(dialect, sql, true);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    found
}

#[test]
fn l3_ten_megabytes() {
    for dialect in ALL.iter().copied() {
        let long = format!("INSERT INTO t VALUES {}", "('s3cr3t', 17), ".repeat(MANY / 16));
        let found = timed(dialect, &long);
        assert_eq!(found.summary.as_deref(), Some("INSERT t"));
        let text = found.text.unwrap();
        let rest = text.strip_prefix("INSERT INTO t VALUES ").unwrap();
        assert!(text.len() > 4000 && text.len() <= 4096, "{}", text.len());
        assert_eq!(rest.replace("(?, ?), ", "").len(), rest.len() % 8, "cut at a token");

        let found = timed(
            dialect,
            &format!("SELECT a FROM b WHERE c = '{}'", "s3cr3t\\ ".repeat(MANY / 8)),
        );
        assert_eq!(found.text.as_deref(), Some("SELECT a FROM b WHERE c ="));
        assert_eq!(found.summary.as_deref(), Some("SELECT b"));

        let found = timed(dialect, &format!("SELECT /*{}", "*".repeat(MANY)));
        assert_eq!(found.text.as_deref(), Some("SELECT"));
        let found = timed(dialect, &format!("SELECT {}", "x".repeat(MANY)));
        assert_eq!(found.text.as_deref(), Some("SELECT"));
        let found = timed(dialect, &format!("SELECT a FROM {}", "ü".repeat(MANY / 2)));
        assert_eq!(found.summary.as_deref(), Some("SELECT"));

        for piece in
            ["(", "/*", "$a", "a.", "[", "SELECT ", "FROM a,", "WITH ", "$$;", "a;", ":", "''"]
        {
            let found = timed(dialect, &piece.repeat(MANY / piece.len()));
            assert!(found.text.is_none_or(|text| text.len() <= 4096), "{piece}");
            assert!(found.summary.is_none_or(|summary| summary.len() <= 255), "{piece}");
        }
    }
}

/// The text that is shown ends long before the doubt.
#[test]
fn a_doubt_behind_what_is_shown() {
    let sql = format!("SELECT {} 'x", "a, ".repeat(5000));
    assert_eq!(describe(Postgres, &sql, false).text, None);
}

#[test]
fn summaries_end_at_a_word() {
    let names: Vec<String> = (100..200).map(|nth| format!("table{nth}")).collect();
    let sql = format!("SELECT a FROM {}", names.join(", "));
    let summary = describe(Sqlite, &sql, false).summary.unwrap();
    assert!(summary.len() > 240 && summary.len() <= 255, "{}", summary.len());
    assert_eq!(summary, format!("SELECT {}", names[..27].join(" ")));

    let sql = format!("SELECT a FROM {}, b", "x".repeat(300));
    assert_eq!(describe(Sqlite, &sql, false).summary.as_deref(), Some("SELECT"));

    let deep = format!("SELECT {} a FROM b", "(SELECT 1 + ".repeat(70));
    let summary = describe(Sqlite, &deep, false).summary.unwrap();
    assert!(summary.split(' ').all(|word| word == "SELECT"), "{summary}");
}
