//! Statements as programs send them.

use super::*;

#[test]
fn in_every_grammar() {
    check(
        ALL,
        &[
            ("SELECT * FROM songs WHERE id = ?", SAME, "SELECT songs"),
            (
                "select a.b from a where c = 'x' and d = 5",
                "select a.b from a where c = ? and d = ?",
                "select a",
            ),
            (
                "INSERT INTO shipping_details SELECT order_id FROM orders",
                SAME,
                "INSERT shipping_details SELECT orders",
            ),
            (
                "SELECT * FROM songs JOIN artists ON songs.a = artists.id",
                SAME,
                "SELECT songs artists",
            ),
            (
                "UPDATE items SET price = 4.50, tax = -1",
                "UPDATE items SET price = ?, tax = -?",
                "UPDATE items",
            ),
            ("DELETE FROM x", SAME, "DELETE x"),
            ("DELETE FROM x;", "DELETE FROM x", "DELETE x"),
            (
                "CREATE TABLE t (a INT DEFAULT 7)",
                "CREATE TABLE t (a INT DEFAULT ?)",
                "CREATE TABLE t",
            ),
            ("DROP INDEX i", SAME, "DROP INDEX i"),
            ("BEGIN", SAME, "BEGIN"),
            ("COMMIT;", "COMMIT", "COMMIT"),
            ("rollback", SAME, "rollback"),
            ("SAVEPOINT _sqlx_savepoint_1", SAME, "SAVEPOINT"),
            ("CALL proc(?, 'x')", "CALL proc(?, ?)", "CALL proc"),
            ("VALUES (1, 'a'), (NULL, TRUE)", "VALUES (?, ?), (NULL, TRUE)", "VALUES"),
            ("SET x = 'y'", "SET x = ?", "SET"),
            ("SHOW TABLES FROM shop", SAME, "SHOW"),
            ("EXPLAIN SELECT * FROM a", SAME, "EXPLAIN SELECT a"),
            ("TRUNCATE t", SAME, "TRUNCATE t"),
            ("REPLACE INTO t VALUES (0xFF)", "REPLACE INTO t VALUES (?)", "REPLACE t"),
            (
                "SELECT a FROM t WHERE a IN (1,2,\t3)\n  ORDER BY a LIMIT 10 OFFSET 20",
                "SELECT a FROM t WHERE a IN (?,?, ?) ORDER BY a LIMIT ? OFFSET ?",
                "SELECT t",
            ),
            ("SELECT 1e9, .5, 1.5E-3, 1e+5, 2-1, 0x1e-5", "SELECT ?, ?, ?, ?, ?-?, ?-?", "SELECT"),
            ("SELECT /* who's there */ a -- it's me\nFROM b", "SELECT a FROM b", "SELECT b"),
            ("SELECT a/**/FROM b /* x", NONE, "SELECT b"),
            ("  \r\n SELECT\u{b}a\u{1}FROM\u{7f}b  ", "SELECT a FROM b", "SELECT b"),
            (
                "SELECT größe FROM straße WHERE ö = 'ä'",
                "SELECT größe FROM straße WHERE ö = ?",
                "SELECT straße",
            ),
            ("SELECT :name, @name FROM t", SAME, "SELECT t"),
            ("INSERT a; INSERT b ; ", "INSERT a; INSERT b", "INSERT a; INSERT b"),
            ("", NONE, NONE),
            (" ; -- nothing", NONE, NONE),
            ("hello world", SAME, NONE),
        ],
    );
}

