//! What the spans of each call are to say.

use crate::store::{Adapter, BATCH, Call, Part};

/// What a call's spans are to say.
pub(super) struct Expected {
    /// What is wrong, and with which of the spans.
    pub(super) failure: Option<Failure>,
    /// The log that says how the caller left.
    pub(super) left: Option<&'static str>,
    /// `db.operation.batch.size`.
    pub(super) batch: Size,
}

/// What a failed span says.
pub(super) struct Failure {
    /// Of the call's spans, in their order.
    pub(super) span: usize,
    /// The store's own code; `None` where it did not answer.
    pub(super) code: Option<&'static str>,
}

/// What a batch's span says of its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    /// Nothing.
    None,
    /// That many.
    Is(usize),
    /// Its size is the adapter's.
    Any,
}

/// Which calls belong to which part.
pub(super) const CALLS: [(Part, Call); 12] = [
    (Part::Attributes, Call::Ok),
    (Part::Attributes, Call::Empty),
    (Part::Attributes, Call::Writes),
    (Part::Attributes, Call::Streams),
    (Part::Attributes, Call::Batch),
    (Part::Attributes, Call::Transaction),
    (Part::Errors, Call::Empty),
    (Part::Errors, Call::Refused),
    (Part::Errors, Call::Unreachable),
    (Part::Errors, Call::BatchRefused),
    (Part::Cancellation, Call::LeavesEarly),
    (Part::Cancellation, Call::Hangs),
];

pub(super) fn expected<A: Adapter>(adapter: &A, call: Call) -> Expected {
    let names = adapter.spans(call);
    let several = names.len() > 1;
    let fine = Expected { failure: None, left: None, batch: Size::None };
    let failed = |span, code| Some(Failure { span, code });
    match call {
        Call::Refused => Expected { failure: failed(0, Some(adapter.error_code())), ..fine },
        Call::Unreachable => Expected { failure: failed(0, None), ..fine },
        Call::BatchRefused => {
            let refused = adapter.spans(Call::Refused);
            let at = names.iter().rposition(|name| refused.contains(name)).filter(|_| several);
            let failure = failed(at.unwrap_or(0), Some(adapter.error_code()));
            Expected { failure, batch: if several { Size::None } else { Size::Any }, ..fine }
        }
        Call::LeavesEarly => Expected { left: Some("incomplete"), ..fine },
        Call::Hangs => Expected { left: Some("cancelled"), ..fine },
        Call::Batch | Call::Transaction if !several => Expected { batch: Size::Is(BATCH), ..fine },
        _ => fine,
    }
}
