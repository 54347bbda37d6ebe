//! What can be read off traces of rides.

use example_parts::traces::Trace;
use tracer_core::semconv::DB_SYSTEM_NAME;
use tracer_core::semconv::db::REDIS;
use tracer_core::{FinishedSpan, SpanKind, Status};

use crate::wire::BAGGAGE;

/// The four.
const SERVICES: [&str; 4] = ["frontend", "customer", "driver", "route"];

/// What of a ride, or of several at once, tells of its problems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings {
    /// Accounts that were looked through at the same time.
    pub accounts_at_once: usize,
    /// Commands to Redis, of the ride that had the most.
    pub redis_commands: usize,
    /// Of these at the same time, in one ride.
    pub redis_at_once: usize,
    /// Commands that failed, over all rides.
    pub redis_failures: usize,
    /// Routes that frontend asked for at the same time.
    pub routes_at_once: usize,
}

impl Findings {
    /// Of these rides.
    #[must_use]
    pub fn of(rides: &[Trace]) -> Self {
        let all = || rides.iter().flat_map(|ride| &ride.spans);
        let redis = |ride: &Trace| Vec::from_iter(ride.spans.iter().filter(is_redis).cloned());
        let redis: Vec<_> = rides.iter().map(redis).collect();
        Self {
            accounts_at_once: at_once(all().filter(|span| span.name == "check account")),
            redis_commands: redis.iter().map(Vec::len).max().unwrap_or_default(),
            redis_at_once: redis.iter().map(at_once).max().unwrap_or_default(),
            redis_failures: redis.iter().flatten().filter(|span| has_failed(span)).count(),
            routes_at_once: at_once(all().filter(is_call_of_route)),
        }
    }

    /// What is claimed of the repairs and is not so: `self` is without them, `repaired` with.
    #[must_use]
    pub fn not_repaired(&self, repaired: &Self) -> Vec<&'static str> {
        let claims = [
            (self.accounts_at_once == 1, "the lock is around the accounts"),
            (repaired.accounts_at_once > 1, "without the lock accounts overlap"),
            (self.redis_at_once == 1, "Redis is asked one question after another"),
            (repaired.redis_commands < self.redis_commands, "Redis has less to do, repaired"),
            (repaired.routes_at_once > self.routes_at_once, "many workers ask for more routes"),
        ];
        claims.into_iter().filter(|(holds, _)| !holds).map(|(_, claim)| claim).collect()
    }
}

/// What a ride goes through, and this trace has nothing of: a service, the baggage in each of them,
/// SQL, Redis, a command that failed, and the same once more.
#[must_use]
pub fn lacks(ride: &Trace) -> Vec<&'static str> {
    let mut missing = ride.lacks(&SERVICES);
    let has_baggage = |service: &&str| {
        let spans = ride.spans.iter().filter(|span| span.service() == *service);
        BAGGAGE.iter().all(|(_, tag)| spans.clone().any(|span| span.tag(tag).is_some()))
    };
    let redis: Vec<_> = ride.spans.iter().filter(is_redis).collect();
    let is_sql = |span: &FinishedSpan| span.tag(DB_SYSTEM_NAME).is_some() && !is_redis(&span);
    let failed = redis.iter().find(|span| has_failed(span));
    let again = failed.is_some_and(|failed| {
        let same = |span: &FinishedSpan| span.tag("db.query.text") == failed.tag("db.query.text");
        redis.iter().any(|span| span.start >= failed.end && same(span) && !has_failed(span))
    });
    for (is_there, what) in [
        (SERVICES.iter().all(has_baggage), "the baggage in every service"),
        (ride.spans.iter().any(is_sql), "SQL"),
        (!redis.is_empty(), "Redis"),
        (failed.is_some(), "a command to Redis that failed"),
        (again, "the same command once more"),
        (ride.spans.iter().any(|span| !span.logs.is_empty()), "lines of the log"),
    ] {
        if !is_there {
            missing.push(what);
        }
    }
    missing
}

/// How many of these spans there were at the same time, at most.
pub fn at_once<'a>(spans: impl IntoIterator<Item = &'a FinishedSpan>) -> usize {
    let spans: Vec<_> = spans.into_iter().collect();
    // Where there are the most, one has just begun.
    let during = |moment| spans.iter().filter(|s| s.start <= moment && moment < s.end).count();
    spans.iter().map(|span| during(span.start)).max().unwrap_or_default()
}

fn is_redis(span: &&FinishedSpan) -> bool {
    span.tag(DB_SYSTEM_NAME).is_some_and(|system| system.to_string() == REDIS)
}

fn has_failed(span: &FinishedSpan) -> bool {
    matches!(span.status, Status::Error(_))
}

fn is_call_of_route(span: &&FinishedSpan) -> bool {
    let path = span.tag("url.full").is_some_and(|url| url.to_string().contains("/route?"));
    span.kind == SpanKind::Client && span.service() == "frontend" && path
}
