//! PostgreSQL. Its errors have SQLSTATEs, which is what sqlx gives as the code.

use sqlx_core::error::DatabaseError;
use sqlx_postgres::{PgConnectOptions, PgQueryResult, Postgres};
use tracer_core::semconv::db::{self, Endpoint};
use tracer_core::semconv::sql::Dialect;

use super::{Driver, forward};
use crate::fate::Damage;

static ENDPOINT: Endpoint = Endpoint::new(db::POSTGRESQL);

impl Driver for Postgres {
    const DIALECT: Dialect = Dialect::Postgres;
    const ENDPOINT: &'static Endpoint = &ENDPOINT;

    fn endpoint(options: &PgConnectOptions) -> Endpoint {
        let mut endpoint = ENDPOINT.clone();
        if let Some(database) = options.get_database() {
            endpoint = endpoint.with_namespace(database);
        }
        match (options.get_socket(), options.get_host()) {
            (Some(path), _) => endpoint.with_address(&path.to_string_lossy(), None),
            // A folder of sockets can be given as the host.
            (None, path) if path.starts_with('/') => endpoint.with_address(path, None),
            (None, host) => endpoint.with_address(host, Some(options.get_port())),
        }
    }

    fn rows_affected(result: &PgQueryResult) -> u64 {
        result.rows_affected()
    }

    fn damage(_error: &dyn DatabaseError) -> Damage {
        Damage::UntilSavepoint
    }

    forward!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints() {
        let options = PgConnectOptions::new_without_pgpass().username("u-hush").password("p-hush");
        for (options, known) in [
            (
                options.clone().host("db.internal").port(6432).database("shop"),
                ENDPOINT.clone().with_namespace("shop").with_address("db.internal", Some(6432)),
            ),
            (options.clone().socket("/run/pg"), ENDPOINT.clone().with_address("/run/pg", None)),
            (options.host("/run/pg"), ENDPOINT.clone().with_address("/run/pg", None)),
        ] {
            assert_eq!(format!("{:?}", Postgres::endpoint(&options)), format!("{known:?}"));
        }
    }
}
