//! Pictures of traces, of odd ones above all.
#![cfg(not(any(feature = "off", all(feature = "release-off", not(debug_assertions)))))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use common::{take, traced};
use tracer_core::{FinishedSpan, Waterfall, WaterfallStyle};

fn lines(spans: &[FinishedSpan]) -> Vec<String> {
    let picture = Waterfall::new(spans, WaterfallStyle::Plain).to_string();
    picture.lines().map(str::to_owned).collect()
}

/// The column of names, without what is empty in it.
fn names(spans: &[FinishedSpan]) -> Vec<String> {
    let name = |line: &String| {
        line[2 + "test  ".len()..].split(" |").next().unwrap().trim_end().to_owned()
    };
    lines(spans)[1..].iter().map(name).collect()
}

#[test]
fn a_tree() {
    let (tracer, memory) = traced();
    let root = tracer.span("root").root().start();
    {
        let _entered = root.enter();
        let first = tracer.span("first").start();
        let below = tracer.span("below").child_of(&first).start();
        tracer.span("second").start().finish();
        below.finish();
        first.finish();
    }
    root.finish();
    let expected = ["root", "├─ first", "│  └─ below", "└─ second"];
    assert_eq!(names(&take(&tracer, &memory)), expected);
}

#[test]
fn as_deep_as_it_has_spans() {
    let (tracer, memory) = traced();
    let mut spans = vec![tracer.span("span").root().start()];
    for _ in 0..3_000 {
        let span = tracer.span("span").follows_from(spans.last().unwrap()).start();
        spans.push(span);
    }
    drop(spans);
    let spans = take(&tracer, &memory);
    assert_eq!(spans.len(), 3_001);
    // On far less stack than a level of it for each span.
    let small = std::thread::Builder::new().stack_size(128 << 10);
    let lines = small.spawn(move || lines(&spans)).unwrap().join().unwrap();
    assert_eq!(lines.len(), 3_002);
    let longest = lines.iter().map(String::len).max().unwrap();
    assert!(longest < 300, "{longest}");
}

#[test]
fn spans_that_are_their_own_ancestors_are_drawn_once() {
    let (tracer, memory) = traced();
    tracer.span("root").root().start().finish();
    let (one, two) = (tracer.span("one").root().start(), tracer.span("two").root().start());
    drop((one, two));
    let mut spans = take(&tracer, &memory);
    let id = |name: &str| spans.iter().find(|span| span.name == name).unwrap().span_id;
    let (one, two) = (id("one"), id("two"));
    for span in &mut spans {
        match &*span.name {
            "one" => span.parent_id = two,
            "two" => span.parent_id = one,
            _ => {}
        }
    }
    assert_eq!(names(&spans), ["root", "one", "└─ two"]);
}
