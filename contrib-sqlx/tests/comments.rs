//! A statement that tells the server of its span.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use contrib_sqlx::{PoolExt, SqlxTracing, TracedDatabase, TracedPool, TracedPoolConnection};
use sqlx::{
    AssertSqlSafe, ColumnIndex, Connection, Decode, Executor, MySql, Pool, Postgres, SqlSafeStr,
    Statement, Type,
};
use support::{mysql, mysql_options, postgres, postgres_options, songs, unique};
use testing::{Recorded, tag};
use tracer_core::propagation::{B3, Hosts};
use tracer_core::{AlwaysOff, ENABLED, EndedSpan, FinishedSpan, SpanProcessor};

/// What the server says that it is being asked, by this very statement.
const MYSQL: &str = "SELECT info FROM information_schema.processlist WHERE id = connection_id()";
const POSTGRES: &str = "SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()";

fn commenting<DB: TracedDatabase>(pool: &Pool<DB>, recorded: &Recorded) -> TracedPool<DB> {
    let tracing = SqlxTracing::new().with_tracer(recorded.tracer.clone()).with_comments();
    pool.clone().traced_with(tracing)
}

fn comment_of(span: &FinishedSpan) -> String {
    let (trace, span) = (span.trace_id.unwrap(), span.span_id.unwrap());
    format!(" /*traceparent='00-{trace}-{span}-03'*/")
}

async fn comes_with_its_comment<DB>(pool: Pool<DB>, authority: String, sql: &str)
where
    DB: TracedDatabase,
    for<'q> String: Decode<'q, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
    for<'e> &'e TracedPool<DB>: Executor<'e, Database = DB>,
    DB::Row: sqlx::Row<Database = DB>,
{
    // The statement as the server has it.
    let seen = async |pool: &TracedPool<DB>, sql: &str| {
        let row = pool.fetch_one(AssertSqlSafe(sql.to_owned())).await.unwrap();
        sqlx::Row::get::<String, _>(&row, 0)
    };
    let recorded = Recorded::new();
    let commented = commenting(&pool, &recorded);
    let told = seen(&commented, sql).await;
    if !ENABLED {
        return assert_eq!(told, sql);
    }
    let span = recorded.one();
    assert_eq!(told, format!("{sql}{}", comment_of(&span)));
    assert!(!tag(&span, "db.query.text").contains("traceparent"), "it is not the program's");
    // What ends a statement stays at its end (MariaDB does not show it).
    let ended = seen(&commented, &format!("{sql} ; ")).await;
    let statement = ended.trim_end_matches([' ', ';']);
    assert_eq!(statement, format!("{sql}{}", comment_of(&recorded.one())));
    // One that has a comment, or looks as if it had, keeps to it.
    for own in ["/* mine */", "-- mine", "AND '#' = '#'"] {
        let own = format!("{sql} {own}");
        assert_eq!(seen(&commented, &own).await, own);
    }
    // Nobody has asked for it, or it is for nobody to know.
    let silent = pool.clone().traced_with(SqlxTracing::new().with_tracer(recorded.tracer.clone()));
    assert_eq!(seen(&silent, sql).await, sql);
    let elsewhere = || Hosts::only(["*.elsewhere.test"]);
    let listed =
        Recorded::with(|builder| builder.propagate_to(elsewhere()).baggage_to(elsewhere()));
    assert_eq!(seen(&commenting(&pool, &listed), sql).await, sql);
    let unsampled = Recorded::with(|builder| builder.sampler(AlwaysOff));
    assert_eq!(seen(&commenting(&pool, &unsampled), sql).await, sql);
    let measured = Recorded::with(|builder| builder.sampler(AlwaysOff).processor(Nobody));
    assert_eq!(seen(&commenting(&pool, &measured), sql).await, sql);
    let other = Recorded::with(|builder| builder.propagator(B3::single()));
    assert_eq!(seen(&commenting(&pool, &other), sql).await, sql);
    // The server with its port, as lists have it.
    let listed = Recorded::with(|builder| builder.propagate_to(Hosts::only([authority])));
    assert!(seen(&commenting(&pool, &listed), sql).await.ends_with("-03'*/"));
}

/// Hears of every span, and does nothing.
struct Nobody;

