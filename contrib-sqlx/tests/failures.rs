//! Errors: the database's own, of each one, and those of getting there.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::time::Duration;

use contrib_sqlx::{PoolExt, SqlxTracing, TracedPool};
use sqlx::mysql::MySqlPoolOptions;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{AssertSqlSafe, Executor, MySql, Postgres, Sqlite};
use support::{traced, unique};
use testing::{Recorded, tag, tree_with};

const KIND: [&str; 2] = ["db.response.status_code", "error.type"];

/// How long a test waits for a connection that does not come.
const SHORT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn codes() {
    let (sqlite, mysql) = (support::sqlite().await, support::mysql().await);
    let postgres = support::postgres().await;
    let recorded = Recorded::new();
    let table = unique("codes");
    let create = format!("CREATE TABLE {table} (id INT PRIMARY KEY)");
    let wrong = [format!("INSERT INTO {table} VALUES (1), (1)"), "SELEC 1".to_owned()];
    macro_rules! fail {
        ($pool:expr) => {
            support::send(&$pool, &create).await;
            let pool = traced(&$pool, &recorded.tracer);
            for sql in &wrong {
                let plain = $pool.execute(AssertSqlSafe(sql.as_str())).await.unwrap_err();
                let error = (&pool).execute(AssertSqlSafe(sql.as_str())).await.unwrap_err();
                assert_eq!(format!("{error:?}"), format!("{plain:?}"));
            }
            support::send(&$pool, &format!("DROP TABLE {table}")).await;
        };
    }
    fail!(sqlite);
    fail!(mysql);
    fail!(postgres);
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    let codes: Vec<_> = spans.iter().map(|span| KIND.map(|key| tag(span, key))).collect();
    let expected = ["1555", "1", "1062", "1064", "23505", "42601"];
    assert_eq!(codes, expected.map(|code| [code.to_owned(), code.to_owned()]));
    assert!(spans.iter().all(|span| span.status == tracer_core::Status::ERROR), "without words");
}

#[tokio::test]
async fn a_pool_that_has_no_connection_left() {
    let options = SqlitePoolOptions::new().max_connections(1).acquire_timeout(SHORT);
    let pool = options.connect_lazy("sqlite::memory:").unwrap();
    let recorded = Recorded::new();
    let traced = traced(&pool, &recorded.tracer);
    // A busy machine can take longer than that to open it.
    let held = loop {
        if let Ok(connection) = pool.acquire().await {
            break connection;
        }
    };
    let timed_out = |error| matches!(error, sqlx::Error::PoolTimedOut);
    assert!(timed_out((&traced).execute("SELECT 1").await.unwrap_err()));
    assert!(timed_out((&traced).fetch_optional("SELECT 1").await.unwrap_err()));
    assert!(timed_out(traced.begin().await.unwrap_err()));
    assert!(timed_out(traced.acquire().await.unwrap_err()));
    assert!(traced.try_acquire().is_none());
    drop(held);
    traced.close().await;
    assert!(traced.is_closed());
    let error = (&traced).execute("SELECT 1").await.unwrap_err();
    assert!(matches!(error, sqlx::Error::PoolClosed));
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    let expected = "\
client SELECT ! error.type=pool_timeout
client SELECT ! error.type=pool_timeout
transaction ! error.type=pool_timeout
  client BEGIN ! error.type=pool_timeout
client acquire ! error.type=pool_timeout
client SELECT ! error.type=pool_closed
";
    assert_eq!(tree_with(&spans, &KIND), expected);
    assert!(spans.iter().all(|span| span.events().is_empty()), "none has had a connection");
}

#[tokio::test]
async fn nobody_is_there() {
    let recorded = Recorded::new();
    let tracing = || SqlxTracing::new().with_tracer(recorded.tracer.clone());
    let patience = Duration::from_millis(200);
    let mysql = MySqlPoolOptions::new().acquire_timeout(patience);
    let mysql = mysql.connect_lazy("mysql://u:hush@127.0.0.1:1/x").unwrap().traced_with(tracing());
    let postgres = PgPoolOptions::new().acquire_timeout(patience);
    let postgres = postgres.connect_lazy("postgres://u:hush@127.0.0.1:1/x").unwrap();
    let postgres = postgres.traced_with(tracing());
    let sqlite = SqlitePoolOptions::new().connect_lazy("sqlite:///nowhere/hush/x.db").unwrap();
    let sqlite = sqlite.traced_with(tracing());
    assert!((&mysql).execute("SELECT 1").await.is_err());
    assert!((&postgres).execute("SELECT 1").await.is_err());
    assert!((&sqlite).execute("SELECT 1").await.is_err());
    // Somebody is there, and does not let it in.
    let options = support::mysql_options().username("nobody").password("hush");
    let stranger = MySqlPoolOptions::new().connect_lazy_with(options).traced_with(tracing());
    assert!(stranger.begin().await.is_err());
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    let kinds: Vec<_> = spans.iter().map(|span| tag(span, "error.type")).collect();
    // sqlx tries again and again, and says only that its time was up.
    assert_eq!(kinds, ["pool_timeout", "pool_timeout", "14", "1045", "1045"]);
    let text = format!("{spans:?}");
    assert!(!text.contains("hush"), "{text}");
}

/// A hook of the program's, which sqlx calls on the way to a connection.
#[tokio::test]
async fn panics() {
    let options = SqlitePoolOptions::new().max_connections(1);
    let options = options.after_connect(|_, _| Box::pin(async { panic!("on purpose") }));
    let pool = options.connect_lazy("sqlite::memory:").unwrap();
    let recorded = Recorded::new();
    let traced = traced(&pool, &recorded.tracer);
    let task = tokio::spawn(async move { (&traced).execute("SELECT 1").await });
    assert!(task.await.unwrap_err().is_panic());
    if !tracer_core::ENABLED {
        return;
    }
    let span = recorded.one();
    assert_eq!(tag(&span, "error.type"), "panic");
    assert!(span.status.is_error());
}

/// Errors are the same whoever reads them: the settings change what is recorded.
#[tokio::test]
async fn types_of_errors() {
    fn assert_same<DB: contrib_sqlx::TracedDatabase>(_: &TracedPool<DB>) {
        let _: fn(&TracedPool<DB>) -> Option<contrib_sqlx::TracedPoolConnection<DB>> =
            TracedPool::try_acquire;
    }
    let pool = support::sqlite().await.traced();
    assert_same::<Sqlite>(&pool);
    let error = (&pool).execute("SELEC 1").await.unwrap_err();
    let error = error.as_database_error().unwrap();
    assert!(error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some());
    fn assert_traced<DB: contrib_sqlx::TracedDatabase>() {}
    assert_traced::<MySql>();
    assert_traced::<Postgres>();
}
