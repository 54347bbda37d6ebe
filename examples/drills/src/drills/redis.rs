//! The cache breaks.

use anyhow::Result;
use futures_util::future::BoxFuture;

use super::plays::order;
use crate::drill::{Drill, Expected, Scene, Setup};
use crate::field::{ChainField, Kind, answer};

const THREE: &[&str] = &["server3 GET", "server3 MULTI", "server3 SETEX"];
const WITHOUT: Expected =
    Expected { errors: THREE, logs: &["cache failed: going on without it"], ..Expected::ORDER };

pub(super) const DRILLS: &[Drill] = &[
    Drill {
        name: "redis-down",
        question: "Redis is down. Does the customer notice?",
        broken: "Nobody listens where Redis was.",
        faults: &["server3.redis=refused"],
        scene: Scene::Chain(order),
        expected: WITHOUT,
        look: "Three spans are errors, each the command that failed, and nothing above them is: \
               `store order` has done its work without the cache, and says so in a log.",
        production: "A dependency that you can do without shows as errors that stop. If the error \
                     climbs up to the first span, you can't do without it.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "redis-restart",
        question: "Redis restarts. When are things as they were?",
        broken: "Redis is stopped after the first order, and started again after the second.",
        setup: Setup { stops: Some(Kind::Redis), ..Setup::ORDINARY },
        scene: Scene::Chain(restart),
        expected: Expected {
            caller: "201 Created, 201 Created, 201 Created",
            traces: 3,
            ..WITHOUT
        },
        look: "Three traces: one like any other, one with errors at each command, and one like any other \
               again: the client has connected anew by itself, between two orders.",
        production: "If errors go on after the restart, the client does not reconnect: look at its \
                     settings, and at how many connections the pool keeps.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "redis-timeout",
        question: "Redis does not answer. Why is the order slow and still good?",
        broken: "Each command is given up after 200 ms.",
        faults: &["server3.redis=timeout:200ms"],
        scene: Scene::Chain(order),
        expected: WITHOUT,
        look: "The same three errors as with Redis down, and three long bars: 200 ms each. The \
               order pays 600 ms for a cache that it does not need.",
        production: "Timeouts of a cache belong well below what it saves. After the first one, leave \
                     the cache alone for a while (circuit breaker).",
        ..Drill::ORDINARY
    },
    Drill {
        name: "redis-slow",
        question: "All is well, and everything takes longer. Where?",
        broken: "Each command to Redis takes 80 to 120 ms more.",
        faults: &["server3.redis=latency:80ms~40ms"],
        scene: Scene::Chain(order),
        expected: Expected { shows: &["GET", "SETEX", "MULTI"], ..Expected::ORDER },
        look: "No error anywhere. The longest bars that have nothing below them are where the time \
               is spent: GET, SETEX and MULTI. Whatever is above them is long because they are.",
        production: "Compare the same span's length with that of yesterday, by its name: percentiles \
                     of `db.client.operation.duration` find it before a customer does.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "redis-wrong-type",
        question: "Somebody else writes to our keys. What does it look like?",
        broken: "What is under the keys is of another type.",
        faults: &["server3.redis=wrong-type"],
        scene: Scene::Chain(order),
        expected: WITHOUT,
        look: "The commands fail at once, with Redis' own word: WRONGTYPE, in \
               `db.response.status_code`. A connection that breaks has no such code.",
        production: "Errors by code tell a broken network from a broken program. This one is a \
                     program: two of them share a key.",
        ..Drill::ORDINARY
    },
];

fn restart(field: &ChainField) -> BoxFuture<'_, Result<String>> {
    Box::pin(async {
        let first = answer(field.order("lamp")).await?;
        field.server.stop().await?;
        let second = answer(field.order("lamp")).await?;
        field.server.start_again().await?;
        // It is there, and its client has to find that out.
        field.reconnected().await?;
        Ok(format!("{first}, {second}, {}", answer(field.order("lamp")).await?))
    })
}
