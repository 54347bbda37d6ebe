//! Callers leave, or send nonsense.

use std::time::Duration;

use anyhow::{Result, ensure};
use futures_util::future::BoxFuture;

use crate::drill::{Drill, Expected, Scene};
use crate::field::{ChainField, answer};

pub(super) const DRILLS: &[Drill] = &[
    Drill {
        name: "client-leaves-early",
        question: "The customer closes the browser. Does anybody still work on the order?",
        broken: "server2 hangs, and the caller leaves after 800 ms.",
        faults: &["server2.http=hang"],
        scene: Scene::Chain(leave_early),
        expected: Expected {
            caller: "no answer in time",
            errors: &["server1 POST /orders", "server2 POST /orders"],
            services: &["server1", "server2"],
            logs: &["cancelled"],
            ..Expected::ORDER
        },
        look: "All bars end when the caller left: the servers' spans say `cancelled`, which is an error \
               of theirs, and server1's own call is cut off, which is none of server2's.",
        production: "Many spans with `error.type=cancelled` mean impatient callers. Compare their \
                     length with the caller's timeout: they are the same.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "client-leaves-mid-body",
        question: "The status was sent, the body was not. What does the trace say?",
        broken: "server1's body is slow, and the caller leaves after the head.",
        faults: &["server1.http=slow-body:400msx1"],
        scene: Scene::Chain(leave_after_the_head),
        expected: Expected {
            caller: "201 Created, and left",
            errors: &["server1 POST /orders"],
            ..Expected::ORDER
        },
        look: "The first span has the status 201 and is an error, `cancelled`: nobody was there to read \
               the answer. All below it is done and fine.",
        production: "Downloads that are given up look like this. The status code alone counts them as \
                     good.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "hostile-headers",
        question: "Can a stranger break my traces by his headers?",
        broken: "The caller sends contexts and baggage that make no sense.",
        scene: Scene::Chain(nonsense),
        expected: Expected::ORDER,
        look: "Nothing special, which is the point: a new trace begins at server1, and the order is \
               placed. What was malformed is counted (`malformed_contexts` in GET /tracing/books).",
        production: "At the edge, believe nobody: `with_trust(Trust::Link)` begins a trace of your own \
                     and keeps a link to theirs.",
        ..Drill::ORDINARY
    },
];

fn leave_early(field: &ChainField) -> BoxFuture<'_, Result<String>> {
    Box::pin(answer(field.order("lamp").timeout(Duration::from_millis(800))))
}

fn leave_after_the_head(field: &ChainField) -> BoxFuture<'_, Result<String>> {
    Box::pin(async {
        let response = field.order("lamp").send().await?;
        Ok(format!("{}, and left", response.status()))
    })
}

fn nonsense(field: &ChainField) -> BoxFuture<'_, Result<String>> {
    Box::pin(async {
        let request = field
            .order("lamp")
            .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-zzzzzzzzzzzzzzzz-01")
            .header("traceparent", "ff-!")
            .header("tracestate", ", , ,,")
            .header("uber-trace-id", "%")
            .header("baggage", "=,;;=,%zz=%zz,a");
        let answer = answer(request).await?;
        let counted = field.tracers.server1.books().malformed_contexts;
        ensure!(!tracer_core::ENABLED || counted > 0, "what is malformed is not counted");
        Ok(answer)
    })
}
