//! The suite's part `errors`.

mod support;

use support::{Called, Served, ServedOverNetwork};
use testing::http::{Part, assert_holds};

#[tokio::test]
async fn served() {
    assert_holds(Served, Part::Errors).await;
}

#[tokio::test]
async fn served_over_network() {
    assert_holds(ServedOverNetwork, Part::Errors).await;
}

#[tokio::test]
async fn called() {
    assert_holds(Called, Part::Errors).await;
}
