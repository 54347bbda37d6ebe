//! The suite's part `cancellation`.

mod support;

use support::Axum;
use testing::http::{Part, assert_holds};

#[tokio::test]
async fn suite() {
    assert_holds(Axum, Part::Cancellation).await;
}
