//! The suite's part `cancellation`, with middleware and without.

mod support;

use support::{Middleware, Plain};
use testing::http::{Part, assert_holds};

#[tokio::test]
async fn middleware() {
    assert_holds(Middleware, Part::Cancellation).await;
}

#[tokio::test]
async fn plain() {
    assert_holds(Plain, Part::Cancellation).await;
}
