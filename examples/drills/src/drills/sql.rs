//! The database breaks.

use std::io::Write;

use anyhow::Result;
use futures_util::future::BoxFuture;

use super::plays::order;
use crate::drill::{Drill, Expected, Scene, Setup};
use crate::field::{ChainField, Kind, answer};

/// From the statement up to the caller.
const UP: &str = "502 Bad Gateway: the book of orders is out of reach";

pub(super) const DRILLS: &[Drill] = &[
    Drill {
        name: "sql-slow",
        question: "Which statement is the slow one?",
        broken: "The first statement of the transaction waits for 300 ms.",
        faults: &["server3.sql=latency:300ms"],
        scene: Scene::Chain(order),
        expected: Expected { shows: &["SELECT chain_items"], ..Expected::ORDER },
        look: "Down the longest bars: POST, Place, `store order`, `transaction`, and there one \
               SELECT that takes nearly all of it. The other statements are as short as ever.",
        production: "The name is the statement's summary, the same for all values: sort by it, and \
                     mark slow ones with `with_slow_mark`.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "sql-error",
        question: "A statement fails. Is what came before it kept?",
        broken: "A statement of the transaction names a table that is not there.",
        faults: &["server3.sql=error"],
        scene: Scene::Chain(order),
        expected: Expected {
            caller: UP,
            errors: &[
                "server1 POST",
                "server1 POST /orders",
                "server2 POST /orders",
                "server2 orders.v1.Orders/Place",
                "server3 INSERT chain_lost",
                "server3 orders.v1.Orders/Place",
                "server3 store order",
            ],
            logs: &["rollback"],
            ..Expected::ORDER
        },
        look: "The lowest error is the cause: the INSERT, with the database's code. Each error above \
               it is only passed on. The log of `transaction` says rollback: nothing was kept.",
        production: "Alert on the first service, look at the last one. Group errors by the span that \
                     has no failed child.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "sql-unique",
        question: "Who tries to write the same row twice?",
        broken: "A statement of the transaction inserts what is there already.",
        faults: &["server3.sql=unique"],
        scene: Scene::Chain(order),
        expected: Expected {
            caller: UP,
            errors: &[
                "server1 POST",
                "server1 POST /orders",
                "server2 POST /orders",
                "server2 orders.v1.Orders/Place",
                "server3 INSERT chain_items",
                "server3 orders.v1.Orders/Place",
                "server3 store order",
            ],
            logs: &["rollback"],
            ..Expected::ORDER
        },
        look: "As with any statement that fails, but by the code: 1555 in SQLite, 1062 in MySQL, \
               23505 in PostgreSQL. The value is not in the trace: it may be somebody's.",
        production: "A key that is there is often a request that came twice. Look for a second trace \
                     of the same customer, which is a tag of each service's span here.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "sql-deadlock",
        question: "Two orders wait for each other. What does the loser's trace show?",
        broken: "Somebody else has what our transaction wants, and wants what it has.",
        faults: &["server3.sql=deadlock"],
        setup: Setup { in_a_file: true, ..Setup::ORDINARY },
        scene: Scene::Chain(order),
        expected: Expected {
            caller: UP,
            errors: &[
                "server1 POST",
                "server1 POST /orders",
                "server2 POST /orders",
                "server2 orders.v1.Orders/Place",
                "server3 UPDATE chain_items",
                "server3 orders.v1.Orders/Place",
                "server3 store order",
            ],
            logs: &["rollback"],
            ..Expected::ORDER
        },
        look: "The UPDATE fails, by the code of a deadlock (1213 in MySQL; SQLite says that it is \
               locked), and the transaction is taken back. In the gap in front of it the other one has \
               come to wait for what ours has.",
        production: "Take locks in the same order everywhere, and try a transaction again that has \
                     lost: this error says that once more is likely to work.",
    },
    Drill {
        name: "pool-exhausted",
        question: "The database is fast, and orders are slow. Who waits for what?",
        broken: "All connections of the pool are taken for 400 ms.",
        faults: &["server3.sql=exhausted:400ms"],
        scene: Scene::Chain(order),
        expected: Expected { logs: &["connection"], ..Expected::ORDER },
        look: "BEGIN takes nearly all of it, and the statements behind it are short. Its log says when \
               the connection came: what was slow is the wait for it.",
        production: "A pool that is too small, or connections that are kept while something else is \
                     done. The traces of those who have them at that time tell which.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "sql-down",
        question: "The database is gone. How far does the error climb?",
        broken: "The file with the orders is overwritten with garbage; a real server is stopped.",
        setup: Setup { in_a_file: true, stops_real: Some(Kind::Mariadb), ..Setup::ORDINARY },
        scene: Scene::Chain(gone),
        expected: Expected {
            caller: UP,
            errors: &[
                "server1 POST",
                "server1 POST /orders",
                "server2 POST /orders",
                "server2 orders.v1.Orders/Place",
                "server3 SELECT chain_items",
                "server3 orders.v1.Orders/Place",
                "server3 store order",
            ],
            ..Expected::ORDER
        },
        look: "The very first statement fails, so that there is no transaction at all, and each span \
               above it is an error: nobody can do without the book of orders. The caller is told no \
               more than that; the code is in the trace.",
        production: "An error that climbs to the top is an outage. Decide which requests may go on \
                     without the database (reading from the cache, for example).",
        ..Drill::ORDINARY
    },
];

fn gone(field: &ChainField) -> BoxFuture<'_, Result<String>> {
    Box::pin(async {
        match &field.file {
            Some(file) => {
                let mut file = std::fs::OpenOptions::new().write(true).open(file.path())?;
                let garbage = vec![b'?'; usize::try_from(file.metadata()?.len())?];
                file.write_all(&garbage)?;
            }
            None => field.server.stop().await?,
        }
        answer(field.order("lamp")).await
    })
}
