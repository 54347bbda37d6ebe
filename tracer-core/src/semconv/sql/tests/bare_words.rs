//! Words that are values without quotes.

use super::*;

#[test]
fn settings() {
    check(
        &[MySql, Postgres],
        &[
            ("SET app.token = hunter2", "SET app.token = ?", "SET"),
            ("SET LOCAL app.token TO hunter2", "SET LOCAL app.token TO ?", "SET"),
            ("SET SESSION a = b.c", "SET SESSION a = ?.?", "SET"),
            ("SET a = ON; SET b TO default", SAME, "SET; SET"),
            ("SET ROLE bob", "SET ROLE ?", "SET"),
            ("SET TIME ZONE Mars", "SET TIME ZONE ?", "SET"),
            ("SET SESSION AUTHORIZATION bob", "SET SESSION AUTHORIZATION ?", "SET"),
            ("SET TRANSACTION ISOLATION LEVEL READ COMMITTED", SAME, "SET"),
            ("SET NAMES utf8mb4", SAME, "SET"),
            ("SET a = pass:word", "SET a = ??", "SET"),
            ("ALTER SYSTEM SET a = b", "ALTER SYSTEM SET a = ?", "ALTER"),
            ("ALTER ROLE bob SET a TO b", "ALTER ROLE bob SET a TO ?", "ALTER ROLE"),
            ("ALTER DATABASE d SET a TO b", "ALTER DATABASE d SET a TO ?", "ALTER DATABASE d"),
            (
                "SET a = (SELECT b FROM c WHERE d = 'e')",
                "SET a = (SELECT b FROM c WHERE d = ?)",
                "SET",
            ),
        ],
    );
    check(
        &[Postgres],
        &[
            ("SET search_path TO a, \"b\"", "SET search_path TO ?, ?", "SET"),
            ("SET replace.update = a", "SET replace.update = ?", "SET"),
        ],
    );
    check(
        &[MySql],
        &[
            (
                "SET GLOBAL a = b, @@session.c = d, @e := REPLACE(f, g), h = `i`",
                "SET GLOBAL a = ?, @@session.c = ?, @e := REPLACE(?, ?), h = ?",
                "SET",
            ),
            (
                "CHANGE MASTER TO MASTER_HOST = a, MASTER_PASSWORD = b",
                "CHANGE MASTER TO ? = ?, MASTER_PASSWORD = ?",
                NONE,
            ),
        ],
    );
}

#[test]
fn a_set_that_changes_columns() {
    check(
        &[MySql, Postgres],
        &[
            ("UPDATE a SET b = c, d = e WHERE f = g", SAME, "UPDATE a"),
            ("WITH a AS (SELECT b FROM c) UPDATE d SET e = f", SAME, "SELECT c UPDATE d"),
            ("INSERT INTO a (b) VALUES (?) ON CONFLICT (b) DO UPDATE SET b = c", SAME, "INSERT a"),
            ("INSERT INTO a (b) VALUES (?) ON DUPLICATE KEY UPDATE b = c", SAME, "INSERT a"),
            ("INSERT INTO a SET b = c, d = DEFAULT", SAME, "INSERT a"),
            ("SET a = 'x'; UPDATE b SET c = d", "SET a = ?; UPDATE b SET c = d", "SET; UPDATE b"),
            ("MERGE INTO a USING b ON c = d WHEN MATCHED THEN UPDATE SET e = f", SAME, "MERGE a b"),
        ],
    );
    check(
        &[MySql],
        &[(
            "CREATE TABLE a (b SET('x')) ENGINE=InnoDB CHARACTER SET = utf8",
            "CREATE TABLE a (b SET(?)) ENGINE=InnoDB CHARACTER SET = utf8",
            "CREATE TABLE a",
        )],
    );
}

