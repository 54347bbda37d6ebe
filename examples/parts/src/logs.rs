//! Lines of the log, which are logs of the spans, too.

use std::io::{self, IsTerminal};

use contrib_tracing::{TraceLayer, WithTraceIds};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::{self, time::SystemTime};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Lines on standard error, each with the ids of the span that it was written in. The spans get
/// them too, as logs. There are no lines of the libraries that are to be `quiet`.
pub fn to_stderr(quiet: &[&'static str]) {
    let plain = std::env::var_os("NO_COLOR").is_some() || !io::stderr().is_terminal();
    let targets = Targets::new().with_default(LevelFilter::INFO);
    let targets = targets.with_targets(quiet.iter().map(|library| (*library, LevelFilter::OFF)));
    let lines = fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(!plain)
        .with_timer(WithTraceIds::new(SystemTime))
        .with_filter(targets);
    // Somebody who has set one up already has other ideas of lines.
    let _ = tracing_subscriber::registry().with(lines).with(TraceLayer::new()).try_init();
}
