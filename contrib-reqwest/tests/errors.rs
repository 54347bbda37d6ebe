//! The suite's part `errors`, with middleware and without.

mod support;

use support::{Middleware, Plain};
use testing::http::{Part, assert_holds};

#[tokio::test]
async fn middleware() {
    assert_holds(Middleware, Part::Errors).await;
}

#[tokio::test]
async fn plain() {
    assert_holds(Plain, Part::Errors).await;
}
