//! The suite: disabled.

mod support;

use testing::http::{Part, assert_holds};

#[tokio::test(flavor = "multi_thread")]
async fn ureq() {
    assert_holds(support::Ureq, Part::Disabled).await;
}