#[test]
fn in_postgresql() {
    check(
        &[Postgres],
        &[
            (
                "SELECT a::int, b::\"T\" FROM \"public\".\"users\" WHERE id = $1",
                SAME,
                "SELECT public.users",
            ),
            (
                "SELECT d->>'key', d#>>'{a,b}', d ?| array['x'] FROM t",
                "SELECT d->>?, d#>>?, d ?| array[?] FROM t",
                "SELECT t",
            ),
            (
                "SELECT d ? 'k', d @> '{}', d @? '$.a', a[1:2] FROM t",
                "SELECT d ? ?, d @> ?, d @? ?, a[?:?] FROM t",
                "SELECT t",
            ),
            ("SELECT /* a /* b */ ' */ 1 --\r+ 2", "SELECT ? + ?", "SELECT"),
            ("SELECT $$it's$$, $a$ $$ $b$ $a$, $1", "SELECT ?, ?, $1", "SELECT"),
            ("SELECT foo$bar$baz FROM t$1", SAME, "SELECT t$1"),
            (
                "SELECT E'a\\'b', e'\\\\', B'01', x'ff', N'n', U&'d\\0061t'",
                "SELECT ?, ?, ?, ?, ?, ?",
                "SELECT",
            ),
            ("SELECT date'2020-01-01', interval '1 day'", "SELECT date?, interval ?", "SELECT"),
            ("SELECT 5 # 3 FROM t", "SELECT ? # ? FROM t", "SELECT t"),
            ("COPY t (a, b) FROM STDIN", SAME, "COPY t"),
            ("COPY (SELECT a FROM t) TO STDOUT", SAME, "COPY SELECT t"),
            ("ALTER USER bob WITH PASSWORD 'x'", "ALTER USER bob WITH PASSWORD ?", "ALTER USER"),
            ("SELECT \"a\nb\" FROM \"x\u{85}y\"", "SELECT \"a b\" FROM \"x y\"", "SELECT x y"),
            ("SELECT $ 1", "SELECT $ ?", "SELECT"),
        ],
    );
}

#[test]
fn in_mysql() {
    check(
        &[MySql],
        &[
            (
                "SELECT `a` FROM `shop`.`or``ders` # it's\n WHERE b = \"x'y\"",
                "SELECT `a` FROM `shop`.`or``ders` WHERE b = ?",
                "SELECT shop.or`ders",
            ),
            ("SELECT 5--1, 5-- 1\n, 2", "SELECT ?--?, ? , ?", "SELECT"),
            (
                "SELECT _utf8'a', _utf8mb4\"b\", N'c', X'4D', b'01', \\N",
                "SELECT ?, ?, ?, ?, ?, \\N",
                "SELECT",
            ),
            ("SELECT /*+ BKA(t1) */ a /*!40101 , b */ FROM t", "SELECT a FROM t", "SELECT t"),
            ("LOCK TABLES t READ, u WRITE", SAME, "LOCK TABLES t u"),
            (
                "GRANT ALL ON *.* TO 'bob'@'%' IDENTIFIED BY 'x'",
                "GRANT ALL ON *.* TO ?@? IDENTIFIED BY ?",
                "GRANT",
            ),
            (
                "ALTER USER 'bob'@'h' IDENTIFIED BY 'x'",
                "ALTER USER ?@? IDENTIFIED BY ?",
                "ALTER USER",
            ),
            ("SELECT 'C:\\\\' , 'a\\nb'", "SELECT ? , ?", "SELECT"),
            ("SELECT @a, @@global.x, $x FROM 1a", "SELECT @a, @@global.x, $x FROM ?", "SELECT"),
            ("SELECT DATE \"2020-01-01\"", "SELECT DATE ?", "SELECT"),
        ],
    );
}

#[test]
fn in_sqlite() {
    check(
        &[Sqlite],
        &[
            (
                "SELECT \"a\" FROM \"t\" WHERE \"t\".\"b\" = \"c\"",
                "SELECT ? FROM \"t\" WHERE \"t\".\"b\" = ?",
                "SELECT t",
            ),
            (
                "INSERT INTO \"t\" (\"a\", \"b\") VALUES (\"c\", ?1)",
                "INSERT INTO \"t\" (\"a\", \"b\") VALUES (?, ?1)",
                "INSERT t",
            ),
            (
                "SELECT a FROM t WHERE b IS NOT DISTINCT FROM \"c\"",
                "SELECT a FROM t WHERE b IS NOT DISTINCT FROM ?",
                "SELECT t",
            ),
            ("SELECT a AS \"b\" FROM main.\"t\" JOIN \"u\"", SAME, "SELECT main.t u"),
            (
                "UPDATE OR IGNORE \"t\" SET \"a\" = \"b\", \"c\" = 1",
                "UPDATE OR IGNORE \"t\" SET \"a\" = ?, \"c\" = ?",
                "UPDATE t",
            ),
            ("SELECT [it's] FROM [my table], `x`", SAME, "SELECT my table x"),
            ("SELECT 'C:\\', x'ff', $a, :b, @c, ?12", "SELECT ?, ?, $a, :b, @c, ?12", "SELECT"),
            ("PRAGMA foreign_keys = ON", SAME, "PRAGMA foreign_keys"),
            ("PRAGMA key = \"x\"", "PRAGMA key = ?", "PRAGMA key"),
            ("SELECT a FROM t -- it's\r 'x'\n", "SELECT a FROM t", "SELECT t"),
        ],
    );
}
