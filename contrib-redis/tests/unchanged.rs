//! A user's program stays as it is: the same file is built with redis' connections and with traced
//! ones, and both say the same.
#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(clippy::duplicate_mod, reason = "the same program twice is the test")]

mod support;

use contrib_redis::TraceExt;
use support::{client, unique};
use testing::{Recorded, tree};
use tracer_core::SpanKind;

#[path = "."]
mod plain {
    pub(crate) type Connection = redis::aio::MultiplexedConnection;
    pub(crate) type Blocking = redis::Connection;

    #[path = "shop/mod.rs"]
    pub(crate) mod shop;
}

#[path = "."]
mod traced {
    use contrib_redis::TracedConnection;

    pub(crate) type Connection = TracedConnection<redis::aio::MultiplexedConnection>;
    pub(crate) type Blocking = TracedConnection<redis::Connection>;

    #[path = "shop/mod.rs"]
    pub(crate) mod shop;
}

#[tokio::test]
async fn asynchronous() {
    let recorded = Recorded::new();
    let connection = client().get_multiplexed_async_connection().await.unwrap();
    let plain = plain::shop::Shop::new(connection, &unique("plain")).open().await.unwrap();
    assert!(recorded.spans().is_empty());

    let connection = client().get_multiplexed_async_connection().await.unwrap();
    let connection = connection.traced(support::tracing(&recorded.tracer));
    let traced = traced::shop::Shop::new(connection, &unique("traced")).open().await.unwrap();
    assert_eq!(traced, plain);
    assert_eq!(plain.len(), 8, "it has done all it can");
    expect(&recorded, 25);
}

#[test]
fn blocking() {
    let recorded = Recorded::new();
    let connection = client().get_connection().unwrap();
    let plain = plain::shop::open_blocking(connection, &unique("plain")).unwrap();
    assert!(recorded.spans().is_empty());

    let connection = client().get_connection().unwrap();
    let connection = connection.traced(support::tracing(&recorded.tracer));
    let traced = traced::shop::open_blocking(connection, &unique("traced")).unwrap();
    assert_eq!(traced, plain);
    assert_eq!(plain.len(), 8, "it has done all it can");
    expect(&recorded, 12);
}

/// So many spans: the script has been loaded by then.
fn expect(recorded: &Recorded, count: usize) {
    let spans = recorded.spans();
    if tracer_core::ENABLED {
        assert_eq!(spans.len(), count, "{}", tree(&spans));
        assert!(spans.iter().all(|span| span.kind == SpanKind::Client));
    } else {
        assert!(spans.is_empty());
    }
}
