//! The suite's part `propagation`.

mod support;

use support::Axum;
use testing::http::{Part, assert_holds};

#[tokio::test]
async fn suite() {
    assert_holds(Axum, Part::Propagation).await;
}
