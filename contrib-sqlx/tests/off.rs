//! Compiled out, a traced pool is the pool and nothing more.

use contrib_sqlx::{SqlxTracing, TracedConn, TracedPool, TracedPoolConnection, TracedTransaction};
use sqlx::pool::PoolConnection;
use sqlx::{Database, MySql, Pool, Postgres, Sqlite, Transaction};

/// How much larger each traced type is than sqlx' own.
fn added<DB: Database>() -> [usize; 4] {
    [
        size_of::<TracedPool<DB>>() - size_of::<Pool<DB>>(),
        size_of::<TracedPoolConnection<DB>>() - size_of::<PoolConnection<DB>>(),
        size_of::<TracedTransaction<'_, DB>>() - size_of::<Transaction<'_, DB>>(),
        size_of::<TracedConn<&mut DB::Connection>>() - size_of::<&mut DB::Connection>(),
    ]
}

#[test]
fn what_tracing_adds() {
    let pointer = size_of::<usize>();
    let all = [added::<Sqlite>(), added::<MySql>(), added::<Postgres>()];
    if tracer_core::ENABLED {
        // A pool has its settings, one pointer; the others know of a transaction too.
        assert!(all.iter().all(|added| added[0] == pointer), "{all:?}");
        assert!(all.iter().flatten().all(|added| *added <= 16 * pointer), "{all:?}");
    } else {
        assert_eq!(all, [[0; 4]; 3]);
    }
}

#[test]
fn settings_take_no_room() {
    let tracing = SqlxTracing::new().with_error_messages().with_filter(|_| true);
    let expected = if tracer_core::ENABLED { size_of::<usize>() } else { 0 };
    assert_eq!(size_of_val(&tracing), expected);
    assert_eq!(format!("{tracing:?}").contains("endpoint"), tracer_core::ENABLED);
}
