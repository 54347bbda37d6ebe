//! The suite's part `attributes`, over each kind of connection.

mod support;

use support::adapters::{Managed, Multiplexed, Sync};
use testing::store::{Part, assert_holds};

#[tokio::test]
async fn multiplexed() {
    assert_holds(Multiplexed, Part::Attributes).await;
}

#[tokio::test]
async fn managed() {
    assert_holds(Managed, Part::Attributes).await;
}

#[tokio::test]
async fn blocking() {
    assert_holds(Sync, Part::Attributes).await;
}
