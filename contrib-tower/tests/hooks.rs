//! Tracing inside of the hooks: a hook can start, end, log and read the current span.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use contrib_tower::{ClientLayer, ServerLayer};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use testing::Recorded;
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tracer_core::{Tracer, current};

/// Everything that a hook can do, and a count of it.
#[derive(Clone)]
struct Hook(Tracer, Arc<AtomicU64>);

impl Hook {
    fn run(&self) {
        let Self(tracer, runs) = self;
        runs.fetch_add(1, Ordering::Relaxed);
        let span = tracer.span("in a hook").root().tag("k", 1).start();
        let _entered = span.enter();
        tracer.scope("scope").set_tag("k", 2);
        current().log("here").set_tag("k", 3);
        let mut carrier = http::HeaderMap::new();
        tracer.inject(&current(), &mut carrier);
        assert_eq!(tracer.extract(&carrier), current().context());
    }
}

async fn answer(_: Request<()>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::from("ok")))
}

/// Sends a request through a layer whose every hook traces, and looks at what that makes.
macro_rules! every_hook_traces {
    ($layer:expr) => {{
        let recorded = Recorded::new();
        let tracer = recorded.tracer.clone();
        let hook = Hook(tracer.clone(), Arc::default());
        let [filter, name, asked, answered, status] = [(); 5].map(|()| hook.clone());
        let layer = $layer
            .with_tracer(tracer)
            .with_filter(move |_| {
                filter.run();
                true
            })
            .with_name(move |_| {
                name.run();
                None
            })
            .on_request(move |span, _| {
                asked.run();
                span.log("asked");
            })
            .on_response(move |span, _| {
                answered.run();
                span.log("answered");
            })
            .with_error_status(move |_| {
                status.run();
                false
            });
        let service = ServiceBuilder::new().layer(layer).service(service_fn(answer));
        let response = service.oneshot(Request::new(())).await.unwrap();
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "ok");
        let runs = hook.1.load(Ordering::Relaxed) as usize;
        assert!(runs >= 5, "{runs}");
        let spans = recorded.spans();
        assert_eq!(spans.len(), 1 + 2 * runs);
        let call = spans.iter().find(|span| span.events() == ["asked", "answered"]);
        assert!(call.is_some_and(|call| call.parent_id.is_none()), "{spans:?}");
        assert!(current().context().is_empty());
    }};
}

#[tokio::test]
async fn r2_hooks_can_trace() {
    if !tracer_core::ENABLED {
        return;
    }
    every_hook_traces!(ServerLayer::new());
    every_hook_traces!(ClientLayer::new());
}
