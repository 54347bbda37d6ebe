//! Nothing is broken: what traces look like.

use anyhow::Result;
use futures_util::future::{BoxFuture, join_all};

use super::plays::{order, steps};
use crate::drill::{Drill, Expected, Scene, Setup};
use crate::field::{ChainField, answer};

const ORDINARY: Drill = Drill {
    name: "",
    question: "",
    broken: "Nothing is broken.",
    faults: &[],
    setup: Setup::ORDINARY,
    scene: Scene::Chain(order),
    expected: Expected::ORDER,
    look: "",
    production: "",
};

pub(super) const DRILLS: &[Drill] = &[
    Drill {
        name: "happy-path",
        question: "What does a trace look like when all is well?",
        expected: Expected {
            shows: &["price", "store order", "transaction", "COMMIT", "confirm order"],
            logs: &[" stored", " confirmed", "commit"],
            ..Expected::ORDER
        },
        look: "Read it from the top: each line is a piece of work, indented below the work that \
               asked for it. A (client) and the (server) below it are the two ends of one arrow, \
               and the difference between their bars is the network. server1 and server2 appear \
               twice: at the top, and at the bottom where the callbacks come back.",
        production: "Keep one good trace of each important request at hand: what is missing in a \
                     bad one is easier to see beside it.",
        ..ORDINARY
    },
    Drill {
        name: "cache-miss",
        question: "How do I tell a cache hit from a miss?",
        broken: "Nothing is broken: the same thing is asked for twice.",
        scene: Scene::Chain(twice),
        expected: Expected {
            caller: "200 OK, 200 OK",
            traces: 2,
            shows: &["GET", "SETEX", "SELECT chain_steps"],
            ..Expected::ORDER
        },
        look: "In the first trace the GET is followed by a SELECT and a SETEX: what the cache had \
               not was read from the database, and kept. The second ends at the GET.",
        production: "Count spans of SELECT per span of GET: the share of misses, without a counter \
                     in the code.",
        ..ORDINARY
    },
    Drill {
        name: "cache-stampede",
        question: "The cache has expired and everybody asks at once. What happens to the database?",
        broken: "Nothing is kept in the cache yet, Redis is a little slow, and five callers ask for the \
                 same order at once.",
        faults: &["server3.redis=latency:400ms"],
        scene: Scene::Chain(stampede),
        expected: Expected {
            caller: "200 OK, 200 OK, 200 OK, 200 OK, 200 OK",
            traces: 5,
            shows: &["SELECT chain_steps", "SETEX"],
            spans: Some(45),
            ..Expected::ORDER
        },
        look: "Five traces with the same SELECT, and five SETEX of the same value: each of them asked \
               before any of them had an answer to keep.",
        production: "Let one caller read and the others wait for it (single flight), or renew what \
                     is about to expire before it does, at random times.",
        ..ORDINARY
    },
    Drill {
        name: "stream",
        question: "What is a stream in a trace: one span, or many?",
        scene: Scene::Chain(steps),
        expected: Expected {
            caller: "200 OK",
            shows: &["orders.v1.Orders/Watch"],
            ..Expected::ORDER
        },
        look: "One span at each end, from the call to the stream's last message: the bar of \
               `Watch` is as long as the stream lives.",
        production: "A stream that lives for hours is one span that ends after hours. Give pieces of \
                     it spans of their own if you want to see them before.",
        ..ORDINARY
    },
    Drill {
        name: "fan-out",
        question: "Are my calls really made side by side?",
        broken: "Nothing is broken: server1 asks for three orders at once.",
        scene: Scene::Chain(overview),
        expected: Expected { caller: "200 OK", ..Expected::ORDER },
        look: "Three siblings below one span, and their bars overlap: the whole takes as long as \
               the slowest, not as long as the sum. Bars that follow each other like stairs would be \
               a loop with an await in it.",
        production: "Look for stairs. They are the cheapest time to win back.",
        ..ORDINARY
    },
    Drill {
        name: "fire-and-forget",
        question: "What of work that nobody waits for?",
        broken: "Nothing is broken: the request is answered, and its task goes on.",
        scene: Scene::Chain(remind),
        expected: Expected {
            caller: "202 Accepted",
            outlive: &["reminder"],
            shows: &["reminder"],
            ..Expected::ORDER
        },
        look: "`reminder` begins below the request and ends long after it: its bar leaves its \
               parent's. The request caused it and did not wait for it: FollowsFrom, not ChildOf.",
        production: "A spawned task without a span of its own is a hole: its calls would have no \
                     parent. Give it one, by `follows_from` and `in_span`.",
        ..ORDINARY
    },
    Drill {
        name: "refusal",
        question: "Is a 404 an error?",
        broken: "Nothing is broken: somebody orders what nobody sells.",
        scene: Scene::Chain(unicorn),
        expected: Expected {
            caller: "404 Not Found: no such item",
            errors: &["server1 POST", "server2 orders.v1.Orders/Place"],
            ..Expected::ORDER
        },
        look: "The clients' spans are errors: they did not get what they asked for. The servers' \
               are not: to refuse is their work, and they did it.",
        production: "Alert on errors of servers. Errors of clients tell who asks for nonsense.",
        ..ORDINARY
    },
];

fn twice(field: &ChainField) -> BoxFuture<'_, Result<String>> {
    Box::pin(async {
        let order = field.placed().await?;
        let first = answer(field.steps(order)).await?;
        Ok(format!("{first}, {}", answer(field.steps(order)).await?))
    })
}

fn stampede(field: &ChainField) -> BoxFuture<'_, Result<String>> {
    Box::pin(async {
        let order = field.placed().await?;
        let answers = join_all((0..5).map(|_| answer(field.steps(order)))).await;
        Ok(answers.into_iter().collect::<Result<Vec<_>>>()?.join(", "))
    })
}

fn overview(field: &ChainField) -> BoxFuture<'_, Result<String>> {
    Box::pin(async {
        let [first, second, third] =
            [field.placed().await?, field.placed().await?, field.placed().await?];
        answer(field.get(&format!("/orders?ids={first},{second},{third}"))).await
    })
}

fn remind(field: &ChainField) -> BoxFuture<'_, Result<String>> {
    Box::pin(async {
        let order = field.placed().await?;
        answer(field.post(&format!("/orders/{order}/reminder"))).await
    })
}

fn unicorn(field: &ChainField) -> BoxFuture<'_, Result<String>> {
    Box::pin(answer(field.order("unicorn")))
}

impl Drill {
    /// An order on an ordinary day, of which each drill says what is different.
    pub(super) const ORDINARY: Self = ORDINARY;
}
