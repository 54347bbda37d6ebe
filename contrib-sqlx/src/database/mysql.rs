//! MySQL and MariaDB.

use std::borrow::Cow;

use sqlx_core::error::DatabaseError;
use sqlx_mysql::{MySql, MySqlConnectOptions, MySqlDatabaseError, MySqlQueryResult};
use tracer_core::semconv::db::{self, Endpoint};
use tracer_core::semconv::sql::Dialect;

use super::{Driver, forward};
use crate::fate::Damage;

static ENDPOINT: Endpoint = Endpoint::new(db::MYSQL);

/// The server has chosen a transaction to be taken back so that others can go on.
const DEADLOCK: u16 = 1213;

impl Driver for MySql {
    const DIALECT: Dialect = Dialect::MySql;
    const ENDPOINT: &'static Endpoint = &ENDPOINT;

    fn endpoint(options: &MySqlConnectOptions) -> Endpoint {
        let mut endpoint = ENDPOINT.clone();
        if let Some(database) = options.get_database() {
            endpoint = endpoint.with_namespace(database);
        }
        match options.get_socket() {
            Some(path) => endpoint.with_address(&path.to_string_lossy(), None),
            None => endpoint.with_address(options.get_host(), Some(options.get_port())),
        }
    }

    fn rows_affected(result: &MySqlQueryResult) -> u64 {
        result.rows_affected()
    }

    /// The server's number; the SQLSTATE that sqlx gives as the code stands for many of them.
    fn code(error: &dyn DatabaseError) -> Option<Cow<'static, str>> {
        let error = error.try_downcast_ref::<MySqlDatabaseError>()?;
        Some(Cow::Owned(error.number().to_string()))
    }

    fn damage(error: &dyn DatabaseError) -> Damage {
        let error = error.try_downcast_ref::<MySqlDatabaseError>();
        if error.is_some_and(|error| error.number() == DEADLOCK) {
            Damage::Whole
        } else {
            Damage::None
        }
    }

    forward!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints() {
        let options = MySqlConnectOptions::new().host("db.internal").port(3307).database("shop");
        let known =
            Endpoint::new(db::MYSQL).with_namespace("shop").with_address("db.internal", Some(3307));
        let made = MySql::endpoint(&options.username("u-hush").password("p-hush"));
        assert_eq!(format!("{made:?}"), format!("{known:?}"));

        let local = MySqlConnectOptions::new().socket("/run/mysqld.sock");
        let known = Endpoint::new(db::MYSQL).with_address("/run/mysqld.sock", None);
        assert_eq!(format!("{:?}", MySql::endpoint(&local)), format!("{known:?}"));
    }
}
