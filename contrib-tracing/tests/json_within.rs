//! With a subscriber for the whole process, a value can log while it is written into a line.
#![cfg(feature = "json")]

mod support;

use std::fmt;

use contrib_tracing::JsonLines;
use serde_json::Value;
use support::Lines;
use tracing::info;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

struct Logs;

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("before, ")?;
        info!("within");
        f.write_str("after")
    }
}

#[test]
fn an_event_within_a_value_has_a_line_of_its_own() {
    let lines = Lines::default();
    let layer = JsonLines::new().layer().with_writer(lines.clone());
    tracing_subscriber::registry().with(layer).init();
    info!(value = ?Logs, "outer");
    info!("next");
    let lines: Vec<Value> =
        lines.lines().iter().map(|line| serde_json::from_str(line).expect(line)).collect();
    let messages: Vec<_> = lines.iter().map(|line| line["fields"]["message"].clone()).collect();
    assert_eq!(messages, ["within", "outer", "next"]);
    assert_eq!(lines[1]["fields"]["value"], "before, after");
}
