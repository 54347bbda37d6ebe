//! What sqlx' connections execute, as functions of their databases.
//!
//! An `Executor` for `&mut TracedConn<C>` that asked for an `Executor` for `&mut C::Target` would
//! send the compiler from one traced connection to the next, in whatever program is generic over
//! databases, be it traced or not. So no bound of this crate's says that; each database does.

/// The functions of [`Driver`](super::Driver) that hand on to the connection.
macro_rules! forward {
    () => {
        fn fetch_many<'e, 'q: 'e, E>(
            connection: &'e mut Self::Connection,
            query: E,
        ) -> crate::database::Answers<'e, Self>
        where
            E: 'q + ::sqlx_core::executor::Execute<'q, Self>,
        {
            ::sqlx_core::executor::Executor::fetch_many(connection, query)
        }

        fn fetch_optional<'e, 'q: 'e, E>(
            connection: &'e mut Self::Connection,
            query: E,
        ) -> ::futures_core::future::BoxFuture<
            'e,
            Result<Option<Self::Row>, ::sqlx_core::error::Error>,
        >
        where
            E: 'q + ::sqlx_core::executor::Execute<'q, Self>,
        {
            ::sqlx_core::executor::Executor::fetch_optional(connection, query)
        }

        fn prepare_with<'e>(
            connection: &'e mut Self::Connection,
            sql: ::sqlx_core::sql_str::SqlStr,
            parameters: &'e [Self::TypeInfo],
        ) -> ::futures_core::future::BoxFuture<
            'e,
            Result<Self::Statement, ::sqlx_core::error::Error>,
        > {
            ::sqlx_core::executor::Executor::prepare_with(connection, sql, parameters)
        }

        fn describe(
            connection: &mut Self::Connection,
            sql: ::sqlx_core::sql_str::SqlStr,
        ) -> ::futures_core::future::BoxFuture<
            '_,
            Result<::sqlx_core::describe::Describe<Self>, ::sqlx_core::error::Error>,
        > {
            ::sqlx_core::executor::Executor::describe(connection, sql)
        }
    };
}

pub(super) use forward;
