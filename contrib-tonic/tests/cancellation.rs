//! The suite's part `cancellation`.

mod support;

use support::{Called, Served, ServedOverNetwork};
use testing::http::{Part, assert_holds};

#[tokio::test]
async fn served() {
    assert_holds(Served, Part::Cancellation).await;
}

#[tokio::test]
async fn served_over_network() {
    assert_holds(ServedOverNetwork, Part::Cancellation).await;
}

#[tokio::test]
async fn called() {
    assert_holds(Called, Part::Cancellation).await;
}
