//! What must not be in a span.

use std::fmt::Write;
use std::sync::Arc;

use tracer_core::{Array, FinishedSpan, Tag, Value};

use crate::store::case::{Bench, Case};
use crate::store::{Adapter, Call, SECRET};

pub(super) async fn check<A: Adapter>(adapter: &Arc<A>) -> Vec<String> {
    let mut complaints = Vec::new();
    for call in [Call::Writes, Call::Secrets] {
        if !adapter.supports(call) {
            continue;
        }
        let bench = Bench::new();
        let outer = bench.tracer.span("outer").start();
        let mut ran = bench.make(Case { outer, ..Case::new(adapter, "secrets", call) }).await;
        ran.expect_spans(&**adapter);
        for span in ran.spans.clone() {
            let text = text(&span);
            ran.expect(!is_told(&text), |_| format!("a secret is kept: {text}"));
        }
        complaints.append(&mut ran.complaints);
    }
    complaints
}

/// Half of a secret is too much: texts are cut. Names are folded by some stores.
fn is_told(text: &str) -> bool {
    let start = SECRET.get(..SECRET.len() / 2).unwrap_or(SECRET).to_ascii_lowercase();
    text.to_ascii_lowercase().contains(&start)
}

/// Everything that is exported of a span. Numbers in a row may be the bytes of a text.
fn text(span: &FinishedSpan) -> String {
    let mut text = format!("{span:?}");
    let logged = span.logs.iter().flat_map(|(_, fields)| fields);
    for Tag { value, .. } in span.tags.iter().chain(logged) {
        if let Value::Array(array) = value
            && let Array::I64(numbers) = &**array
        {
            let bytes: Vec<_> =
                numbers.iter().map(|byte| u8::try_from(*byte).unwrap_or(0)).collect();
            let _ = write!(text, " {}", String::from_utf8_lossy(&bytes));
        }
    }
    text
}
