//! The suite finds what is wrong: each wrong adapter is caught, by the part that is there for it.

mod naive;

use std::sync::Arc;

use naive::{Fault, Naive};
use testing::http::{Kind, Part, check};

const SIDES: [Kind; 2] = [Kind::HttpServer, Kind::HttpClient];

#[tokio::test]
async fn nothing_is_said_of_a_right_one() {
    for kind in SIDES {
        for part in Part::ALL {
            let complaints = check(&Arc::new(Naive { kind, fault: Fault::None }), part).await;
            assert!(complaints.is_empty(), "{kind:?} {part:?}: {complaints:#?}");
        }
    }
}

#[tokio::test]
async fn every_wrong_one_is_caught() {
    if !tracer_core::ENABLED {
        return;
    }
    let (server, client) = (&[Kind::HttpServer][..], &[Kind::HttpClient][..]);
    let cases: [(Fault, Part, &[Kind]); 19] = [
        (Fault::FinishesTwice, Part::Attributes, &SIDES),
        (Fault::NeverFinishes, Part::Cancellation, &SIDES),
        (Fault::WrongParent, Part::Propagation, &SIDES),
        (Fault::SwallowsStatus, Part::Errors, &SIDES),
        (Fault::SwallowsErrors, Part::Errors, &SIDES),
        (Fault::KeepsSecrets, Part::Attributes, &SIDES),
        (Fault::KeepsTheQuery, Part::Attributes, &SIDES),
        (Fault::NamesAfterPaths, Part::Attributes, server),
        (Fault::EndsAtTheHead, Part::Attributes, &SIDES),
        (Fault::IsNotCurrent, Part::Propagation, server),
        (Fault::IsNotCurrentInTheBody, Part::Attributes, server),
        (Fault::HandsNothingOn, Part::Propagation, client),
        (Fault::TracesWhatIsFiltered, Part::Disabled, &SIDES),
        (Fault::StartsBelowWhatIsFiltered, Part::Disabled, server),
        (Fault::TracesWhileOff, Part::Disabled, &SIDES),
        (Fault::ReadsWhileOff, Part::Disabled, server),
        (Fault::CallsLeavingFine, Part::Cancellation, &SIDES),
        (Fault::CallsPanickingFine, Part::Errors, server),
        (Fault::EndsWithTheDrop, Part::Cancellation, client),
    ];
    let mut tasks = Vec::new();
    for (fault, part, kinds) in cases {
        for &kind in kinds {
            let adapter = Arc::new(Naive { kind, fault });
            let task = tokio::spawn(async move { check(&adapter, part).await });
            tasks.push((fault, kind, part, task));
        }
    }
    for (fault, kind, part, task) in tasks {
        let complaints = task.await.unwrap();
        assert!(!complaints.is_empty(), "{kind:?} with {fault:?} comes through {part:?}");
    }
}
