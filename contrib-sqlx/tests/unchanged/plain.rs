//! With sqlx' own types.

#[path = "catalogue.rs"]
pub(crate) mod catalogue;

use sqlx::{Pool, Transaction};

type Connection<'c> = sqlx::SqliteConnection;
