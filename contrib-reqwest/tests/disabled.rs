//! The suite's part `disabled`, with middleware and without.

mod support;

use support::{Middleware, Plain};
use testing::http::{Part, assert_holds};

#[tokio::test]
async fn middleware() {
    assert_holds(Middleware, Part::Disabled).await;
}

#[tokio::test]
async fn plain() {
    assert_holds(Plain, Part::Disabled).await;
}
