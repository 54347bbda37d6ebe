//! Which operations and targets are picked.

use super::*;

#[test]
fn queries() {
    check_summaries(
        ALL,
        &[
            ("SELECT a FROM b, c AS d, e f WHERE g = 1", "SELECT b c e"),
            ("SELECT a FROM b LEFT JOIN c ON f(b.x, 1) = c.x, d", "SELECT b c d"),
            ("SELECT a FROM b JOIN c USING (x, y) GROUP BY d, e", "SELECT b c"),
            ("SELECT a FROM (SELECT id FROM users) u, v", "SELECT SELECT users v"),
            ("SELECT a FROM (b JOIN c ON 1 = 1), d", "SELECT b c d"),
            ("SELECT a FROM b WHERE c IN (SELECT d FROM e WHERE f = 1)", "SELECT b SELECT e"),
            ("SELECT a FROM b UNION ALL SELECT c FROM d", "SELECT b SELECT d"),
            ("(SELECT a FROM b) UNION (SELECT c FROM d)", "SELECT b SELECT d"),
            ("SELECT * FROM generate_series(1,3), b", "SELECT generate_series b"),
            ("SELECT EXTRACT(year FROM d), TRIM(x FROM y) FROM z", "SELECT z"),
            ("SELECT SUBSTRING(x FROM 2) FROM z", "SELECT z"),
            ("SELECT a IS DISTINCT FROM b FROM c", "SELECT c"),
            ("SELECT a FROM b WHERE c IS NOT DISTINCT FROM d", "SELECT b"),
            ("SELECT a FROM b FOR UPDATE OF b SKIP LOCKED", "SELECT b"),
            ("SELECT a FROM b ORDER BY c, d", "SELECT b"),
            ("SELECT t.from, t.select FROM a . b.c", "SELECT a.b.c"),
            ("SELECT a FROM 'b', ?, :c, d", "SELECT d"),
            ("SELECT a FROM LATERAL (SELECT 1) x JOIN ONLY b", "SELECT SELECT b"),
            ("SELECT a FROM (VALUES (1, 2)) AS v, b", "SELECT b"),
            ("SELECT a FROM b FORCE INDEX FOR JOIN (i) JOIN c", "SELECT b c"),
            ("SELECT a FROM b USE KEY FOR ORDER BY (i, j), c FOR UPDATE", "SELECT b c"),
            ("SELECT a FROM ROWS FROM (f(1), g('x')) AS b, c", "SELECT f g c"),
            ("SELECT a FROM rows", "SELECT rows"),
            ("SELECT a FROM only", "SELECT only"),
            ("SELECT a FROM only WHERE b = 1", "SELECT only"),
            ("SELECT a FROM ONLY (b), c", "SELECT b c"),
            ("UPDATE only SET a = 1", "UPDATE only"),
            ("EXPLAIN (ANALYZE, BUFFERS) SELECT a FROM b", "EXPLAIN SELECT b"),
            ("EXPLAIN QUERY PLAN DELETE FROM b", "EXPLAIN DELETE b"),
            ("DESCRIBE a", "DESCRIBE a"),
            ("TABLE a", "TABLE a"),
        ],
    );
}

#[test]
fn common_table_expressions() {
    check_summaries(
        ALL,
        &[
            ("WITH a AS (SELECT x FROM b) SELECT * FROM a JOIN c", "SELECT b SELECT c"),
            (
                "WITH a AS (SELECT x FROM b) INSERT INTO c SELECT x FROM a",
                "SELECT b INSERT c SELECT",
            ),
            (
                "WITH a (x, y) AS (SELECT 1), d AS (SELECT 2 FROM a) DELETE FROM e",
                "SELECT SELECT DELETE e",
            ),
            ("WITH users AS (SELECT * FROM users) SELECT * FROM Users", "SELECT users SELECT"),
            (
                "WITH RECURSIVE t AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT n FROM t, public.t",
                "SELECT SELECT SELECT public.t",
            ),
            (
                "WITH a AS NOT MATERIALIZED (SELECT 1 FROM b) UPDATE c SET d = 1",
                "SELECT b UPDATE c",
            ),
            ("WITH a AS (DELETE FROM b RETURNING *) SELECT 1 FROM a", "DELETE b SELECT"),
            ("INSERT INTO a WITH b AS (SELECT 1) SELECT * FROM b", "INSERT a SELECT SELECT"),
            ("SELECT (WITH a AS (SELECT 1) SELECT * FROM a)", "SELECT SELECT SELECT"),
            ("WITH a AS (SELECT 1) SELECT 2 FROM a; SELECT 3 FROM a", "SELECT SELECT; SELECT a"),
        ],
    );
}

