//! What must not be in a span, and how few names there are.

use std::sync::Arc;

use tracer_core::Span;

use crate::http::case::{Bench, Ran};
use crate::http::exchange::Plan;
use crate::http::{Adapter, Kind, Shape};

const SECRET: &str = "hush-hush";

pub(super) async fn check<A: Adapter>(adapter: &Arc<A>) -> Vec<String> {
    let mut complaints = Vec::new();
    for shape in [Shape::Ok, Shape::Fails, Shape::Hangs] {
        if adapter.supports(shape) {
            complaints.append(&mut secrets(adapter, shape).await.complaints);
        }
    }
    if adapter.kind() == Kind::HttpServer {
        complaints.append(&mut names(adapter).await);
    }
    complaints
}

async fn secrets<A: Adapter>(adapter: &Arc<A>, shape: Shape) -> Ran {
    let mut plan = Plan::new(adapter.kind(), shape);
    if !plan.kind.is_grpc() {
        plan.path = "/items/7?color=blue&token=hush-hush&X-Amz-Signature=hush-hush";
    }
    plan.headers = vec![
        ("authorization", "Bearer hush-hush"),
        ("cookie", "session=hush-hush"),
        ("x-api-key", SECRET),
    ];
    let is_grpc = plan.kind.is_grpc();
    let mut ran = Bench::new().run(adapter, "secrets", plan, Span::noop(), 1).await;
    let Some(span) = ran.span().cloned() else {
        ran.expect(false, |ran| format!("one span expected, there are\n{}", ran.tree()));
        return ran;
    };
    let text = format!("{span:?}");
    ran.expect(!text.contains(SECRET), |_| format!("a secret is kept: {text}"));
    ran.expect(is_grpc || text.contains("color=blue"), |_| format!("the query is lost: {text}"));
    ran
}

/// The name is a route's or a method's, never a path's.
async fn names<A: Adapter>(adapter: &Arc<A>) -> Vec<String> {
    let mut complaints = Vec::new();
    let route = if adapter.knows_routes() { "GET /items/{id}" } else { "GET" };
    for (path, expected) in [("/items/7", route), ("/items/8", route), ("/nobody/knows", "GET")] {
        let plan = Plan { path, ..Plan::new(Kind::HttpServer, Shape::Ok) };
        let mut ran = Bench::new().run(adapter, "names", plan, Span::noop(), 1).await;
        let name = ran.span().map(|span| span.name.clone());
        ran.expect(name.as_deref() == Some(expected), |_| {
            format!("{path} is named {name:?} and not {expected:?}")
        });
        complaints.append(&mut ran.complaints);
    }
    complaints
}
