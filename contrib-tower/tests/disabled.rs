//! The suite's part `disabled`, for both layers.

mod support;

use contrib_tower::{ResponseBody, ResponseFuture, TraceService};
use support::{Client, Server};
use testing::http::{Part, assert_holds};

#[tokio::test]
async fn server() {
    assert_holds(Server, Part::Disabled).await;
}

#[tokio::test]
async fn client() {
    assert_holds(Client, Part::Disabled).await;
}

/// Compiled out, what is left are newtypes.
#[test]
fn nothing_is_added() {
    let added = [
        size_of::<TraceService<[u64; 5]>>(),
        size_of::<ResponseFuture<[u64; 5]>>(),
        size_of::<ResponseBody<[u64; 5]>>(),
    ]
    .map(|size| size - size_of::<[u64; 5]>());
    assert_eq!(added == [0; 3], !tracer_core::ENABLED, "{added:?}");
}
