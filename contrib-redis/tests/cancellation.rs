//! The suite's part `cancellation`, over each kind of connection.

mod support;

use support::adapters::{Managed, Multiplexed, Sync};
use testing::store::{Part, assert_holds};

#[tokio::test]
async fn multiplexed() {
    assert_holds(Multiplexed, Part::Cancellation).await;
}

#[tokio::test]
async fn managed() {
    assert_holds(Managed, Part::Cancellation).await;
}

#[tokio::test]
async fn blocking() {
    assert_holds(Sync, Part::Cancellation).await;
}