#[test]
fn passwords() {
    check(
        &[MySql, Postgres],
        &[
            ("SET PASSWORD = hunter", "SET PASSWORD = ?", "SET"),
            ("SET PASSWORD FOR bob = hunter", "SET PASSWORD FOR ? = ?", "SET"),
            (
                "CREATE ROLE bob LOGIN PASSWORD hunter",
                "CREATE ROLE bob LOGIN PASSWORD ?",
                "CREATE ROLE",
            ),
            (
                "ALTER USER bob IDENTIFIED WITH caching AS hunter",
                "ALTER USER bob IDENTIFIED WITH ? AS ?",
                "ALTER USER",
            ),
            ("GRANT ALL ON a TO b IDENTIFIED BY c", "GRANT ALL ON a TO b IDENTIFIED BY ?", "GRANT"),
            ("SELECT password, identified FROM users WHERE password = a", SAME, "SELECT users"),
            ("CREATE TABLE users (password TEXT, b INT)", SAME, "CREATE TABLE users"),
        ],
    );
    check(
        &[MySql],
        &[(
            "ALTER USER bob IDENTIFIED BY hunter@two, eve IDENTIFIED BY three",
            "ALTER USER bob IDENTIFIED BY ?@?, ? IDENTIFIED BY ?",
            "ALTER USER",
        )],
    );
}

#[test]
fn definers() {
    check(
        &[MySql],
        &[
            (
                "CREATE DEFINER=bob@db.example.org SQL SECURITY DEFINER VIEW a AS SELECT b FROM c",
                "CREATE DEFINER=?@?.?.? SQL SECURITY DEFINER VIEW a AS SELECT b FROM c",
                "CREATE VIEW a SELECT c",
            ),
            (
                "CREATE DEFINER = `bob` @ `host` PROCEDURE p() SELECT 1",
                "CREATE DEFINER = ? @ ? PROCEDURE p() SELECT ?",
                "CREATE PROCEDURE p",
            ),
            ("CREATE DEFINER = CURRENT_USER VIEW a AS SELECT b", SAME, "CREATE VIEW a SELECT"),
        ],
    );
}

#[test]
fn in_sqlite() {
    check(
        &[Sqlite],
        &[
            ("PRAGMA key = hunter", "PRAGMA key = ?", "PRAGMA key"),
            ("PRAGMA main.key(hunter)", "PRAGMA main.key(?)", "PRAGMA main.key"),
            ("PRAGMA key = [hunter]", "PRAGMA key = ?", "PRAGMA key"),
            ("EXPLAIN PRAGMA key = hunter", "EXPLAIN PRAGMA key = ?", "EXPLAIN"),
            ("PRAGMA foreign_keys(ON); SELECT a", SAME, "PRAGMA foreign_keys; SELECT"),
            ("ATTACH DATABASE 'a.db' AS b KEY hunter", "ATTACH DATABASE ? AS b KEY ?", "ATTACH"),
            ("ATTACH hunter AS \"b\" KEY \"c\"", "ATTACH ? AS \"b\" KEY ?", "ATTACH"),
            ("SELECT pragma = a FROM attach", SAME, "SELECT attach"),
        ],
    );
}

#[test]
fn what_was_pasted_with_dashes() {
    check(
        ALL,
        &[
            (
                "SELECT a FROM b WHERE c = 550e8400-e29b-41d4-a716-446655440000 AND d = e",
                "SELECT a FROM b WHERE c = ? AND d = e",
                "SELECT b",
            ),
            (
                "SELECT a FROM b WHERE c IN (e50e8400-e29b-41d4-a716-44665544000f, 1)",
                "SELECT a FROM b WHERE c IN (?, ?)",
                "SELECT b",
            ),
            ("SELECT 17-abc-4-d, 5-f(x)", "SELECT ?-?-?-?, ?-f(x)", "SELECT"),
            ("SELECT a-1, a-b, 2 - c, ?-d, x-5", "SELECT a-?, a-b, ? - c, ?-d, x-?", "SELECT"),
            ("SELECT e50e8400-e29b-41d4-a716-44665544000f'x'", NONE, "SELECT"),
        ],
    );
}
