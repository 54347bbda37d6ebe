//! Whatever statement comes: no value of it is shown, no panic, and bounds hold.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::borrow::Cow;

use proptest::prelude::{BoxedStrategy, ProptestConfig, Strategy, any, proptest};
use proptest::sample::select;
use proptest::{collection::vec, prop_assert, prop_assert_eq};
use tracer_core::semconv::sql::Dialect::{self, MySql, Postgres, Sqlite};
use tracer_core::semconv::sql::{Description, describe};

const SECRET: &str = "s3cr3t";
/// A secret that is a number.
const NUMBER: &str = "31337";

/// Parts of statements after which a value or a comment may stand, in any grammar.
const PIECES: &[&str] = &[
    "SELECT",
    "SELECT a, b",
    "DISTINCT",
    "FROM",
    "FROM t, u",
    "IS NOT DISTINCT FROM",
    "JOIN v ON x =",
    "WHERE a IN (",
    "(",
    ")",
    ",",
    ";",
    "INSERT INTO t (a, b) VALUES (",
    "INTO",
    "UPDATE t SET a =",
    "ON CONFLICT (a) DO UPDATE SET b =",
    "DELETE FROM t USING",
    "WITH c AS (",
    "CREATE TABLE d (e INT DEFAULT",
    "CREATE TRIGGER",
    "ALTER USER f IDENTIFIED BY",
    "SET g =",
    "CALL h(",
    "PRAGMA",
    "EXPLAIN",
    "COPY",
    "TRUNCATE",
    "LIMIT",
    "LIKE ? ESCAPE",
    "ESCAPE '\\'",
    "UPDATE t SET (a, b) = (",
    "CREATE TABLE d (a INT,",
    "CREATE INDEX i ON t (",
    "REFERENCES t (",
    "USING (",
    "RETURNING a,",
    "||",
    "-",
    "a.b",
    "'x'",
];

/// What a string may hold: everything that means something elsewhere.
const INSIDE: &[&str] = &[
    SECRET, SECRET, "''", "\"", "`", "--", "-- ", "#", "/*", "*/", "\\\\", "\\n", ";", "$$", "$1",
    "$a$", "[", "]", "(", ")", " FROM ", ",", "\n", "\r", "é", "?", ":", "@", "%", "/*!", "E",
    "\u{1}",
];

fn inside(without: &'static [&'static str]) -> impl Strategy<Value = String> {
    let parts: Vec<&str> =
        INSIDE.iter().copied().filter(|part| !without.iter().any(|no| part.contains(no))).collect();
    vec(select(parts), 0..8).prop_map(|parts| format!("{}{SECRET}", parts.concat()))
}

/// A value or a comment that the dialect reads as one in all its settings.
fn hidden(dialect: Dialect) -> BoxedStrategy<String> {
    let quoted = |prefixes: &'static [&'static str]| {
        (select(prefixes), inside(&[])).prop_map(|(prefix, inside)| format!("{prefix}'{inside}'"))
    };
    let before = select(&["=", "||", "<>", "+ CASE", "IN (0 +", "- f(0, 0 +"][..]);
    let double =
        (before, inside(&["\""])).prop_map(|(before, inside)| format!("{before} \"{inside}\""));
    let line = inside(&["\n", "\r"]).prop_map(|inside| format!("-- {inside}\n"));
    let block = inside(&["/*", "*/"]).prop_map(|inside| format!("/* {inside} */"));
    let number = select(&["", "0x", "-", ".", "1e", "1.", "0"][..])
        .prop_map(|prefix| format!("{prefix}{NUMBER}"));
    let common = line.boxed().prop_union(block.boxed()).or(number.boxed());
    match dialect {
        MySql => {
            let hash = inside(&["\n", "\r"]).prop_map(|inside| format!("#{inside}\n"));
            let runs = inside(&["'", "\"", "`", "#", "--", "/*", "*/"])
                .prop_map(|inside| format!("/*!50000 {inside} */"));
            let strings = quoted(&["", "N", "x", "b", "_utf8", "_utf8mb4"]);
            let more = hash.boxed().prop_union(runs.boxed()).or(double.boxed());
            common.or(strings.boxed()).or(more.boxed()).boxed()
        }
        Postgres => {
            let nested = inside(&["/*", "*/"]).prop_map(|inside| format!("/* /* ' */ {inside} */"));
            let dollars = (select(&["$$", "$b$", "$_é1$"][..]), inside(&["$"]))
                .prop_map(|(tag, inside)| format!("{tag}{inside}{tag}"));
            let escaped = inside(&[]).prop_map(|inside| format!("e'\\'{inside}\\''"));
            let strings = quoted(&["", "E", "N", "x", "B", "U&", "date"]);
            let more = nested.boxed().prop_union(dollars.boxed()).or(escaped.boxed());
            common.or(strings.boxed()).or(more.boxed()).boxed()
        }
        _ => {
            let open = inside(&["'"]).prop_map(|inside| format!("'{inside}\\'"));
            let more = quoted(&["", "x"]).boxed().prop_union(open.boxed()).or(double.boxed());
            common.or(more.boxed()).boxed()
        }
    }
}

fn dialect() -> impl Strategy<Value = Dialect> {
    select(&[MySql, Postgres, Sqlite][..])
}

/// Statements with secrets, which can be told to be values.
fn statement() -> impl Strategy<Value = (Dialect, String)> {
    dialect().prop_flat_map(|dialect| {
        let parts = vec((select(PIECES), hidden(dialect)), 1..12);
        parts.prop_map(move |parts| {
            let parts = parts.iter().map(|(piece, hidden)| format!("{piece} {hidden} "));
            (dialect, format!("BEGIN; {}", parts.collect::<String>()))
        })
    })
}

