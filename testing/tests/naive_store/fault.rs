//! What can be wrong with an integration.

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    FinishesTwice,
    NeverFinishes,
    WritesAfterTheEnd,
    WrongKind,
    WrongName,
    WrongSystem,
    WrongParent,
    /// Keeps the parent of the latest call in the client.
    SharesTheParent,
    StaysCurrent,
    StaysCurrentAfterTheDrop,
    NeedsACaller,
    SwallowsErrors,
    CallsEmptyAnError,
    CodeMissing,
    /// Tells a code of a store that did not answer.
    InventsACode,
    /// Calls the end of a transaction the failure, not the command.
    BlamesTheTransaction,
    KeepsSecrets,
    KeepsSecretsInErrors,
    KeepsBytes,
    ForgetsRows,
    ForgetsRowsSoFar,
    ForgetsBatchSize,
    SpanPerCommandOfABatch,
    EndsAtTheHead,
    StaysOpenAfterTheLastRow,
    EndsWithTheDrop,
    EndsBeforeTheDrop,
    CallsCancelledAnError,
    CallsLeavingFine,
    CallsUnpolledAnError,
    TracesWhileOff,
    TracesBelowWhatIsFiltered,
    TracesUnsampled,
    ForgetsWhatIsOpenWhenOff,
    ChangesTheOutcome,
    ChangesTheOutcomeWhileOff,
}