#[test]
fn names_with_quotes_in_them() {
    check_summaries(
        &[Postgres, Sqlite],
        &[
            ("SELECT a FROM \"weird\"\"name\".\"x\"", "SELECT weird\"name.x"),
            ("WITH \"a\"\"b\" AS (SELECT 1) SELECT 2 FROM \"a\"\"b\"", "SELECT SELECT"),
        ],
    );
    check_summaries(&[MySql, Sqlite], &[("SELECT a FROM `b``c`", "SELECT b`c")]);
    check_summaries(&[Sqlite], &[("SELECT a FROM [b\"\"c]", "SELECT b\"\"c")]);
}

#[test]
fn changes() {
    check_summaries(
        ALL,
        &[
            ("INSERT INTO a (b, c) VALUES (1, (SELECT d FROM e))", "INSERT a SELECT e"),
            ("INSERT INTO a VALUES (1) ON CONFLICT (b) DO UPDATE SET c = 1, d = 2", "INSERT a"),
            (
                "INSERT INTO a SELECT b FROM c ON CONFLICT DO UPDATE SET c = 1, d = 2",
                "INSERT a SELECT c",
            ),
            (
                "INSERT IGNORE INTO a SELECT b FROM c ON DUPLICATE KEY UPDATE d = 1, e = 2",
                "INSERT a SELECT c",
            ),
            ("INSERT OR REPLACE INTO a VALUES (REPLACE(INSERT(b, 1), 'c', 'd'))", "INSERT a"),
            ("INSERT INTO a (update, delete) VALUES (1, 2)", "INSERT a"),
            ("UPDATE a JOIN b ON a.x = b.x SET a.y = 1, b.z = 2", "UPDATE a b"),
            ("UPDATE ONLY a SET b = 1, c = 2 FROM d WHERE e = 1", "UPDATE a d"),
            ("DELETE FROM a USING b WHERE a.x = b.x", "DELETE a b"),
            ("DELETE a, b FROM a JOIN b USING (x)", "DELETE a b"),
            (
                "MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN UPDATE SET y = 1 \
                 WHEN NOT MATCHED THEN INSERT (x) VALUES (1)",
                "MERGE a b",
            ),
            ("TRUNCATE TABLE a, b CASCADE", "TRUNCATE TABLE a b"),
            ("CALL a.b(1, (SELECT 1))", "CALL a.b"),
        ],
    );
}

#[test]
fn definitions() {
    check_summaries(
        ALL,
        &[
            ("CREATE TEMPORARY TABLE IF NOT EXISTS a.b (c INT)", "CREATE TABLE a.b"),
            ("CREATE TABLE a AS SELECT b FROM c", "CREATE TABLE a SELECT c"),
            ("CREATE OR REPLACE VIEW a AS SELECT b FROM c", "CREATE VIEW a SELECT c"),
            ("CREATE UNIQUE INDEX CONCURRENTLY a ON b (c)", "CREATE INDEX a"),
            ("CREATE INDEX ON b (c)", "CREATE INDEX"),
            (
                "CREATE TABLE a (b INT REFERENCES c ON DELETE CASCADE ON UPDATE SET NULL)",
                "CREATE TABLE a",
            ),
            ("ALTER TABLE a ADD COLUMN b INT, DROP COLUMN c", "ALTER TABLE a"),
            ("DROP TABLE IF EXISTS a, b.c CASCADE", "DROP TABLE a b.c"),
            (
                "CREATE TRIGGER a AFTER UPDATE ON b BEGIN INSERT INTO c VALUES (1); DELETE FROM d; END",
                "CREATE TRIGGER a",
            ),
            ("CREATE ROLE bob LOGIN", "CREATE ROLE"),
            ("START TRANSACTION READ ONLY; RELEASE SAVEPOINT x", "START TRANSACTION; RELEASE"),
            ("ROLLBACK TO SAVEPOINT x", "ROLLBACK"),
            ("BEGIN IMMEDIATE", "BEGIN"),
            ("GRANT SELECT ON a TO bob", "GRANT"),
            ("PREPARE a AS SELECT b FROM c", "PREPARE"),
        ],
    );
}
