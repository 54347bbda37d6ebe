//! What the calls of the suite are made on.

use sqlx::Executor;
use testing::store::SECRET;

use super::unique;

/// Two tables: one to read, with three rows and a unique index, and one to write.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    pub(crate) read: String,
    pub(crate) written: String,
}

impl Tables {
    pub(crate) fn new() -> Self {
        Self { read: unique("items"), written: unique("notes") }
    }

    pub(crate) async fn create<'c, E: Executor<'c> + Copy>(&self, pool: E) {
        let Self { read, written } = self;
        for sql in [
            format!("CREATE TABLE {read} (id INT PRIMARY KEY, name VARCHAR(100))"),
            format!("CREATE TABLE {written} (name VARCHAR(100))"),
            format!("INSERT INTO {read} VALUES (1, 'one'), (2, 'two'), (3, 'three')"),
        ] {
            super::send(pool, &sql).await;
        }
    }

    pub(crate) async fn drop<'c, E: Executor<'c> + Copy>(&self, pool: E) {
        for table in [&self.read, &self.written] {
            super::send(pool, &format!("DROP TABLE {table}")).await;
        }
    }
}

/// Statements with the secret in them, and the names of their spans.
pub(crate) fn sqlite_secrets(table: &str) -> Vec<(String, String)> {
    vec![
        ("SELECT".into(), format!("SELECT '{SECRET}', x'00' -- {SECRET}")),
        ("PRAGMA key".into(), format!("PRAGMA key = '{SECRET}'")),
        (format!("INSERT {table}"), format!("INSERT INTO {table} VALUES (1, '{SECRET}')")),
    ]
}

pub(crate) fn mysql_secrets(table: &str) -> Vec<(String, String)> {
    vec![
        ("SELECT".into(), format!("SELECT '{SECRET}', \"{SECRET}\" -- {SECRET}")),
        (format!("INSERT {table}"), format!("INSERT INTO {table} VALUES ('{SECRET}', '')")),
    ]
}

pub(crate) fn postgres_secrets(table: &str) -> Vec<(String, String)> {
    vec![
        ("SELECT".into(), format!("SELECT '{SECRET}', $${SECRET}$$ /* {SECRET} */")),
        (format!("INSERT {table}"), format!("INSERT INTO {table} VALUES ('{SECRET}', '')")),
    ]
}
