//! L3: nothing secret comes out of anything that is recorded, exported or printed, with the default
//! settings.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod secrets;
mod support;

use std::fmt::Write;
use std::time::Duration;

use secrets::{COMMON, DIGITS, MYSQL, POSTGRES, SQLITE, Secrets, found};
use sqlx::mysql::MySqlPoolOptions;
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, Executor, QueryBuilder, SqlSafeStr};
use support::{traced, unique};
use testing::canary::{MARK, Out};
use tracer_core::Tracer;

/// Looks everywhere; `said` is what else was printed. At least so many spans there are.
fn assert_quiet(out: &Out, tracer: &Tracer, said: &str, spans: usize) {
    assert_eq!(found(said), None);
    if !tracer_core::ENABLED {
        return;
    }
    let kept = out.kept(tracer);
    assert!(kept.spans.len() >= spans, "{} spans and not {spans}", kept.spans.len());
    kept.expect_untold(|text| found(&String::from_utf8_lossy(text)).is_some());
}

/// Sends everything in every way, through a pool, a connection and a transaction; gives back how
/// many statements it were.
macro_rules! send_everything {
    ($plain:expr, $kept:expr, $statements:expr, placeholders: $first:literal $second:literal) => {{
        let (mut secrets, table) = (Secrets::default(), unique("canary"));
        let create = format!("CREATE TABLE {table} (id INT PRIMARY KEY, name VARCHAR(200))");
        support::send(&$plain, &create).await;
        support::send(&$plain, &format!("INSERT INTO {table} VALUES (1, 'one')")).await;
        let tracer = $kept.tracer();
        let pool = traced(&$plain, &tracer);
        let mut conn = pool.acquire().await.unwrap();
        let mut said = format!("{pool:?} {conn:?} {:?}", &&pool);
        let mut sent = 0;
        for template in COMMON.iter().chain($statements) {
            let sql = secrets.fill(template, &table);
            drop(conn.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await);
            let sql = secrets.fill(template, &table);
            drop(conn.fetch_optional(sqlx::query(AssertSqlSafe(sql))).await);
            let sql = secrets.fill(template, &table);
            drop(conn.prepare(AssertSqlSafe(sql).into_sql_str()).await);
            sent += 3;
        }
        drop(conn.close().await);
        let begin = secrets.fill("BEGIN /* % */ -- %", &table);
        let mut tx = pool.begin_with(AssertSqlSafe(begin)).await.unwrap();
        write!(said, "{tx:?}").unwrap();
        // Bound, of each type.
        let insert = concat!("INSERT INTO {} (id, name) VALUES (", $first, ", ", $second, ")");
        let insert = || AssertSqlSafe(insert.replace("{}", &table));
        let bound = sqlx::query(insert()).bind(10_i32).bind(secrets.text());
        bound.execute(&mut *tx).await.unwrap();
        let select = concat!("SELECT ", $first, ", ", $second);
        let bound = sqlx::query(select).bind(secrets.number()).bind(secrets.text().into_bytes());
        drop(bound.fetch_all(&mut *tx).await);
        #[allow(clippy::cast_precision_loss, reason = "it is the digits that count")]
        let float = secrets.number() as f64;
        drop(sqlx::query(select).bind(float).bind(Some(secrets.text())).fetch_all(&mut *tx).await);
        let mut builder = QueryBuilder::new(format!("SELECT * FROM {table} WHERE name IN ("));
        let mut names = builder.separated(", ");
        for _ in 0..3 {
            names.push_bind(secrets.text());
        }
        builder.push(") OR name = '").push(secrets.text()).push("'");
        drop(builder.build().fetch_all(&mut *tx).await);
        // Values that the database quotes when it complains.
        drop(sqlx::query(insert()).bind(10_i32).bind(secrets.text()).execute(&mut *tx).await);
        drop(tx);
        support::send(&$plain, &format!("DROP TABLE {table}")).await;
        assert_quiet(&$kept, &tracer, &said, sent);
        assert!(secrets.made > 150, "{} secrets", secrets.made);
    }};
}

#[tokio::test]
async fn sqlite() {
    let (options, _file) = support::sqlite_file();
    let plain = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let kept = Out::new(contrib_otlp::encode);
    send_everything!(plain, kept, SQLITE, placeholders: "?" "?");
}

#[tokio::test]
async fn mysql() {
    let (plain, kept) = (support::mysql().await, Out::new(contrib_otlp::encode));
    send_everything!(plain, kept, MYSQL, placeholders: "?" "?");
}

#[tokio::test]
async fn postgres() {
    let (plain, kept) = (support::postgres().await, Out::new(contrib_otlp::encode));
    send_everything!(plain, kept, POSTGRES, placeholders: "$1" "$2");
}

/// What is in URLs and options.
#[tokio::test]
async fn credentials() {
    let (kept, mut secrets) = (Out::new(contrib_otlp::encode), Secrets::default());
    let tracer = kept.tracer();
    let mut said = String::new();
    let patience = Duration::from_millis(50);
    let url = secrets.fill("mysql://%:%@/shop?ssl-ca=%", "@127.0.0.1:1");
    let pool = MySqlPoolOptions::new().acquire_timeout(patience).connect_lazy(&url).unwrap();
    let pool = traced(&pool, &tracer);
    assert!((&pool).execute("SELECT 1").await.is_err());
    assert!(pool.begin().await.is_err());
    write!(said, "{pool:?}").unwrap();
    let url = secrets.fill("postgres://%:%@/shop?application_name=%", "@127.0.0.1:1");
    let pool = PgPoolOptions::new().acquire_timeout(patience).connect_lazy(&url).unwrap();
    let pool = traced(&pool, &tracer);
    assert!((&pool).execute("SELECT 1").await.is_err());
    assert!(pool.acquire().await.is_err());
    write!(said, "{pool:?}").unwrap();
    // Wrong credentials: the servers quote them.
    let options = support::mysql_options().username(&secrets.text()).password(&secrets.text());
    let pool = traced(&MySqlPoolOptions::new().connect_lazy_with(options), &tracer);
    assert!((&pool).execute("SELECT 1").await.is_err());
    let options = support::postgres_options().username(&secrets.text());
    let pool = traced(&PgPoolOptions::new().connect_lazy_with(options), &tracer);
    assert!((&pool).execute("SELECT 1").await.is_err());
    let folder = secrets.fill("sqlite:///nowhere/%/shop.db", "");
    let pool = sqlx::SqlitePool::connect_lazy(&folder).unwrap();
    let pool = traced(&pool, &tracer);
    assert!((&pool).execute("SELECT 1").await.is_err());
    write!(said, "{pool:?}").unwrap();
    assert_quiet(&kept, &tracer, &said, 7);
}

/// The search finds what it is to find.
#[test]
fn what_is_found() {
    let mut secrets = Secrets::default();
    assert!(found(&secrets.fill("a % b", "")).is_some());
    assert!(found(&secrets.fill("~", "")).is_some());
    assert!(found(&secrets.fill("x'^'", "")).is_some());
    assert!(found(&MARK.to_uppercase()).is_some());
    assert!(found(DIGITS).is_some());
    assert!(found("SELECT ?").is_none());
}
