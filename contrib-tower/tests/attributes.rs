//! The suite's part `attributes`, for both layers.

mod support;

use support::{Client, Server};
use testing::http::{Part, assert_holds};

#[tokio::test]
async fn server() {
    assert_holds(Server, Part::Attributes).await;
}

#[tokio::test]
async fn client() {
    assert_holds(Client, Part::Attributes).await;
}
