//! Compiled out, a traced connection is the connection and nothing more.

use std::any::type_name;

use contrib_redis::{Guard, RedisTracing, TracedConnection};
use redis::aio::{ConnectionManager, MultiplexedConnection};

/// What tracing adds to a connection: the settings it shares, or nothing.
const ADDED: usize = if tracer_core::ENABLED { size_of::<usize>() } else { 0 };

const _: () = {
    assert!(size_of::<RedisTracing>() == ADDED);
    assert!(
        size_of::<TracedConnection<ConnectionManager>>() == size_of::<ConnectionManager>() + ADDED
    );
    assert!(size_of::<Guard<&mut MultiplexedConnection>>() == size_of::<usize>());
};

/// How much larger, and how much more strictly aligned, `Traced<C>` is than `C`.
fn added<C>() -> (usize, usize) {
    let size = size_of::<TracedConnection<C>>() - size_of::<C>();
    (size, align_of::<TracedConnection<C>>() - align_of::<C>())
}

#[test]
fn of_every_kind_of_connection() {
    for (name, added) in [
        (type_name::<redis::Connection>(), added::<redis::Connection>()),
        (type_name::<MultiplexedConnection>(), added::<MultiplexedConnection>()),
        (type_name::<ConnectionManager>(), added::<ConnectionManager>()),
        (type_name::<&mut MultiplexedConnection>(), added::<&mut MultiplexedConnection>()),
    ] {
        assert_eq!(added, (ADDED, 0), "{name}");
    }
}

#[test]
fn settings_take_no_room() {
    let tracing = RedisTracing::new().with_query_text().with_filter(|_| true);
    assert_eq!(size_of_val(&tracing), ADDED);
    let said = format!("{tracing:?}");
    assert_eq!(said.contains("query_text: true"), tracer_core::ENABLED, "{said}");
}
