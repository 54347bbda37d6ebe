//! Runs a drill.

use std::time::Duration;

use anyhow::Result;
use tracer_core::{FinishedSpan, Waterfall, WaterfallStyle};

use crate::drill::{Drill, Scene};
use crate::field::{ChainField, LoginField, Servers, Watch};
use crate::tree::{short_name, shortened};
use crate::verdict;

/// How long the last spans may take on their way to the viewer.
const LAST: Duration = Duration::from_secs(5);

/// What came of a drill.
#[derive(Debug)]
pub struct Outcome {
    /// What the caller got.
    pub caller: String,
    /// What was recorded, by trace and in the order of the starts.
    pub traces: Vec<Vec<FinishedSpan>>,
    /// What is not as it has to be.
    pub wrong: Vec<String>,
}

impl Outcome {
    /// How many spans there are.
    #[must_use]
    pub fn spans(&self) -> usize {
        self.traces.iter().map(Vec::len).sum()
    }

    /// The services that have some.
    #[must_use]
    pub fn services(&self) -> usize {
        let services = self.traces.iter().flatten().map(FinishedSpan::service);
        services.collect::<std::collections::BTreeSet<_>>().len()
    }

    /// The first error below which there is none.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        self.traces.iter().find_map(|trace| {
            let failed = || trace.iter().filter(|span| span.status.is_error());
            let is_passed_on = |span: &FinishedSpan| {
                failed().any(|other| above(trace, other).any(|up| up.span_id == span.span_id))
            };
            failed().find(|span| !is_passed_on(span)).map(place)
        })
    }

    /// Where errors are marked, in the order in which the spans began: service and span.
    #[must_use]
    pub fn errors_at(&self) -> Vec<String> {
        let failed = self.traces.iter().flatten().filter(|span| span.status.is_error());
        failed.map(place).collect()
    }

    /// Its pictures, one for each trace.
    #[must_use]
    pub fn waterfalls(&self, style: WaterfallStyle) -> String {
        let draw = |trace: &Vec<FinishedSpan>| Waterfall::new(&shortened(trace), style).to_string();
        self.traces.iter().map(draw).collect::<Vec<_>>().join("\n")
    }
}

/// Its parent, that one's parent, and so on.
fn above<'a>(
    trace: &'a [FinishedSpan],
    span: &'a FinishedSpan,
) -> impl Iterator<Item = &'a FinishedSpan> {
    let parent = |span: &&'a FinishedSpan| {
        trace.iter().find(|other| span.parent_id.is_some() && other.span_id == span.parent_id)
    };
    std::iter::successors(parent(&span), parent)
}

/// Service and span.
fn place(span: &FinishedSpan) -> String {
    format!("{} {}", span.service(), short_name(span))
}

/// Runs it; spans go to this collector as well.
///
/// # Errors
/// When it can't be run. What is not as it has to be is no error, but told in the outcome.
pub async fn drill(drill: &Drill, servers: &Servers, collector: Option<&str>) -> Result<Outcome> {
    match drill.scene {
        Scene::Chain(play) => {
            let field = ChainField::start(servers, &drill.setup, drill.faults, collector).await?;
            let outcome = judged(drill, play(&field).await?, &field.watch).await;
            shut_down(&field.watch).await;
            field.chain.stop().await;
            outcome
        }
        Scene::Login(play) => {
            let field = LoginField::start(servers, &drill.setup, drill.faults, collector).await?;
            let outcome = judged(drill, play(&field).await?, &field.watch).await;
            field.login.stop().await;
            shut_down(&field.watch).await;
            outcome
        }
    }
}

async fn judged(drill: &Drill, caller: String, watch: &Watch) -> Result<Outcome> {
    let mut spans = watch.all().await?;
    spans.sort_by_key(|span| span.start);
    let wrong = verdict::wrong(drill, &caller, &spans, &watch.tracers);
    let mut traces: Vec<Vec<FinishedSpan>> = Vec::new();
    for span in spans {
        match traces.iter_mut().find(|trace| trace[0].trace_id == span.trace_id) {
            Some(trace) => trace.push(span),
            None => traces.push(vec![span]),
        }
    }
    Ok(Outcome { caller, traces, wrong })
}

/// What is left goes to the viewer. Off the runtime's threads.
async fn shut_down(watch: &Watch) {
    let tracers = watch.tracers.clone();
    let end = move || {
        for tracer in tracers {
            // A collector that is down is told of by the books.
            let _ = tracer.shutdown(LAST);
        }
    };
    let _ = tokio::task::spawn_blocking(end).await;
}
