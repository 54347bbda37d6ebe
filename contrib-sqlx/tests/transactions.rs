//! Transactions: what they say, and what stands below them.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use contrib_sqlx::TracedPool;
use sqlx::{Executor, Sqlite};
use support::traced;
use testing::{Recorded, named, tree};
use tracer_core::FinishedSpan;

async fn songs() -> (TracedPool<Sqlite>, Recorded) {
    let (pool, recorded) = (support::sqlite().await, Recorded::new());
    support::send(&pool, "CREATE TABLE songs (id INTEGER PRIMARY KEY, title TEXT)").await;
    (traced(&pool, &recorded.tracer), recorded)
}

async fn add<'e, E: Executor<'e, Database = Sqlite>>(executor: E) {
    let query = sqlx::query("INSERT INTO songs (title) VALUES (?)").bind("a");
    query.execute(executor).await.unwrap();
}

async fn count(pool: &TracedPool<Sqlite>) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM songs").fetch_one(pool.raw()).await.unwrap()
}

fn message(span: &FinishedSpan) -> Option<String> {
    let (_, fields) = span.logs.first()?;
    fields.iter().find(|field| field.key == "message").map(|field| field.value.to_string())
}

#[tokio::test]
async fn committed() {
    let (pool, recorded) = songs().await;
    let mut tx = pool.begin().await.unwrap();
    add(&mut *tx).await;
    tx.commit().await.unwrap();
    assert_eq!(count(&pool).await, 1);
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    let expected = "\
transaction
  client BEGIN
  client INSERT songs
  client COMMIT
";
    assert_eq!(tree(&spans), expected);
    let transaction = named(&spans, "transaction");
    assert_eq!(transaction.events(), ["commit"]);
    assert_eq!(testing::tag(transaction, "db.system.name"), "sqlite");
    assert_eq!(testing::tag(named(&spans, "COMMIT"), "db.query.text"), "", "sqlx has made it");
}

#[tokio::test]
async fn rolled_back_and_dropped() {
    let (pool, recorded) = songs().await;
    let mut tx = pool.begin().await.unwrap();
    add(&mut *tx).await;
    tx.rollback().await.unwrap();
    let mut tx = pool.begin().await.unwrap();
    add(&mut *tx).await;
    drop(tx);
    assert_eq!(count(&pool).await, 0);
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    let expected = "\
transaction
  client BEGIN
  client INSERT songs
  client ROLLBACK
transaction
  client BEGIN
  client INSERT songs
";
    assert_eq!(tree(&spans), expected);
    let ends: Vec<_> = spans.iter().filter(|span| span.name == "transaction").collect();
    assert_eq!(ends[0].events(), ["rollback"]);
    assert_eq!(message(ends[0]), None);
    assert_eq!(ends[1].events(), ["rollback"]);
    assert_eq!(message(ends[1]).as_deref(), Some("dropped without a commit"));
}

#[tokio::test]
async fn savepoints() {
    let (pool, recorded) = songs().await;
    let mut tx = pool.begin().await.unwrap();
    add(&mut *tx).await;
    let mut outer = tx.begin().await.unwrap();
    add(&mut *outer).await;
    let mut inner = outer.begin().await.unwrap();
    add(&mut *inner).await;
    inner.rollback().await.unwrap();
    let mut inner = outer.begin().await.unwrap();
    add(&mut *inner).await;
    drop(inner);
    outer.commit().await.unwrap();
    assert!(tx.is_in_transaction());
    tx.commit().await.unwrap();
    assert_eq!(count(&pool).await, 2);
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    let expected = "\
transaction
  client BEGIN
  client INSERT songs
  client SAVEPOINT
  client INSERT songs
  client SAVEPOINT
  client INSERT songs
  client ROLLBACK TO SAVEPOINT
  client SAVEPOINT
  client INSERT songs
  client RELEASE SAVEPOINT
  client COMMIT
";
    assert_eq!(tree(&spans), expected);
    assert_eq!(named(&spans, "transaction").events(), ["savepoint dropped", "commit"]);
}

#[tokio::test]
async fn ways_to_begin() {
    let (pool, recorded) = songs().await;
    pool.begin_with("BEGIN IMMEDIATE").await.unwrap().commit().await.unwrap();
    // It comes back in a task.
    while pool.num_idle() == 0 {
        tokio::task::yield_now().await;
    }
    let tx = pool.try_begin().await.unwrap().unwrap();
    assert!(pool.try_begin().await.unwrap().is_none(), "the only connection is in use");
    assert!(pool.try_begin_with("BEGIN EXCLUSIVE").await.unwrap().is_none());
    tx.rollback().await.unwrap();
    let mut conn = pool.acquire().await.unwrap();
    assert!(!conn.is_in_transaction());
    conn.begin().await.unwrap().commit().await.unwrap();
    conn.begin_with("BEGIN DEFERRED").await.unwrap().commit().await.unwrap();
    if !tracer_core::ENABLED {
        return;
    }
    let expected = "\
transaction
  client BEGIN
  client COMMIT
transaction
  client BEGIN
  client ROLLBACK
client acquire
transaction
  client BEGIN
  client COMMIT
transaction
  client BEGIN
  client COMMIT
";
    let spans = recorded.spans();
    assert_eq!(tree(&spans), expected);
    let texts: Vec<_> = spans.iter().map(|span| testing::tag(span, "db.query.text")).collect();
    assert!(texts.contains(&"BEGIN IMMEDIATE".to_owned()), "{texts:?}");
}

