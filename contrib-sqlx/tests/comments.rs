//! A statement that tells the server of its span.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use contrib_sqlx::{PoolExt, SqlxTracing, TracedDatabase, TracedPool};
use sqlx::{AssertSqlSafe, ColumnIndex, Decode, Executor, MySql, Pool, Postgres, Type};
use support::{mysql, postgres, songs};
use testing::{Recorded, tag};
use tracer_core::propagation::Hosts;
use tracer_core::{AlwaysOff, ENABLED, FinishedSpan};

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

async fn comes_with_its_comment<DB>(pool: Pool<DB>, sql: &str)
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
    // One that has a comment keeps to it.
    let own = format!("{sql} /* mine */");
    assert_eq!(seen(&commented, &own).await, own);
    // Nobody has asked for it, or it is for nobody to know.
    let silent = pool.clone().traced_with(SqlxTracing::new().with_tracer(recorded.tracer.clone()));
    assert_eq!(seen(&silent, sql).await, sql);
    let elsewhere = || Hosts::only(["*.elsewhere.test"]);
    let listed =
        Recorded::with(|builder| builder.propagate_to(elsewhere()).baggage_to(elsewhere()));
    assert_eq!(seen(&commenting(&pool, &listed), sql).await, sql);
    let unsampled = Recorded::with(|builder| builder.sampler(AlwaysOff));
    assert_eq!(seen(&commenting(&pool, &unsampled), sql).await, sql);
}

#[tokio::test]
async fn mysql_sees_it() {
    comes_with_its_comment::<MySql>(mysql().await, MYSQL).await;
}

#[tokio::test]
async fn postgres_sees_it() {
    comes_with_its_comment::<Postgres>(postgres().await, POSTGRES).await;
}

/// With values, in transactions, with a semicolon: what works goes on to.
#[tokio::test]
async fn sqlite_does_not_mind() {
    let (pool, recorded) = songs().await;
    let pool = commenting(&pool, &recorded);
    let mut tx = pool.begin().await.unwrap();
    for title in ["d", "it's"] {
        let insert = sqlx::query("INSERT INTO songs (title) VALUES (?) ; ").bind(title);
        assert_eq!(insert.execute(&mut *tx).await.unwrap().rows_affected(), 1);
    }
    tx.commit().await.unwrap();
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM songs").fetch_one(&pool).await.unwrap();
    assert_eq!(count, 5);
}
