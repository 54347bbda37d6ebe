//! The lines of the log that are in a trace, as text.

use std::time::SystemTime;

use example_parts::traces::Trace;
use tracer_core::Tag;
use tracer_core::semconv::code::{LEVEL, TARGET};
use tracer_core::semconv::opentracing::EVENT;

/// The services' own lines, in their order: when, how bad, who, what. A viewer shows them with the
/// spans that they were written in.
pub(crate) fn lines(trace: &Trace) -> String {
    let start = trace.spans.iter().map(|span| span.start).min();
    let mut lines = Vec::new();
    for span in &trace.spans {
        let logs = span.logs.iter();
        lines.extend(logs.filter_map(|log| {
            let line = line(log, start?, span.service())?;
            Some((log.0, line))
        }));
    }
    lines.sort();
    lines.into_iter().map(|(_, line)| line + "\n").collect()
}

/// None for what an integration has logged: it names no level.
fn line(
    (time, fields): &(SystemTime, Vec<Tag>),
    start: SystemTime,
    service: &str,
) -> Option<String> {
    let field = |key| fields.iter().find(|field| field.key == key).map(|field| &field.value);
    let (level, event) = (field(LEVEL)?.to_string(), field(EVENT)?);
    let since = time.duration_since(start).unwrap_or_default().as_millis();
    let mut line = format!("{since:>5} ms  {level:<5} {service:<9} {event}");
    // Where in the code is not told.
    let own = |field: &&Tag| ![LEVEL, EVENT, TARGET].contains(&&*field.key);
    for Tag { key, value, .. } in fields.iter().filter(own).filter(|f| !f.key.contains('.')) {
        line.push_str(&format!(" {key}={value}"));
    }
    Some(line)
}
