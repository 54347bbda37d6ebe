//! The suite's part `cancellation`, for both layers.

mod support;

use support::{Client, Server};
use testing::http::{Part, assert_holds};

#[tokio::test]
async fn server() {
    assert_holds(Server, Part::Cancellation).await;
}

#[tokio::test]
async fn client() {
    assert_holds(Client, Part::Cancellation).await;
}
