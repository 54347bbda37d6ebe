//! The suite's part `disabled`.

mod support;

use support::Axum;
use testing::http::{Part, assert_holds};

#[tokio::test]
async fn suite() {
    assert_holds(Axum, Part::Disabled).await;
}
