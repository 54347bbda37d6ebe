//! With the traced ones.

#[path = "catalogue.rs"]
pub(crate) mod catalogue;

use contrib_sqlx::{TracedPool as Pool, TracedTransaction as Transaction};

type Connection<'c> = contrib_sqlx::DynConn<'c, sqlx::Sqlite>;
