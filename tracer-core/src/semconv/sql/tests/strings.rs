//! Where a string begins and ends.

use super::*;

#[test]
fn l3_quotes_and_comments_in_each_other() {
    check(
        ALL,
        &[
            ("SELECT 'x''y', '-- ', '/*' FROM a", "SELECT ?, ?, ? FROM a", "SELECT a"),
            ("/* ' */ SELECT '/* ' -- '\n", "SELECT ?", "SELECT"),
            ("SELECT '' || '''' || ''';'''", "SELECT ? || ? || ?", "SELECT"),
            ("SELECT '--\u{0}'", NONE, "SELECT"),
            ("SELECT 'a' -- \u{0}'", NONE, "SELECT"),
            ("SELECT 1 \u{0} FROM a", NONE, "SELECT"),
        ],
    );
    check(
        &[Postgres],
        &[("SELECT 'x''y', E'\\'', $$s$$, 0xFF, 1e9 -- c", "SELECT ?, ?, ?, ?, ?", "SELECT")],
    );
    check(
        &[MySql],
        &[("SELECT \"a\"\"b'c\", `d\"e` FROM f", "SELECT ?, `d\"e` FROM f", "SELECT f")],
    );
}

#[test]
fn l3_what_is_not_closed_has_no_text() {
    check(
        ALL,
        &[
            ("SELECT a FROM b WHERE c = 'x", NONE, "SELECT b"),
            ("SELECT 'x', a FROM b WHERE c = '", NONE, "SELECT"),
            ("SELECT \"x FROM b", NONE, "SELECT"),
            ("SELECT a FROM b /* x '", NONE, "SELECT b"),
            ("'", NONE, NONE),
        ],
    );
    check(&[MySql, Sqlite], &[("SELECT `x FROM b", NONE, "SELECT")]);
    check(&[Sqlite], &[("SELECT [x FROM b", NONE, "SELECT")]);
    check(
        &[Postgres],
        &[
            ("SELECT $$ x", NONE, "SELECT"),
            ("SELECT $a$ x $b$ $$", NONE, "SELECT"),
            ("SELECT E'x\\'", NONE, "SELECT"),
            ("SELECT /* /* */ 1", NONE, "SELECT"),
        ],
    );
}

#[test]
fn l3_a_backslash_before_a_quote_is_ambiguous() {
    check(
        &[MySql, Postgres],
        &[
            ("SELECT a FROM b WHERE c = 'it\\'s'", NONE, "SELECT b"),
            ("SELECT 'a\\', x FROM b WHERE c = '", NONE, "SELECT"),
            ("SELECT '\\\\\\'', 1", NONE, "SELECT"),
            ("SELECT '\\\\', '\\\\\\\\', 'a\\b'", "SELECT ?, ?, ?", "SELECT"),
            ("SELECT N'\\''", NONE, "SELECT"),
        ],
    );
    check(
        &[MySql],
        &[("SELECT \"\\\"\", _utf8'\\''", NONE, "SELECT"), ("SELECT '\\\"'", "SELECT ?", "SELECT")],
    );
    check(
        &[Postgres],
        &[("SELECT E'\\'' , '\\'''", NONE, "SELECT"), ("SELECT U&'\\'''", NONE, "SELECT")],
    );
    check(&[Postgres, Sqlite], &[("SELECT \\N", NONE, "SELECT")]);
    check(&[Sqlite], &[("SELECT '\\', a FROM b", "SELECT ?, a FROM b", "SELECT b")]);
}

/// There, a string has one character at most.
#[test]
fn a_backslash_after_escape() {
    check(
        ALL,
        &[
            (
                "SELECT a FROM b WHERE c LIKE ? ESCAPE '\\' AND d = 'x'",
                "SELECT a FROM b WHERE c LIKE ? ESCAPE ? AND d = ?",
                "SELECT b",
            ),
            (
                "SELECT a FROM b WHERE c LIKE 'x' escape'\\'",
                "SELECT a FROM b WHERE c LIKE ? escape?",
                "SELECT b",
            ),
            ("SELECT a FROM b WHERE c LIKE 'x' ESCAPE '\\'x'", NONE, "SELECT b"),
        ],
    );
    check(
        &[MySql, Postgres],
        &[
            ("SELECT a FROM b WHERE c LIKE 'x' ESCAPE '\\'' OR 'y'", NONE, "SELECT b"),
            ("SELECT a FROM b WHERE c = '\\'", NONE, "SELECT b"),
            ("SELECT 1 ESCAPE 2 = '\\'", NONE, "SELECT"),
        ],
    );
    check(
        &[MySql],
        &[(
            "SELECT a LIKE 'x' ESCAPE '\\\\' FROM b",
            "SELECT a LIKE ? ESCAPE ? FROM b",
            "SELECT b",
        )],
    );
}

#[test]
fn types_that_touch_a_string() {
    check(
        &[Postgres],
        &[
            (
                "SELECT timestamptz'2020-01-01', bytea'\\x01', JSONB'{}', interval'1 day'",
                "SELECT timestamptz?, bytea?, JSONB?, interval?",
                "SELECT",
            ),
            ("SELECT a FROM b WHERE c = 'the' or text' x'", NONE, "SELECT b"),
        ],
    );
    check(&[MySql, Sqlite], &[("SELECT jsonb'{}'", NONE, "SELECT")]);
}

/// Balanced by accident, with the value outside.
#[test]
fn a_value_that_touches_a_name_was_pasted_wrongly() {
    check(
        ALL,
        &[
            ("SELECT a FROM b WHERE c = 'O'Brien's'", NONE, "SELECT b"),
            ("SELECT a FROM b WHERE c = 'rock 'n' roll'", NONE, "SELECT b"),
            ("SELECT a FROM b WHERE c = 'dogs' and cats' tails'", NONE, "SELECT b"),
            ("SELECT a FROM O'Brien, 'x'", NONE, "SELECT"),
            ("SELECT 'a'\"b\" FROM c", NONE, "SELECT"),
            ("SELECT 1e'a' FROM c", NONE, "SELECT"),
            ("SELECT 1$$a$$", NONE, "SELECT"),
        ],
    );
    check(&[MySql], &[("SELECT $$ a $$", NONE, "SELECT"), ("SELECT $a$ b $a$", NONE, "SELECT")]);
    check(&[Sqlite], &[("SELECT $a(it's), 'x'", NONE, "SELECT")]);
    check(&[MySql, Sqlite], &[("SELECT a\"b\" FROM c", NONE, "SELECT")]);
}

/// A server may run it, and then reads its end elsewhere.
#[test]
fn a_comment_that_runs_and_has_a_quote() {
    check(
        &[MySql],
        &[
            ("SELECT a /*!50000 , 'x*/ y' */ FROM b", NONE, "SELECT"),
            ("SELECT /*+ SET_VAR(sql_mode='') */ a FROM b", NONE, "SELECT"),
            ("SELECT /*M! /* */ */ a", NONE, "SELECT"),
            ("SELECT /*M!100100 a, */ b", "SELECT b", "SELECT"),
        ],
    );
}
