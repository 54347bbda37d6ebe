//! What the caller got.

use std::fmt::Debug;

use super::Call;

/// What a call gave its caller, in words: tracing must not change any of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The store answered: the value, as `Debug` has it.
    Answer(String),
    /// The store answered with an error: the error, as `Debug` has it.
    Refused(String),
    /// The store did not answer: the error, as `Debug` has it.
    Failed(String),
}

impl Outcome {
    /// Of a result; `is_refusal` says whether an error is the store's own answer.
    pub fn of<T: Debug, E: Debug>(
        result: Result<T, E>,
        is_refusal: impl FnOnce(&E) -> bool,
    ) -> Self {
        match result {
            Ok(value) => Self::Answer(format!("{value:?}")),
            Err(error) if is_refusal(&error) => Self::Refused(format!("{error:?}")),
            Err(error) => Self::Failed(format!("{error:?}")),
        }
    }

    /// Whether a call can end like this.
    pub(super) const fn fits(&self, call: Call) -> bool {
        match call {
            Call::Refused | Call::BatchRefused => matches!(self, Self::Refused(_)),
            Call::Unreachable => matches!(self, Self::Failed(_)),
            Call::Hangs => false,
            // It may well end in an error that quotes the secret.
            Call::Secrets => true,
            _ => matches!(self, Self::Answer(_)),
        }
    }
}
