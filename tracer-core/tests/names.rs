//! Static names travel as numbers: every one comes back as itself.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]

mod common;

use std::collections::HashMap;

use common::{Counting, settled, take, traced, tracer_with};

/// As many as a large program has, and more than any cache of them.
fn leaked(count: usize) -> Vec<&'static str> {
    (0..count).map(|nth| &*Box::leak(format!("name {nth}").into_boxed_str())).collect()
}

#[test]
fn many_distinct_names_on_many_threads() {
    let (tracer, memory) = traced();
    let names = leaked(2_000);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (tracer, names) = (&tracer, &names);
            scope.spawn(move || {
                let _outer = tracer.scope("outer");
                for nth in 0..names.len() {
                    // Each thread in an order of its own, each name twice in a row.
                    let name = names[(nth * [1, 3, 7, 11][thread]) % names.len()];
                    tracer.scope(name).finish();
                    tracer.scope(name).finish();
                }
            });
        }
    });
    let mut counts = HashMap::new();
    for span in take(&tracer, &memory) {
        *counts.entry(span.name).or_insert(0) += 1;
    }
    assert_eq!(counts.remove("outer"), Some(4));
    assert_eq!(counts.len(), names.len());
    assert!(names.iter().all(|name| counts[*name] == 8));
}

#[test]
fn names_that_share_an_address() {
    static TEXT: &str = "abcdefghijklmnop";
    let (tracer, memory) = traced();
    let _root = tracer.scope("root");
    let slices: Vec<&'static str> =
        (0..=16).flat_map(|from| (from..=16).map(move |to| &TEXT[from..to])).collect();
    for _ in 0..2 {
        slices.iter().for_each(|name| tracer.scope(name).finish());
    }
    let spans = take(&tracer, &memory);
    let mut seen: Vec<_> = spans.iter().map(|span| span.name.as_str()).collect();
    let mut expected: Vec<_> = slices.iter().chain(&slices).copied().collect();
    // A name that is new goes with those of the other list where its number was not to be had.
    seen.sort_unstable();
    expected.sort_unstable();
    assert_eq!(seen, expected);
}

#[test]
fn equal_names_at_different_addresses() {
    let (tracer, memory) = traced();
    let _root = tracer.scope("root");
    for _ in 0..300 {
        let name: &'static str = Box::leak("the same".to_owned().into_boxed_str());
        tracer.scope(name).finish();
        let scope = tracer.scope(name);
        scope.set_tag("k", 1);
    }
    let spans = take(&tracer, &memory);
    assert_eq!(spans.len(), 600);
    assert!(spans.iter().all(|span| span.name == "the same"));
}

#[test]
fn all_forms_of_a_name() {
    let (tracer, memory) = traced();
    tracer.span("static").start().finish();
    tracer.span(String::from("owned")).start().finish();
    tracer.span(std::borrow::Cow::Borrowed("cow")).start().finish();
    tracer.span("имя с пробелами\n").start().finish();
    tracer.span("").start().finish();
    let spans = take(&tracer, &memory);
    let mut names: Vec<_> = spans.iter().map(|span| span.name.as_str()).collect();
    // Those with static names and the others are two lists.
    names.sort_unstable();
    assert_eq!(names, ["", "cow", "owned", "static", "имя с пробелами\n"]);
    let counting = Counting::new();
    let tracer = tracer_with(counting.clone(), common::lazy());
    (0..10_000).for_each(|nth| tracer.span(format!("n{nth}")).start().finish());
    assert_eq!(settled(&tracer).reported, counting.seen());
}
