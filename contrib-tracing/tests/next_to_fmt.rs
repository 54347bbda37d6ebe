//! Next to `fmt`, which holds its lock on a span while it formats what is recorded there. Spans
//! that are started meanwhile do not ask for it.

mod support;

use std::fmt;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use contrib_tracing::TraceLayer;
use support::Lines;
use testing::{Recorded, named};
use tracer_core::ENABLED;
use tracing::field::{Empty, debug};
use tracing::{info, info_span};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

struct Starts;

impl fmt::Debug for Starts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No event: that would be for `fmt` to write, and it would wait for itself.
        drop(info_span!("started").entered());
        drop(info_span!(parent: None, "elsewhere"));
        f.write_str("starts")
    }
}

#[test]
fn a_value_that_starts_spans_while_it_is_formatted() {
    if !ENABLED {
        return;
    }
    let (recorded, lines) = (Recorded::new(), Lines::default());
    tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_ansi(false).with_writer(lines.clone()))
        .with(TraceLayer::new().with_tracer(recorded.tracer.clone()))
        .init();
    let (done, waiting) = channel();
    thread::spawn(move || {
        info_span!("span", value = Empty).in_scope(|| {
            tracing::Span::current().record("value", debug(Starts));
            info!("event");
        });
        done.send(()).unwrap();
    });
    assert!(waiting.recv_timeout(Duration::from_secs(10)).is_ok(), "it hangs");
    let spans = recorded.spans();
    // Once for each who looks at the value.
    let expected = "span\n  started\n  started\nelsewhere\nelsewhere\n";
    assert_eq!(testing::tree(&spans), expected);
    assert_eq!(testing::tag(named(&spans, "span"), "value"), "starts");
    assert!(lines.text().contains("span{value=starts}"), "{}", lines.text());
}
