//! The suite for stores finds what is wrong: each wrong integration is caught, by the part that is
//! there for it.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod naive_store;

use std::sync::Arc;
use std::thread;

use naive_store::{Blocking, Fault, Naive};
use testing::store::{Adapter, Part, check};

/// On a thread of its own: what stays current there is in nobody's way.
fn complaints(adapter: impl Adapter, part: Part) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(check(&Arc::new(adapter), part))
}

#[test]
fn nothing_is_said_of_a_right_one() {
    let threads = Part::ALL.map(|part| {
        let check = move || {
            let mut said = complaints(Naive::new(Fault::None, false), part);
            said.extend(complaints(Naive::new(Fault::None, true), part));
            said.extend(complaints(Blocking::new(Fault::None), part));
            said
        };
        (part, thread::spawn(check))
    });
    for (part, thread) in threads {
        let complaints = thread.join().unwrap();
        assert!(complaints.is_empty(), "{part:?}: {complaints:#?}");
    }
}

/// What is wrong, which part finds it, and what that says.
const CASES: [(Fault, Part, &str); 38] = [
    (Fault::FinishesTwice, Part::Attributes, "expected, there are"),
    (Fault::NeverFinishes, Part::Cancellation, "spans that never end: 1"),
    (Fault::WritesAfterTheEnd, Part::Attributes, "writes after the end: 1"),
    (Fault::WrongKind, Part::Attributes, "expected, there are"),
    (Fault::WrongName, Part::Attributes, "expected, there are"),
    (Fault::WrongSystem, Part::Attributes, "db.system.name is \"disk\""),
    (Fault::WrongParent, Part::Parents, "not below the span around it"),
    (Fault::SharesTheParent, Part::Parents, "two callers, TwoTasks: spans expected below"),
    (Fault::SharesTheParent, Part::Parents, "two callers, OneTask: spans expected below"),
    (Fault::SharesTheParent, Part::Parents, "two callers, one client: spans expected below"),
    (Fault::StaysCurrent, Part::Parents, "another span is current"),
    (Fault::StaysCurrentAfterTheDrop, Part::Parents, "below (Hangs): another span is current"),
    (Fault::NeedsACaller, Part::Parents, "one root expected"),
    (Fault::SwallowsErrors, Part::Errors, "the status of"),
    (Fault::CallsEmptyAnError, Part::Errors, "call (Empty): the status of"),
    (Fault::CodeMissing, Part::Errors, "db.response.status_code is \"\""),
    (Fault::InventsACode, Part::Errors, "db.response.status_code is \"gone\""),
    (Fault::BlamesTheTransaction, Part::Errors, "the status of \"transaction\""),
    (Fault::KeepsSecrets, Part::Attributes, "secrets (Writes): a secret is kept"),
    (Fault::KeepsSecretsInErrors, Part::Attributes, "secrets (Secrets): a secret is kept"),
    (Fault::KeepsBytes, Part::Attributes, "a secret is kept"),
    (Fault::ForgetsRows, Part::Attributes, "db.response.returned_rows is \"\""),
    (Fault::ForgetsRowsSoFar, Part::Cancellation, "db.response.returned_rows is \"0\""),
    (Fault::ForgetsBatchSize, Part::Attributes, "db.operation.batch.size is \"\""),
    (Fault::SpanPerCommandOfABatch, Part::Attributes, "call (Batch)"),
    (Fault::EndsAtTheHead, Part::Attributes, "before its last row"),
    (Fault::StaysOpenAfterTheLastRow, Part::Attributes, "and not with the last row"),
    (Fault::EndsWithTheDrop, Part::Cancellation, "and not with what came last"),
    (Fault::EndsBeforeTheDrop, Part::Cancellation, "before it is dropped"),
    (Fault::CallsCancelledAnError, Part::Cancellation, "call (Hangs): the status of"),
    (Fault::CallsLeavingFine, Part::Cancellation, "\"WAIT memory.test:1\": the logs are []"),
    (Fault::CallsUnpolledAnError, Part::Cancellation, "it is called a failure"),
    (Fault::TracesWhileOff, Part::Disabled, "off (Ok): no span expected"),
    (Fault::TracesBelowWhatIsFiltered, Part::Disabled, "filtered (Ok): no span expected"),
    (Fault::TracesUnsampled, Part::Disabled, "unsampled (Ok): no span expected"),
    (Fault::ForgetsWhatIsOpenWhenOff, Part::Disabled, "off meanwhile (Streams)"),
    (Fault::ChangesTheOutcome, Part::Errors, "the caller gets"),
    (Fault::ChangesTheOutcomeWhileOff, Part::Disabled, "the caller gets"),
];

#[test]
fn every_wrong_one_is_caught() {
    if !tracer_core::ENABLED {
        return;
    }
    let threads = CASES.map(|(fault, part, said)| {
        let check = move || complaints(Naive::new(fault, false), part);
        (fault, part, said, thread::spawn(check))
    });
    for (fault, part, said, thread) in threads {
        let complaints = thread.join().unwrap();
        let found = complaints.iter().any(|complaint| complaint.contains(said));
        assert!(found, "{fault:?} comes through {part:?}: {complaints:#?}");
    }
}

#[test]
fn compiled_out_a_wrong_one_is_caught_as_well() {
    if tracer_core::ENABLED {
        return;
    }
    let complaints = complaints(Naive::new(Fault::ChangesTheOutcomeWhileOff, false), Part::Errors);
    let found = complaints.iter().any(|complaint| complaint.contains("the caller gets"));
    assert!(found, "{complaints:#?}");
}
