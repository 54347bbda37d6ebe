//! Tracing itself is off, or broken.

use anyhow::Result;
use chain::wire::{CUSTOMER, Receipt};
use example_parts::faults::FAULT;
use futures_util::future::BoxFuture;

use super::plays::order;
use crate::drill::{Drill, Expected, Scene, Setup};
use crate::field::{ChainField, answer};

pub(super) const DRILLS: &[Drill] = &[
    Drill {
        name: "sampled-out",
        question: "At a rate of 0 %, is anything recorded? Is anything handed on?",
        broken: "server1 samples no trace that begins there; the others would record all.",
        setup: Setup { is_sampled: false, ..Setup::ORDINARY },
        scene: Scene::Chain(order_and_who_saw_it),
        expected: Expected {
            caller: "201 Created, and five hops knew customer 7",
            traces: 0,
            services: &[],
            ..Expected::ORDER
        },
        look: "There is nothing to look at. The ids and the baggage went along all the same, with the \
               word that nobody is to record: no service begins a trace of its own in the middle.",
        production: "Rates, errors and durations need no samples: `contrib-metrics` counts the spans \
                     that are not recorded, too.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "switched-off",
        question: "Tracing is off in the middle service. Is the trace broken in two?",
        broken: "server2's tracing is switched off, as by PUT /tracing.",
        scene: Scene::Chain(middle_off),
        expected: Expected { services: &["server1", "server3"], ..Expected::ORDER },
        look: "One tree, without server2: server3's spans are below server1's. server2 handed on what \
               it was given, byte for byte, and the customer is known behind it.",
        production: "A service that is not traced has to hand headers on. Where it does not, the trace \
                     ends there and a new one begins.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "collector-down",
        question: "The collector is down. What does it cost the customer?",
        broken: "Nobody listens where spans are sent.",
        setup: Setup { has_collector: false, ..Setup::ORDINARY },
        scene: Scene::Chain(order),
        expected: Expected::ORDER,
        look: "The order is as fast as ever, and the picture is complete: it was drawn from what was \
               kept in memory. For the collector all of it is lost, and each span is counted as \
               `export_failed` in the books.",
        production: "Watch the books (GET /tracing/books): lost spans are counted by reason. Memory is \
                     bounded, 6 MiB by default, however long the collector is down.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "fault-for-one",
        question: "Can I break one request in production, and no other?",
        broken: "One of two orders carries `fault=server3.sql:error` in its baggage.",
        scene: Scene::Chain(one_of_two),
        expected: Expected {
            caller: "201 Created, 502 Bad Gateway",
            traces: 2,
            errors: &[
                "server1 POST",
                "server1 POST /orders",
                "server2 POST /orders",
                "server2 orders.v1.Orders/Place",
                "server3 INSERT chain_lost",
                "server3 orders.v1.Orders/Place",
                "server3 store order",
            ],
            logs: &["fault injected: server3.sql=error"],
            ..Expected::ORDER
        },
        look: "Two traces: the first one is fine, the second fails in server3. Nobody told server3 but \
               the baggage, which went through two services that do not read it.",
        production: "That is how one rehearses in production: for marked requests only, and where the \
                     service was started with faults allowed. At the edge, drop such items from \
                     strangers.",
        ..Drill::ORDINARY
    },
];

fn order_and_who_saw_it(field: &ChainField) -> BoxFuture<'_, Result<String>> {
    Box::pin(async {
        let response = field.order("lamp").send().await?;
        let status = response.status();
        let seen = response.json::<Receipt>().await?.seen;
        // Compiled out, nobody hands anything on.
        let knew = seen.iter().filter(|seen| seen.customer == "7" || !tracer_core::ENABLED).count();
        let knew = if knew == 5 { "five".to_owned() } else { knew.to_string() };
        Ok(format!("{status}, and {knew} hops knew customer 7"))
    })
}

fn middle_off(field: &ChainField) -> BoxFuture<'_, Result<String>> {
    Box::pin(async {
        field.tracers.server2.set_enabled(false);
        answer(field.order("lamp")).await
    })
}

fn one_of_two(field: &ChainField) -> BoxFuture<'_, Result<String>> {
    Box::pin(async {
        let first = answer(field.order("lamp")).await?;
        let item = format!("{CUSTOMER}=7,{FAULT}=server3.sql:error");
        let marked = field.client.post(format!("http://{}/orders", field.chain.addresses.server1));
        let marked = marked.header("baggage", item).form(&[("customer", "7"), ("item", "lamp")]);
        Ok(format!("{first}, {}", answer(marked).await?))
    })
}
