//! What is wrong, and that each option repairs its part of it: by the shape of the traces.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::num::NonZeroUsize;

use example_parts::traces::Trace;
use hotrod::Fixes;
use hotrod::findings::Findings;
use support::{Running, events};
use tracer_core::{ENABLED, FinishedSpan};

const RIDES: usize = 4;

async fn rush(fixes: Fixes) -> Vec<Trace> {
    let mut running = Running::start_slow(fixes).await;
    let rides = running.rides(RIDES).await;
    running.hotrod.stop().await;
    rides
}

/// The numbers that are told with `waiting for the lock`.
fn ahead(rides: &[Trace]) -> Vec<String> {
    let logs = rides.iter().flat_map(|ride| &ride.spans).flat_map(|span| &span.logs);
    let fields = logs.flat_map(|(_, fields)| fields);
    let mut ahead: Vec<_> =
        fields.filter(|field| field.key == "ahead").map(|field| field.value.to_string()).collect();
    ahead.sort();
    ahead
}

#[tokio::test]
async fn nothing_is_repaired() {
    if !ENABLED {
        return;
    }
    let rides = rush(Fixes::default()).await;
    let found = Findings::of(&rides);
    assert_eq!((found.accounts_at_once, found.redis_at_once, found.routes_at_once), (1, 1, 3));
    assert!(found.redis_commands > 11, "{found:?}");
    // Every seventh of some fifty, but for those that are asked again.
    assert!((3..=7).contains(&found.redis_failures), "{found:?}");
    // All but the first one had somebody in front of them, and the log says how many.
    assert_eq!(ahead(&rides), ["1", "2", "3"]);
    let spans = || rides.iter().flat_map(|ride| &ride.spans);
    let got_it = events(spans(), "load customer");
    assert_eq!(got_it.iter().filter(|event| *event == "has the lock").count(), 3);
    let failed: Vec<&FinishedSpan> =
        spans().filter(|span| span.tag("error.type").is_some()).collect();
    assert_eq!(failed.len(), found.redis_failures, "nothing else fails");
}

#[tokio::test]
async fn without_the_lock() {
    if !ENABLED {
        return;
    }
    let rides = rush(Fixes { fix_lock: true, ..Fixes::default() }).await;
    let found = Findings::of(&rides);
    assert!(found.accounts_at_once > 1, "{found:?}");
    assert_eq!(ahead(&rides), [""; 0]);
    // The others are as they were.
    assert_eq!((found.redis_at_once, found.routes_at_once), (1, 3));
}

#[tokio::test]
async fn all_drivers_at_once() {
    if !ENABLED {
        return;
    }
    let rides = rush(Fixes { fix_redis: true, ..Fixes::default() }).await;
    let found = Findings::of(&rides);
    // Two that are answered, and what is asked again.
    assert!((2..=3).contains(&found.redis_commands), "{found:?}");
    assert_eq!(found.redis_failures, 1, "every seventh of nine: {found:?}");
    assert_eq!((found.accounts_at_once, found.routes_at_once), (1, 3));
}

#[tokio::test]
async fn more_workers() {
    if !ENABLED {
        return;
    }
    let workers = NonZeroUsize::new(5).unwrap();
    let found = Findings::of(&rush(Fixes { workers, ..Fixes::default() }).await);
    assert_eq!((found.accounts_at_once, found.redis_at_once, found.routes_at_once), (1, 1, 5));
}

#[tokio::test]
async fn what_is_not_repaired_is_told() {
    let (broken, repaired) = (
        Findings {
            accounts_at_once: 1,
            redis_commands: 12,
            redis_at_once: 1,
            redis_failures: 1,
            routes_at_once: 3,
        },
        Findings {
            accounts_at_once: 4,
            redis_commands: 2,
            redis_at_once: 1,
            redis_failures: 0,
            routes_at_once: 40,
        },
    );
    assert_eq!(broken.not_repaired(&repaired), [""; 0]);
    let lies = [
        "without the lock accounts overlap",
        "Redis has less to do, repaired",
        "many workers ask for more routes",
    ];
    assert_eq!(broken.not_repaired(&broken), lies);
    assert_eq!(repaired.not_repaired(&repaired).len(), 3);
    assert_eq!(repaired.not_repaired(&repaired)[0], "the lock is around the accounts");
}