/// Anything, and what looks like SQL and is none.
fn anything() -> impl Strategy<Value = String> {
    let bytes = vec(any::<u8>(), 0..300).prop_map(|it| String::from_utf8_lossy(&it).into_owned());
    let pieces: Vec<&str> = INSIDE.iter().chain(PIECES).copied().chain(["'", "\\", "$"]).collect();
    let pieces = vec(select(pieces), 0..60).prop_map(|pieces| pieces.concat());
    let marks = "[-'\"`\\\\$:@?#/*!\\[\\]().;,eExXnN_0-9 \n]{0,60}";
    bytes.boxed().prop_union(pieces.boxed()).or(marks.boxed())
}

fn bounded(found: &Description) -> bool {
    let fits = |text: &Option<Cow<'static, str>>, most| {
        text.as_ref()
            .is_none_or(|text| (1..=most).contains(&text.len()) && !text.contains(char::is_control))
    };
    fits(&found.text, 4096) && fits(&found.summary, 255)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_value_is_shown((dialect, sql) in statement(), cut in any::<proptest::sample::Index>()) {
        let found = describe(dialect, &sql, false);
        prop_assert!(bounded(&found));
        prop_assert!(found.text.is_some(), "{sql}");
        let shown = format!("{found:?}");
        prop_assert!(!shown.contains(SECRET) && !shown.contains(NUMBER), "{sql}\n{shown}");
        // Cut anywhere, even in a string.
        let sql: String = sql.chars().take(cut.index(sql.len())).collect();
        let shown = format!("{:?}", describe(dialect, &sql, false));
        prop_assert!(!shown.contains(SECRET) && !shown.contains(NUMBER), "{sql}\n{shown}");
    }

    #[test]
    fn any_text(dialect in dialect(), sql in anything()) {
        let found = describe(dialect, &sql, false);
        prop_assert!(bounded(&found));
        // What is shown has nothing left to mask, where white space in the place of a comment or
        // of a control character makes no other tokens.
        let is_other = |text: &str| dialect == MySql && text.contains("--");
        let is_control = |char| ('\u{80}'..'\u{a0}').contains(&char);
        if let Some(text) = found.text.filter(|text| !is_other(text) && !sql.contains(is_control)) {
            let again = describe(dialect, &text, false).text;
            prop_assert_eq!(again.as_deref(), Some(&*text), "{}", sql);
        }
    }
}

/// Where a word is a value, with `~` in its place.
const BARE: &[(Dialect, &str)] = &[
    (MySql, "SET a = ~"),
    (MySql, "SET GLOBAL a.b = c, SESSION d = ~"),
    (MySql, "SET PASSWORD FOR a = ~"),
    (MySql, "ALTER USER a IDENTIFIED WITH b AS ~"),
    (Postgres, "SET LOCAL a.b TO ~"),
    (Postgres, "SET ROLE ~"),
    (Postgres, "SET search_path = a, ~"),
    (Postgres, "ALTER DATABASE a SET b TO ~"),
    (Postgres, "CREATE USER a PASSWORD ~"),
    (Sqlite, "PRAGMA key = ~"),
    (Sqlite, "PRAGMA a.key(~)"),
    (Sqlite, "ATTACH a AS b KEY ~"),
];

proptest! {
    #[test]
    fn no_bare_value_is_shown(
        (dialect, sql) in select(BARE),
        before in select(&["", "BEGIN; ", "UPDATE a SET b = c; ", "SET a = b; ", "; "][..]),
        with in select(&["~", "~.a", "~-1", "a-~", "~@a", "a.~", "( ~ )", "\t~/**/", "~ a"][..]),
    ) {
        let sql = format!("{before}{}", sql.replace('~', &with.replace('~', SECRET)));
        let shown = format!("{:?}", describe(dialect, &sql, false));
        prop_assert!(!shown.contains(SECRET), "{sql}\n{shown}");
    }
}

fn is_kept(sql: &str) -> bool {
    let found = describe(Sqlite, sql, true);
    assert_eq!(found.text.as_deref(), Some(sql));
    matches!(found.text, Some(Cow::Borrowed(_)))
}

/// Texts that come once each, as those with lists of values do.
fn make_up(from: usize, many: usize) -> usize {
    (from..from + many).filter(|nth| is_kept(&format!("SELECT a FROM b WHERE c = :c{nth}"))).count()
}

/// In one test, as what is kept is the process's.
#[test]
fn what_is_sent_often_is_kept() {
    assert_eq!(make_up(0, 5000), 0, "what comes once is not kept");

    // Among texts that come once.
    let sent_often = |from: usize, many: usize, rounds: usize| {
        let all = || (from..from + many).map(|nth| format!("SELECT a{nth} FROM b"));
        for round in 0..rounds {
            make_up(10_000 + round * 20, 20);
            all().for_each(|sql| {
                is_kept(&sql);
            });
        }
        all().filter(|sql| is_kept(sql)).count()
    };
    assert_eq!(sent_often(0, 20, 10), 20);

    // A thousand others that come again and again do not take all there is.
    (0..30).for_each(|_| {
        make_up(0, 1000);
    });
    assert_eq!(sent_often(1000, 20, 300), 20);

    // Bounded all the same.
    let kept = sent_often(0, 500, 600) + sent_often(1000, 20, 1) + make_up(0, 1000);
    assert!((440..=448).contains(&kept), "{kept}");
    assert_eq!(sent_often(0, 20, 1), 20);
}
