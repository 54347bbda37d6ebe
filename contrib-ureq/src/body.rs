//! The response's body, with which the span ends.

use std::io::{self, BufReader, Read};

use tracer_core::observe::Observed;
use tracer_core::semconv::{http, http_client};
use ureq::{Body, BodyReader};

use crate::error;

struct TracedReader {
    inner: BodyReader<'static>,
    /// Behind it: what its drop does is below the span.
    observed: Observed,
    /// Bytes until the body is complete, where its length is known.
    left: Option<u64>,
    /// The head has told of a failure already.
    failed: bool,
}

/// The body, read through. It is decoded below, and its type goes along: texts are read as texts.
pub(crate) fn wrap(body: Body, observed: Observed, failed: bool) -> Body {
    let mut builder = Body::builder();
    if let Some(mime_type) = body.mime_type() {
        builder = builder.mime_type(mime_type);
    }
    // Text may be decoded to UTF-8, whatever it was: then its length is another one.
    let decoded = body.charset().is_some_and(|charset| {
        let charset = charset.trim_matches('"');
        !["utf-8", "utf8"].iter().any(|utf8| charset.eq_ignore_ascii_case(utf8))
    });
    let left = body.content_length().filter(|_| !decoded);
    let reader = TracedReader { inner: body.into_reader(), observed, left, failed };
    // ureq reads JSON byte by byte where it does not know how much there is.
    builder.reader(BufReader::new(reader))
}

impl Read for TracedReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let inner = &mut self.inner;
        let result = self.observed.run(|| inner.read(buf));
        match &result {
            Ok(0) if !buf.is_empty() => self.observed.end(),
            Ok(read) => {
                self.observed.progress(*read as u64);
                self.left = self.left.map(|left| left.saturating_sub(*read as u64));
                if self.left == Some(0) {
                    self.observed.end();
                }
            }
            Err(failure) if failure.kind() == io::ErrorKind::Interrupted => {}
            Err(failure) => self.broken(failure),
        }
        result
    }
}

impl TracedReader {
    fn broken(&mut self, failure: &io::Error) {
        let (kind, words) = (error::io_kind(failure), failure.to_string());
        if self.failed {
            http::on_broken(self.observed.span(), kind, Some(&words));
        } else {
            http_client::on_error(self.observed.span(), kind, Some(&words));
        }
        self.observed.end();
    }
}

impl Drop for TracedReader {
    fn drop(&mut self) {
        self.observed.enter_for_drop();
    }
}
