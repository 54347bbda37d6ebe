//! Tags, status and logs of a call's spans.

use tracer_core::{FinishedSpan, Status, semconv};

use super::expected::{Expected, Failure, Size};
use crate::store::case::Ran;
use crate::store::{Adapter, Call};
use crate::tag;

pub(super) fn check<A: Adapter>(ran: &mut Ran, adapter: &A, expected: &Expected) {
    let own: Vec<_> = ran.own().cloned().collect();
    for (nth, span) in own.iter().enumerate() {
        let system = tag(span, semconv::DB_SYSTEM_NAME);
        ran.expect(system == adapter.system(), |_| {
            format!("{:?}: {} is {system:?}", span.name, semconv::DB_SYSTEM_NAME)
        });
        failure(ran, span, expected.failure.as_ref().filter(|failure| failure.span == nth));
        batch(ran, span, expected.batch);
        left(ran, span, expected.left);
    }
    let others: Vec<_> = ran.spans.iter().filter(|span| span.kind != ran.kind).cloned().collect();
    for span in others {
        ran.expect(span.status == Status::Unset, |_| {
            format!("the status of {:?} is {:?}", span.name, span.status)
        });
    }
    let shows_rows = [Call::Ok, Call::Empty, Call::Streams, Call::LeavesEarly];
    if let [span] = &*own
        && shows_rows.contains(&ran.got.call)
    {
        let rows = adapter.rows(ran.got.call).map(|rows| rows.to_string()).unwrap_or_default();
        word(ran, span, semconv::DB_RESPONSE_RETURNED_ROWS, &rows);
    }
}

fn failure(ran: &mut Ran, span: &FinishedSpan, expected: Option<&Failure>) {
    let right = match expected {
        Some(_) => span.status.is_error(),
        None => span.status == Status::Unset,
    };
    ran.expect(right, |_| format!("the status of {:?} is {:?}", span.name, span.status));
    let code = expected.and_then(|failure| failure.code).unwrap_or_default();
    word(ran, span, semconv::DB_RESPONSE_STATUS_CODE, code);
    if expected.is_none() || !code.is_empty() {
        return word(ran, span, semconv::ERROR_TYPE, code);
    }
    let kind = tag(span, semconv::ERROR_TYPE);
    ran.expect(!kind.is_empty(), |_| format!("{:?} does not say what went wrong", span.name));
}

fn batch(ran: &mut Ran, span: &FinishedSpan, expected: Size) {
    match expected {
        Size::None => word(ran, span, semconv::DB_OPERATION_BATCH_SIZE, ""),
        Size::Is(size) => word(ran, span, semconv::DB_OPERATION_BATCH_SIZE, &size.to_string()),
        Size::Any => {}
    }
}

/// The logs that say how a caller left. There can be other ones.
fn left(ran: &mut Ran, span: &FinishedSpan, expected: Option<&str>) {
    let mut events = span.events();
    events.retain(|event| event == "cancelled" || event == "incomplete");
    ran.expect(events.iter().map(String::as_str).eq(expected), |_| {
        format!("{:?}: the logs are {events:?}, {expected:?} expected", span.name)
    });
}

/// The tag is this; empty stands for none.
fn word(ran: &mut Ran, span: &FinishedSpan, key: &str, expected: &str) {
    let value = tag(span, key);
    ran.expect(value == expected, |_| {
        format!("{:?}: {key} is {value:?}, {expected:?} expected", span.name)
    });
}
