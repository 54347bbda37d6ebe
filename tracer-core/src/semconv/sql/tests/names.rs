//! SQLite's double quotes, where they have to be names.

use super::*;

fn same(cases: &[(&str, &str)]) {
    for (sql, summary) in cases {
        check(&[Sqlite], &[(sql, SAME, summary)]);
    }
}

#[test]
fn definitions() {
    same(&[
        (
            "CREATE TABLE IF NOT EXISTS \"t\" (\"a\" INTEGER PRIMARY KEY, \"b\" DECIMAL NOT NULL)",
            "CREATE TABLE t",
        ),
        (
            "CREATE TABLE \"t\" (\"a\" INT, CONSTRAINT \"c\" FOREIGN KEY (\"a\", \"b\") \
             REFERENCES \"u\" (\"d\", \"e\") ON DELETE SET NULL, UNIQUE (\"a\" DESC))",
            "CREATE TABLE t",
        ),
        ("CREATE UNIQUE INDEX \"i\" ON \"t\" (\"a\", \"b\" COLLATE c)", "CREATE INDEX i"),
        ("CREATE VIEW \"v\" (\"a\", \"b\") AS SELECT c FROM t", "CREATE VIEW v SELECT t"),
        (
            "CREATE TRIGGER \"r\" AFTER INSERT ON \"t\" BEGIN DELETE FROM \"u\"; END",
            "CREATE TRIGGER r",
        ),
        ("ALTER TABLE \"t\" RENAME COLUMN \"a\" TO \"b\"", "ALTER TABLE t"),
        ("ALTER TABLE \"t\" RENAME \"a\" TO \"b\"", "ALTER TABLE t"),
        ("ALTER TABLE \"t\" DROP \"a\"", "ALTER TABLE t"),
    ]);
    check(
        &[Sqlite],
        &[
            (
                "CREATE TABLE \"t\" (\"a\" TEXT DEFAULT \"x\", CHECK (\"a\" IN (\"x\", \"y\")))",
                "CREATE TABLE \"t\" (\"a\" TEXT DEFAULT ?, CHECK (? IN (?, ?)))",
                "CREATE TABLE t",
            ),
            (
                "CREATE INDEX i ON t (\"a\" || \"x\") WHERE \"b\" = \"y\"",
                "CREATE INDEX i ON t (? || ?) WHERE ? = ?",
                "CREATE INDEX i",
            ),
            (
                "CREATE TABLE t AS SELECT (\"x\"), \"y\"",
                "CREATE TABLE t AS SELECT (?), ?",
                "CREATE TABLE t SELECT",
            ),
        ],
    );
}

#[test]
fn changes() {
    check(
        &[Sqlite],
        &[
            (
                "UPDATE \"t\" SET \"a\" = \"x\", \"b\" = REPLACE(\"c\", \"y\"), \"d\" = ? \
                 WHERE \"e\" = \"z\"",
                "UPDATE \"t\" SET \"a\" = ?, \"b\" = REPLACE(?, ?), \"d\" = ? WHERE ? = ?",
                "UPDATE t",
            ),
            (
                "UPDATE t SET (\"a\", \"b\") = (\"x\", \"y\") FROM \"u\", \"v\"",
                "UPDATE t SET (\"a\", \"b\") = (?, ?) FROM \"u\", \"v\"",
                "UPDATE t u v",
            ),
            (
                "INSERT INTO \"t\" (\"a\", \"b\") VALUES (\"x\", ?), (\"y\", \"z\") \
                 ON CONFLICT(\"a\", \"b\") DO UPDATE SET \"a\" = \"excluded\".\"a\", \"b\" = \"x\" \
                 RETURNING \"a\", \"b\"",
                "INSERT INTO \"t\" (\"a\", \"b\") VALUES (?, ?), (?, ?) \
                 ON CONFLICT(\"a\", \"b\") DO UPDATE SET \"a\" = \"excluded\".\"a\", \"b\" = ? \
                 RETURNING ?, ?",
                "INSERT t",
            ),
            (
                "INSERT INTO t AS \"u\" (\"a\") SELECT \"x\", \"y\" FROM v",
                "INSERT INTO t AS \"u\" (\"a\") SELECT ?, ? FROM v",
                "INSERT t SELECT v",
            ),
            ("REPLACE INTO t VALUES (\"x\", \"y\")", "REPLACE INTO t VALUES (?, ?)", "REPLACE t"),
        ],
    );
}

#[test]
fn queries() {
    check(
        &[Sqlite],
        &[
            (
                "SELECT \"a\", \"b\" FROM \"t\", \"u\" JOIN \"v\" ON \"c\" = \"x\", \"w\" \
                 WHERE \"d\" = \"y\" ORDER BY \"e\", \"f\"",
                "SELECT ?, ? FROM \"t\", \"u\" JOIN \"v\" ON ? = ?, \"w\" WHERE ? = ? ORDER BY ?, ?",
                "SELECT t u v w",
            ),
            ("SELECT a FROM (\"t\", \"u\") JOIN v USING (\"b\", \"c\")", SAME, "SELECT t u v"),
            (
                "SELECT a FROM (SELECT \"b\", \"c\" FROM d), \"e\" WHERE f IN (\"x\", \"y\")",
                "SELECT a FROM (SELECT ?, ? FROM d), \"e\" WHERE f IN (?, ?)",
                "SELECT SELECT d e",
            ),
            (
                "SELECT a FROM (VALUES (\"x\", \"y\"), (\"z\")), json_each(\"w\", \"x\")",
                "SELECT a FROM (VALUES (?, ?), (?)), json_each(?, ?)",
                "SELECT json_each",
            ),
            (
                "WITH \"a\" (\"b\", \"c\") AS (SELECT \"x\", \"y\"), \"d\" AS (SELECT 1) \
                 SELECT \"z\" AS \"e\", \"x\" FROM \"a\", \"d\"",
                "WITH \"a\" (\"b\", \"c\") AS (SELECT ?, ?), \"d\" AS (SELECT ?) \
                 SELECT ? AS \"e\", ? FROM \"a\", \"d\"",
                "SELECT SELECT SELECT",
            ),
            (
                "SELECT f(a FROM b, \"x\"), a IS DISTINCT FROM b, \"y\"",
                "SELECT f(a FROM b, ?), a IS DISTINCT FROM b, ?",
                "SELECT",
            ),
        ],
    );
}
