//! A connection's life that is cut short, and one that nobody has polled.

use std::future::{pending, poll_fn};
use std::task::Poll;

use contrib_tower::Upgraded;
use testing::{Recorded, tag};
use tracer_core::ENABLED;

#[tokio::test]
async fn dropped_it_is_cancelled() {
    for polled in [false, true] {
        let recorded = Recorded::new();
        let request = recorded.tracer.span("request").start();
        let entered = request.enter();
        let life = Upgraded::here("upgrade").with_name("tunnel");
        drop(entered);
        request.finish();
        let _ = recorded.spans();

        let mut life = Box::pin(life.run(pending::<()>()));
        if polled {
            poll_fn(|cx| {
                assert!(life.as_mut().poll(cx).is_pending());
                Poll::Ready(())
            })
            .await;
        }
        drop(life);
        if ENABLED {
            let span = recorded.one();
            assert_eq!((&*span.name, &*tag(&span, "error.type")), ("tunnel", "cancelled"));
            assert!(span.status.is_error());
            assert_eq!(span.events(), ["cancelled"]);
        }
    }
}
