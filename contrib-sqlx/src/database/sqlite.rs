//! SQLite. Its errors have extended codes, which is what sqlx gives as the code.

use sqlx_sqlite::{Sqlite, SqliteConnectOptions, SqliteQueryResult};
use tracer_core::semconv::db::{self, Endpoint};
use tracer_core::semconv::sql::Dialect;

use super::{Driver, forward};

static ENDPOINT: Endpoint = Endpoint::new(db::SQLITE);

const MEMORY: &str = ":memory:";
/// What sqlx calls a database in memory that was asked for by a URL; a number follows.
const NUMBERED: &str = "file:sqlx-in-memory-";

impl Driver for Sqlite {
    const DIALECT: Dialect = Dialect::Sqlite;
    const ENDPOINT: &'static Endpoint = &ENDPOINT;

    /// The file's name without its folders: they can carry the name of a user.
    fn endpoint(options: &SqliteConnectOptions) -> Endpoint {
        let path = options.get_filename();
        if path.as_os_str().as_encoded_bytes().starts_with(NUMBERED.as_bytes()) {
            return ENDPOINT.clone().with_namespace(MEMORY);
        }
        let Some(name) = path.file_name() else {
            return ENDPOINT.clone();
        };
        let name = name.to_string_lossy();
        // A `file:` URI has settings at its end.
        let name = name.split('?').next().unwrap_or_default();
        ENDPOINT.clone().with_namespace(name)
    }

    fn rows_affected(result: &SqliteQueryResult) -> u64 {
        result.rows_affected()
    }

    forward!();
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail")]
mod tests {
    use super::*;

    #[test]
    fn endpoints() {
        for (url, name) in [
            ("sqlite::memory:", MEMORY),
            ("sqlite:///home/u-hush/shop.db?mode=rwc", "shop.db"),
            ("sqlite://shop.db", "shop.db"),
        ] {
            let known = ENDPOINT.clone().with_namespace(name);
            let made = Sqlite::endpoint(&url.parse().unwrap());
            assert_eq!(format!("{made:?}"), format!("{known:?}"));
        }
        let uri = SqliteConnectOptions::new().filename("file:/home/u-hush/a.db?cache=shared");
        let known = ENDPOINT.clone().with_namespace("a.db");
        assert_eq!(format!("{:?}", Sqlite::endpoint(&uri)), format!("{known:?}"));
    }
}