/// The form with a closure.
#[tokio::test]
async fn of_a_closure() {
    let (pool, recorded) = songs().await;
    let mut conn = pool.acquire().await.unwrap();
    let value = conn.transaction(|tx| {
        Box::pin(async move {
            add(&mut **tx).await;
            Ok::<_, sqlx::Error>(7)
        })
    });
    assert_eq!(value.await.unwrap(), 7);
    let error = conn.transaction(|tx| {
        Box::pin(async move {
            add(&mut **tx).await;
            Err::<(), _>(sqlx::Error::RowNotFound)
        })
    });
    assert!(matches!(error.await, Err(sqlx::Error::RowNotFound)));
    drop(conn);
    assert_eq!(count(&pool).await, 1);
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    let ends: Vec<_> = spans.iter().filter(|span| span.name == "transaction").collect();
    assert_eq!(ends[0].events(), ["commit"]);
    assert_eq!(ends[1].events(), ["rollback"]);
}

/// What the program has entered since the transaction began holds its statements.
#[tokio::test]
async fn parents_of_statements() {
    let (pool, recorded) = songs().await;
    let tracer = recorded.tracer.clone();
    let request = tracer.span("request").start();
    let work = async {
        let mut tx = pool.begin().await.unwrap();
        add(&mut *tx).await;
        let step = tracer.span("step").start();
        tracer_core::InSpanExt::in_span(add(&mut *tx), step).await;
        tx
    };
    let mut tx = tracer_core::InSpanExt::attach(work, request.handle()).await;
    // Nothing is current here.
    add(&mut *tx).await;
    let filtered = tracer_core::Span::passive(tracer_core::SpanContext::default().suppressed());
    tracer_core::InSpanExt::in_span(add(&mut *tx), filtered).await;
    tx.commit().await.unwrap();
    drop(request);
    if !tracer_core::ENABLED {
        return;
    }
    let expected = "\
request
  transaction
    client BEGIN
    client INSERT songs
    client INSERT songs
    client COMMIT
  step
    client INSERT songs
";
    assert_eq!(tree(&recorded.spans()), expected);
}

/// A function with a span of its own begins a transaction for its caller.
#[tokio::test]
async fn begun_by_a_helper() {
    let (pool, recorded) = songs().await;
    let tracer = recorded.tracer.clone();
    let work = async {
        let helper = tracer.span("helper").start();
        let mut tx = tracer_core::InSpanExt::in_span(pool.begin(), helper).await.unwrap();
        add(&mut *tx).await;
        let step = tracer.span("step").start();
        tracer_core::InSpanExt::in_span(async { tx.commit().await.unwrap() }, step).await;
    };
    tracer_core::InSpanExt::in_span(work, tracer.span("request").start()).await;
    if !tracer_core::ENABLED {
        return;
    }
    let expected = "\
request
  helper
    transaction
      client BEGIN
      client INSERT songs
      client COMMIT
  step
";
    assert_eq!(tree(&recorded.spans()), expected);
}

/// A transaction that is not recorded begins no traces.
#[tokio::test]
async fn not_sampled() {
    let reporter = tracer_core::MemoryReporter::new();
    let builder = tracer_core::Tracer::builder("test").reporter(reporter.clone());
    let tracer = builder.sampler(tracer_core::AlwaysOff).build();
    let pool = support::sqlite().await;
    support::send(&pool, "CREATE TABLE songs (id INTEGER PRIMARY KEY, title TEXT)").await;
    let pool = traced(&pool, &tracer);
    let mut tx = pool.begin().await.unwrap();
    add(&mut *tx).await;
    tx.commit().await.unwrap();
    assert_eq!(count(&pool).await, 1);
    if tracer_core::ENABLED {
        tracer.flush(std::time::Duration::from_secs(5)).unwrap();
    }
    assert!(reporter.take().is_empty());
}

/// The program goes away while the database waits for a reader.
#[tokio::test]
async fn a_commit_that_nobody_waits_for() {
    let (options, _file) = support::sqlite_file();
    let plain = sqlx::SqlitePool::connect_with(options).await.unwrap();
    support::send(&plain, "CREATE TABLE songs (id INTEGER PRIMARY KEY, title TEXT)").await;
    let recorded = Recorded::new();
    let pool = traced(&plain, &recorded.tracer);
    let mut reader = plain.begin().await.unwrap();
    support::send(&mut *reader, "SELECT * FROM songs").await;
    let mut tx = pool.begin().await.unwrap();
    add(&mut *tx).await;
    {
        let mut commit = std::pin::pin!(tx.commit());
        assert!(futures_util::poll!(commit.as_mut()).is_pending());
    }
    reader.rollback().await.unwrap();
    if !tracer_core::ENABLED {
        return;
    }
    let spans = recorded.spans();
    assert_eq!(named(&spans, "COMMIT").events(), ["cancelled"]);
    assert!(named(&spans, "transaction").events().is_empty(), "nobody knows how it ended");
}