impl SpanProcessor for Nobody {
    fn on_end(&self, _: &EndedSpan<'_>) {}
}

/// Values are sent along, whatever was prepared before; and nothing of it stays in a cache.
#[tokio::test]
async fn bound_values_and_prepared_statements() {
    let (plain, recorded) = (postgres().await, Recorded::new());
    let mut conn = commenting(&plain, &recorded).acquire().await.unwrap();
    let prepared = conn.prepare("SELECT $1::bigint + 1".into_sql_str()).await.unwrap();
    let cached = conn.raw().cached_statements_size();
    for nth in 0..3_i64 {
        let query = sqlx::query_scalar::<_, i64>("SELECT $1::bigint").bind(nth);
        assert_eq!(query.fetch_one(&mut *conn).await.unwrap(), nth);
        let row = prepared.query().bind(nth).fetch_one(&mut *conn).await.unwrap();
        assert_eq!(sqlx::Row::get::<i64, _>(&row, 0), nth + 1);
    }
    let expected = if ENABLED { cached } else { cached + 1 };
    assert_eq!(conn.raw().cached_statements_size(), expected);
    // In a transaction, with a quote in the value.
    let mut tx = conn.begin().await.unwrap();
    let asked = format!("{POSTGRES} AND 'it''s' = $1");
    let told: String = sqlx::query_scalar(AssertSqlSafe(asked.clone()))
        .bind("it's")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    if !ENABLED {
        return assert_eq!(told, asked);
    }
    let spans = recorded.spans();
    let span = spans.iter().rev().find(|span| span.name.starts_with("SELECT")).unwrap();
    assert_eq!(told, format!("{asked}{}", comment_of(span)));
}

/// Whatever stands in front of it.
#[tokio::test]
async fn what_a_server_keeps_is_kept_without_it() {
    let (plain, recorded) = (postgres().await, Recorded::new());
    let pool = commenting(&plain, &recorded);
    let mut conn = pool.acquire().await.unwrap();
    let told = async |conn: &mut TracedPoolConnection<Postgres>, sql: &'static str| {
        let row = conn.fetch_one(sql).await.unwrap();
        sqlx::Row::get::<String, _>(&row, 0)
    };

    // Statements that look at themselves: what the server was sent is in the table.
    let table = unique("comments");
    let make = format!("DROP TABLE IF EXISTS {table}; create table {table} as {POSTGRES}");
    conn.execute(sqlx::raw_sql(AssertSqlSafe(make.clone()))).await.unwrap();
    let fill = format!("INSERT INTO {table} {POSTGRES}; ALTER TABLE {table} ADD COLUMN n INT");
    conn.execute(sqlx::raw_sql(AssertSqlSafe(fill.clone()))).await.unwrap();
    let other = format!("DELETE FROM {table} WHERE 1 = 2; INSERT INTO {table} {POSTGRES}");
    conn.execute(sqlx::raw_sql(AssertSqlSafe(other.clone()))).await.unwrap();
    let kept: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!("SELECT query FROM {table}")))
        .fetch_all(&plain)
        .await
        .unwrap();
    assert_eq!(kept[..2], [make, fill]);
    assert_eq!(kept[2].contains("/*traceparent='"), ENABLED, "one that nobody keeps");
    assert!(kept[2].starts_with(&other) && kept.len() == 3);

    conn.execute(sqlx::raw_sql("PREPARE kept AS SELECT 1")).await.unwrap();
    let prepared = "SELECT statement FROM pg_prepared_statements WHERE name = 'kept'";
    assert_eq!(told(&mut conn, prepared).await, "PREPARE kept AS SELECT 1");
    let declare = "DECLARE open_one CURSOR WITH HOLD FOR SELECT 1";
    conn.execute(sqlx::raw_sql(declare)).await.unwrap();
    let cursor = "SELECT statement FROM pg_cursors WHERE name = 'open_one'";
    assert_eq!(told(&mut conn, cursor).await, declare);

    conn.execute(sqlx::raw_sql("DEALLOCATE kept; CLOSE open_one")).await.unwrap();
    conn.execute(sqlx::raw_sql(AssertSqlSafe(format!("DROP TABLE {table}")))).await.unwrap();
}

#[tokio::test]
async fn mysql_sees_it() {
    let options = mysql_options();
    let authority = format!("{}:{}", options.get_host(), options.get_port());
    comes_with_its_comment::<MySql>(mysql().await, authority, MYSQL).await;
}

#[tokio::test]
async fn postgres_sees_it() {
    let options = postgres_options();
    let authority = format!("{}:{}", options.get_host(), options.get_port());
    comes_with_its_comment::<Postgres>(postgres().await, authority, POSTGRES).await;
}

/// It names columns after their text, and keeps that of what it makes.
#[tokio::test]
async fn sqlite_is_left_alone() {
    let (pool, recorded) = songs().await;
    let pool = commenting(&pool, &recorded);
    let row = pool.fetch_one("SELECT EXISTS(SELECT 1 FROM songs)").await.unwrap();
    assert!(sqlx::Row::get::<bool, _>(&row, "EXISTS(SELECT 1 FROM songs)"));
    (&pool).execute("CREATE TABLE one AS SELECT 1").await.unwrap();
    let columns = pool.fetch_all("SELECT name FROM pragma_table_info('one')").await.unwrap();
    assert_eq!(sqlx::Row::get::<String, _>(&columns[0], 0), "1");
}
