//! The cases.

use std::sync::Arc;

use super::{Adapter, Part};

pub(super) async fn check<A: Adapter>(_: &Arc<A>, _: Part) -> Vec<String> {
    std::future::ready(Vec::new()).await
}

pub(super) async fn compiled_out<A: Adapter>(_: &Arc<A>) -> Vec<String> {
    std::future::ready(Vec::new()).await
}
