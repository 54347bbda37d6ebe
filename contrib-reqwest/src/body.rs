//! The response's body, with which the span ends.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use reqwest::ResponseBuilderExt;
use tracer_core::observe::Observed;
use tracer_core::semconv::{http, http_client};

use crate::error;

pin_project! {
    pub(crate) struct TracedBody {
        #[pin]
        inner: reqwest::Body,
        observed: Observed,
        // Bytes until the body is complete, where its length is known.
        left: Option<u64>,
        // The head has told of a failure already.
        failed: bool,
    }

    impl PinnedDrop for TracedBody {
        fn drop(this: Pin<&mut Self>) {
            this.project().observed.enter_for_drop();
        }
    }
}

/// The response with its body traced. By way of `http::Response`, which forgets the URL.
pub(crate) fn wrap(
    response: reqwest::Response,
    observed: Observed,
    failed: bool,
) -> reqwest::Response {
    let url = response.url().clone();
    let (mut parts, inner) = ::http::Response::<reqwest::Body>::from(response).into_parts();
    if let Ok(carrier) = ::http::Response::builder().url(url).body(()) {
        parts.extensions.extend(carrier.into_parts().0.extensions);
    }
    let left = inner.size_hint().exact();
    let body = reqwest::Body::wrap(TracedBody { inner, observed, left, failed });
    reqwest::Response::from(::http::Response::from_parts(parts, body))
}

impl Body for TracedBody {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        let mut this = self.project();
        let observed = this.observed;
        let polled = ready!(observed.run(|| this.inner.as_mut().poll_frame(cx)));
        match &polled {
            None => observed.end(),
            Some(Err(error)) => {
                let (kind, text) = (error::kind(error), error::text(error));
                if *this.failed {
                    http::on_broken(observed.span(), kind, Some(&text));
                } else {
                    http_client::on_error(observed.span(), kind, Some(&text));
                }
                observed.end();
            }
            Some(Ok(frame)) => match frame.data_ref() {
                Some(data) => {
                    observed.progress(data.len() as u64);
                    *this.left = this.left.map(|left| left.saturating_sub(data.len() as u64));
                    if *this.left == Some(0) || this.inner.is_end_stream() {
                        observed.end();
                    }
                }
                None => observed.end(),
            },
        }
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
