//! Calls over HTTP break.

use super::plays::{order, steps};
use crate::drill::{Drill, Expected, Scene, Setup};

/// What server1 has of an order that goes no further.
const FIRST: &[&str] = &["server1 POST", "server1 POST /orders"];

pub(super) const DRILLS: &[Drill] = &[
    Drill {
        name: "dns",
        question: "A name can't be resolved. Whose error is it?",
        broken: "server1 asks for a host whose name nobody knows.",
        faults: &["server1.server2=dns"],
        scene: Scene::Chain(order),
        expected: Expected {
            caller: "502 Bad Gateway",
            errors: FIRST,
            services: &["server1"],
            ..Expected::ORDER
        },
        look: "The client's span is the lowest error, and no other service is in the trace. \
               `error.type` tells a name that is unknown from a port that is closed.",
        production: "Errors of this kind begin on one machine or on all at once. `server.address` and \
                     the resource's host tell which.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "reset",
        question: "The connection breaks. Was the order placed?",
        broken: "The connection to server2 is reset after the request was sent.",
        faults: &["server1.server2=reset"],
        scene: Scene::Chain(order),
        expected: Expected {
            caller: "502 Bad Gateway",
            errors: FIRST,
            services: &["server1"],
            ..Expected::ORDER
        },
        look: "As with a service that is down, but the request had left: only the absence of server2's \
               spans says that nobody worked on it.",
        production: "Without the other side's span nobody can tell. Make orders repeatable (a key of \
                     the caller's), and ask again.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "retry",
        question: "It worked in the end. At what price?",
        broken: "server2 answers 503 twice, and server1 asks up to three times again.",
        faults: &["server2.http=status:503x2"],
        setup: Setup { retries: 3, ..Setup::ORDINARY },
        scene: Scene::Chain(order),
        expected: Expected {
            errors: &[
                "server1 POST",
                "server1 POST",
                "server2 POST /orders",
                "server2 POST /orders",
            ],
            ..Expected::ORDER
        },
        look: "Three calls below one request: two errors and one that worked, with \
               `http.request.resend_count` 1 and 2. The gaps are the pauses. The request itself is no \
               error.",
        production: "Retries hide errors from customers, and from dashboards that only look at the \
                     first span. Count attempts per request.",
    },
    Drill {
        name: "retry-storm",
        question: "Everybody asks again. How much work is one request?",
        broken: "server3 answers UNAVAILABLE, and server1 and server2 both ask twice again.",
        faults: &["server3.grpc=status:14"],
        setup: Setup { retries: 2, ..Setup::ORDINARY },
        scene: Scene::Chain(steps),
        expected: Expected {
            caller: "502 Bad Gateway",
            errors: &[
                "server1 GET",
                "server1 GET",
                "server1 GET",
                "server1 GET /orders/{id}",
                "server2 GET /orders/{id}",
                "server2 GET /orders/{id}",
                "server2 GET /orders/{id}",
                "server2 orders.v1.Orders/Watch",
                "server2 orders.v1.Orders/Watch",
                "server2 orders.v1.Orders/Watch",
                "server2 orders.v1.Orders/Watch",
                "server2 orders.v1.Orders/Watch",
                "server2 orders.v1.Orders/Watch",
                "server2 orders.v1.Orders/Watch",
                "server2 orders.v1.Orders/Watch",
                "server2 orders.v1.Orders/Watch",
                "server3 orders.v1.Orders/Watch",
                "server3 orders.v1.Orders/Watch",
                "server3 orders.v1.Orders/Watch",
                "server3 orders.v1.Orders/Watch",
                "server3 orders.v1.Orders/Watch",
                "server3 orders.v1.Orders/Watch",
                "server3 orders.v1.Orders/Watch",
                "server3 orders.v1.Orders/Watch",
                "server3 orders.v1.Orders/Watch",
            ],
            ..Expected::ORDER
        },
        look: "One request, three calls, and three calls below each: nine for server3, which has said \
               that it can't. The tree shows what no log of one service does.",
        production: "Ask again at one place only, mostly the outermost; or give a request a budget that \
                     goes along, in the baggage for example.",
    },
    Drill {
        name: "panic",
        question: "A handler panics. Is the trace lost?",
        broken: "server2's handler panics.",
        faults: &["server2.http=panic"],
        scene: Scene::Chain(order),
        expected: Expected {
            caller: "502 Bad Gateway",
            errors: &["server1 POST", "server1 POST /orders", "server2 POST /orders"],
            services: &["server1", "server2"],
            logs: &["error"],
            ..Expected::ORDER
        },
        look: "server2's span is there and an error: it was ended by the panic, `error.type` and a log \
               say so. server1 only sees a connection that closes.",
        production: "The message is in the program's own log: it may hold anything, and is not in the \
                     trace. A layer that catches panics and answers 500 keeps the connection for others.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "callback-fails",
        question: "A part fails and the whole works. Where is that to be seen?",
        broken: "Nobody listens where server3 calls server2 back.",
        faults: &["server3.server2=refused"],
        scene: Scene::Chain(order),
        expected: Expected {
            errors: &["server3 POST"],
            logs: &["not confirmed"],
            ..Expected::ORDER
        },
        look: "One error, deep in the tree, and nothing above it: the order was placed, and is not \
               confirmed. `confirm order` is missing.",
        production: "Search for traces with an error anywhere, not only at the top: half-done work is \
                     found by them, or by nobody.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "body-truncated",
        question: "The status was 200, and the caller got half of it. Which span is the error?",
        broken: "server2's answer ends in the middle of its body.",
        faults: &["server2.http=truncatex1"],
        scene: Scene::Chain(order),
        expected: Expected {
            caller: "502 Bad Gateway",
            errors: &["server1 POST", "server1 POST /orders", "server2 POST /orders"],
            ..Expected::ORDER
        },
        look: "server2's span has the status 200 and is an error: its body broke. All below it is fine, \
               the order is placed and confirmed.",
        production: "What ends a span at the head would show 200 and no error here. Bodies count.",
        ..Drill::ORDINARY
    },
];
