//! server3 breaks.

use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::future::BoxFuture;

use super::plays::{order, steps};
use crate::drill::{Drill, Expected, Scene, Setup};
use crate::field::{ChainField, answer};

/// The caller's side of a call that fails, up to the customer.
const UP: &[&str] = &[
    "server1 POST",
    "server1 POST /orders",
    "server2 POST /orders",
    "server2 orders.v1.Orders/Place",
];

pub(super) const DRILLS: &[Drill] = &[
    Drill {
        name: "server3-down",
        question: "A service is down. What is left of the trace?",
        broken: "Nobody listens where server3 was.",
        faults: &["server2.server3=refused"],
        scene: Scene::Chain(order),
        expected: Expected {
            caller: "502 Bad Gateway",
            errors: UP,
            services: &["server1", "server2"],
            ..Expected::ORDER
        },
        look: "The lowest error is a client's span with nothing below it: the call never arrived. \
               UNAVAILABLE, within a millisecond.",
        production: "A client's span without the server's below it: down, unreachable, or not traced. \
                     Its length tells which: refused is short, unreachable is long.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "server3-killed",
        question: "A process is killed in the middle of a request. Who tells?",
        broken: "server3 runs as a process of its own, and is killed (SIGKILL) while it works.",
        setup: Setup { server3_apart: true, ..Setup::ORDINARY },
        scene: Scene::Chain(killed),
        expected: Expected {
            caller: "502 Bad Gateway",
            errors: UP,
            services: &["server1", "server2"],
            ..Expected::ORDER
        },
        look: "The same shape as with a service that is down, but the client's span is long: somebody \
               was there. What the killed process had not reported yet died with it.",
        production: "A killed process loses the spans that were open, and finished ones of the last \
                     second (OTEL_BSP_SCHEDULE_DELAY). The caller's span is what you have.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "grpc-deadline",
        question: "The deadline has passed. Does the callee know?",
        broken: "server3 takes 5 s, and server2 gives it 800 ms.",
        faults: &["server3.grpc=latency:5s"],
        setup: Setup { patience: Duration::from_millis(800), ..Setup::ORDINARY },
        scene: Scene::Chain(order),
        expected: Expected {
            caller: "502 Bad Gateway",
            errors: &[
                "server1 POST",
                "server1 POST /orders",
                "server2 POST /orders",
                "server2 orders.v1.Orders/Place",
                "server3 orders.v1.Orders/Place",
            ],
            outlive: &["orders.v1.Orders/Place"],
            ..Expected::ORDER
        },
        look: "Both ends of the call are errors, and end at the same time, after 800 ms: the caller \
               gave up, and the callee was stopped. tonic calls it CANCELLED, on both sides; other \
               clients, DEADLINE_EXCEEDED.",
        production: "Where the callee's bar is longer than the caller's, it works for nobody: hand \
                     deadlines on, and stop when they pass.",
    },
    Drill {
        name: "grpc-status",
        question: "HTTP says 200. Why is the span an error?",
        broken: "server3 answers RESOURCE_EXHAUSTED (8).",
        faults: &["server3.grpc=status:8"],
        scene: Scene::Chain(order),
        expected: Expected { caller: "502 Bad Gateway", errors: UP, ..Expected::ORDER },
        look: "gRPC's status is in its trailers, or as here in place of an answer, below HTTP's 200: the client's span has it, and is an \
               error. The server's span has it and is none: of 16 codes only six are a server's fault.",
        production: "Look at `rpc.response.status_code`, not at HTTP's. The list of what is whose fault \
                     is in OpenTelemetry's conventions for gRPC.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "stream-broken",
        question: "A stream breaks half-way. Who notices, and when?",
        broken: "server3's answer ends in the middle of a message.",
        faults: &["server3.grpc=truncate"],
        scene: Scene::Chain(steps),
        expected: Expected {
            caller: "502 Bad Gateway",
            errors: &[
                "server1 GET",
                "server1 GET /orders/{id}",
                "server2 GET /orders/{id}",
                "server2 orders.v1.Orders/Watch",
                "server3 orders.v1.Orders/Watch",
            ],
            ..Expected::ORDER
        },
        look: "`read order` was fine and the head was sent: the spans of the call end as errors where \
               the stream broke, on both sides, and not where it began.",
        production: "A server that only looks at its handler would call this a success. Here the body \
                     ends the span.",
        ..Drill::ORDINARY
    },
];

fn killed(field: &ChainField) -> BoxFuture<'_, Result<String>> {
    Box::pin(async {
        let apart = field.apart.as_ref().context("server3 is a process")?;
        let kill = async {
            apart.at_work().await?;
            apart.kill()
        };
        let (answered, killed) = tokio::join!(answer(field.order("lamp")), kill);
        killed?;
        answered
    })
}
