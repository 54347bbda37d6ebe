//! The calls of the suite for stores, through a pool and through a connection.

use contrib_sqlx::{SqlxTracing, TracedAcquire, TracedConn, TracedPool};
use sqlx::{AssertSqlSafe, Executor, MySql, Pool, Postgres, Row, Sqlite};
use testing::store::{Adapter, Call, Outcome, SECRET, read};
use tracer_core::Tracer;
use tracer_core::semconv::db;

use super::tables::{Tables, mysql_secrets, postgres_secrets, sqlite_secrets};

/// Through what a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Through {
    Pool,
    Connection,
}

fn outcome<T: std::fmt::Debug>(result: sqlx::Result<T>) -> Outcome {
    Outcome::of(result, |error| matches!(error, sqlx::Error::Database(_)))
}

macro_rules! secrets {
    ($executor:expr, $statements:expr) => {{
        let mut results = Vec::new();
        for (_, sql) in $statements {
            let result = $executor.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await;
            results.push(result.is_ok());
        }
        Outcome::Answer(format!("{results:?}"))
    }};
}

macro_rules! adapter {
    (
        $name:ident, $database:ty, system: $system:expr, code: $code:expr,
        placeholders: $first:literal $second:literal, secrets: $secrets:expr
    ) => {
        pub(crate) struct $name {
            pub(crate) through: Through,
            pub(crate) pool: Pool<$database>,
            /// Nobody is there.
            pub(crate) gone: Pool<$database>,
            pub(crate) hangs: Hangs<$database>,
            pub(crate) tables: Tables,
        }

        impl $name {
            fn select(&self) -> AssertSqlSafe<String> {
                AssertSqlSafe(format!(
                    concat!("SELECT name FROM {} WHERE id = ", $first),
                    self.tables.read
                ))
            }

            fn refused(&self) -> AssertSqlSafe<String> {
                AssertSqlSafe(format!(
                    concat!("INSERT INTO {} (id, name) VALUES (", $first, ", ", $second, ")"),
                    self.tables.read
                ))
            }

            fn write(&self) -> AssertSqlSafe<String> {
                AssertSqlSafe(format!(
                    concat!("INSERT INTO {} VALUES (", $first, ")"),
                    self.tables.written
                ))
            }

            /// A call of one statement.
            async fn single<'e, E>(&self, executor: E, call: Call) -> Outcome
            where
                E: Executor<'e, Database = $database>,
            {
                let text = |row: Option<<$database as sqlx::Database>::Row>| {
                    row.map(|row| row.get::<String, _>(0))
                };
                match call {
                    Call::Ok | Call::Unreachable => outcome(
                        sqlx::query(self.select()).bind(2).fetch_optional(executor).await.map(text),
                    ),
                    Call::Empty => outcome(
                        sqlx::query(self.select()).bind(9).fetch_optional(executor).await.map(text),
                    ),
                    Call::Writes => outcome(
                        sqlx::query(self.write())
                            .bind(SECRET)
                            .execute(executor)
                            .await
                            .map(|result| result.rows_affected()),
                    ),
                    Call::Streams | Call::LeavesEarly => {
                        let sql = format!("SELECT id FROM {} ORDER BY id", self.tables.read);
                        let query = sqlx::query_scalar::<_, i32>(AssertSqlSafe(sql));
                        outcome(read(query.fetch(executor), call).await)
                    }
                    Call::Refused => {
                        let query = sqlx::query(self.refused()).bind(1).bind("again");
                        outcome(query.execute(executor).await.map(|_| ()))
                    }
                    Call::Hangs => {
                        let sql = AssertSqlSafe(self.hangs.sql.clone());
                        outcome(executor.execute(sql).await.map(|_| ()))
                    }
                    Call::Unpolled => {
                        drop(executor.fetch_optional(self.select()));
                        Outcome::Answer(String::new())
                    }
                    other => unreachable!("{other:?} is not one statement"),
                }
            }

            /// A transaction of three statements.
            fn transaction<'s, 'a, A>(
                &'s self,
                source: A,
                call: Call,
            ) -> impl Future<Output = Outcome> + Send
            where
                A: TracedAcquire<'a, Database = $database> + 's,
            {
                let work = async move {
                    let mut tx = source.begin().await?;
                    for _ in 0..testing::store::BATCH - 1 {
                        sqlx::query(self.write()).bind("note").execute(&mut *tx).await?;
                    }
                    if call == Call::BatchRefused {
                        let query = sqlx::query(self.refused()).bind(1).bind("again");
                        if let Err(error) = query.execute(&mut *tx).await {
                            tx.rollback().await?;
                            return Err(error);
                        }
                    } else {
                        sqlx::query(self.write()).bind("note").execute(&mut *tx).await?;
                    }
                    tx.commit().await
                };
                async move { outcome(work.await) }
            }
        }

        impl Adapter for $name {
            fn system(&self) -> &'static str {
                $system
            }

            fn supports(&self, call: Call) -> bool {
                match call {
                    Call::Batch => false,
                    // Of a connection it is tried elsewhere: there it has to break first.
                    Call::Unreachable => self.through == Through::Pool,
                    _ => true,
                }
            }

            fn spans(&self, call: Call) -> Vec<String> {
                let Tables { read, written } = &self.tables;
                let (write, refused) = (format!("INSERT {written}"), format!("INSERT {read}"));
                let all = |names: &[&str]| names.iter().map(ToString::to_string).collect();
                match call {
                    Call::Writes => all(&[&write]),
                    Call::Refused => all(&[&refused]),
                    Call::Hangs => all(&[&self.hangs.name]),
                    Call::Transaction => all(&["BEGIN", &write, &write, &write, "COMMIT"]),
                    Call::BatchRefused => all(&["BEGIN", &write, &write, &refused, "ROLLBACK"]),
                    Call::Secrets => $secrets(read).into_iter().map(|(name, _)| name).collect(),
                    _ => all(&[&format!("SELECT {read}")]),
                }
            }

            fn error_code(&self) -> &'static str {
                $code
            }

            fn rows(&self, call: Call) -> Option<u64> {
                match call {
                    Call::Ok | Call::LeavesEarly => Some(1),
                    Call::Empty => Some(0),
                    Call::Streams => Some(3),
                    _ => None,
                }
            }

            async fn call(&self, tracer: Tracer, call: Call) -> Outcome {
                let tracing = SqlxTracing::new().with_tracer(tracer);
                let pool = match call {
                    Call::Unreachable => &self.gone,
                    Call::Hangs => &self.hangs.pool,
                    _ => &self.pool,
                };
                match self.through {
                    Through::Pool => {
                        let pool = TracedPool::with(pool.clone(), tracing);
                        match call {
                            Call::Transaction | Call::BatchRefused => {
                                self.transaction(&pool, call).await
                            }
                            Call::Secrets => secrets!((&pool), $secrets(&self.tables.read)),
                            _ => self.single(&pool, call).await,
                        }
                    }
                    Through::Connection => {
                        let mut conn = pool.acquire().await.unwrap();
                        let mut conn = TracedConn::new(&mut *conn, tracing);
                        match call {
                            Call::Transaction | Call::BatchRefused => {
                                self.transaction(&mut conn, call).await
                            }
                            Call::Secrets => secrets!((&mut conn), $secrets(&self.tables.read)),
                            _ => self.single(&mut conn, call).await,
                        }
                    }
                }
            }

            async fn untraced(&self, call: Call) -> Option<Outcome> {
                let pool = if call == Call::Unreachable { &self.gone } else { &self.pool };
                match call {
                    Call::Transaction | Call::BatchRefused | Call::Secrets => None,
                    _ => Some(self.single(pool, call).await),
                }
            }
        }
    };
}

/// A statement that takes long.
pub(crate) struct Hangs<DB: sqlx::Database> {
    pub(crate) pool: Pool<DB>,
    pub(crate) sql: String,
    pub(crate) name: String,
}

adapter!(
    OnSqlite, Sqlite, system: db::SQLITE, code: "1555",
    placeholders: "?" "?", secrets: sqlite_secrets
);
adapter!(
    OnMysql, MySql, system: db::MYSQL, code: "1062",
    placeholders: "?" "?", secrets: mysql_secrets
);
adapter!(
    OnPostgres, Postgres, system: db::POSTGRESQL, code: "23505",
    placeholders: "$1" "$2", secrets: postgres_secrets
);
