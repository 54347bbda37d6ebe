//! Following redirects where each hop can be seen.

use std::fmt;
use std::time::Instant;

use http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, LOCATION,
    PROXY_AUTHORIZATION, TRANSFER_ENCODING, WWW_AUTHENTICATE,
};
use http::{Extensions, HeaderMap, HeaderName};
use reqwest::redirect::Policy;
use reqwest::{Method, Request, Response, StatusCode, Url, Version};
use reqwest_middleware::{Error, Middleware, Next};
use tracer_core::Tag;
use tracer_core::semconv::{self, opentracing, redact};

/// Headers that are for one host.
const OF_A_HOST: [HeaderName; 6] = [
    AUTHORIZATION,
    COOKIE,
    HeaderName::from_static("cookie2"),
    HOST,
    PROXY_AUTHORIZATION,
    WWW_AUTHENTICATE,
];
/// Headers that speak of a body.
const OF_A_BODY: [HeaderName; 4] =
    [CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING];

/// Follows redirects above a [`TraceMiddleware`](crate::TraceMiddleware), so that each hop has a
/// span, with `http.request.resend_count`, and is told of the trace only where its own host may be.
/// reqwest's own policy has to be none:
///
/// ```
/// use contrib_reqwest::{FollowRedirects, TraceMiddleware};
/// use reqwest_middleware::ClientBuilder;
///
/// # fn run() -> reqwest::Result<()> {
/// let plain = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
/// let client =
///     ClientBuilder::new(plain).with(FollowRedirects::new()).with(TraceMiddleware::new()).build();
/// # drop(client);
/// # Ok(())
/// # }
/// ```
///
/// It follows 301, 302, 303, 307 and 308 to `http` and `https` addresses (RFC 9110, section 15.4):
/// after 301, 302 and 303 whatever is neither GET nor HEAD becomes a GET without a body.
/// `Authorization`, `Cookie`, `Host` and the like do not go to another scheme, host or port. A
/// response that cannot be followed comes back as it is: without a `Location` that makes sense, or
/// where the body was a stream and would have to be sent again. A timeout of the request's own
/// holds for all hops together; one of the client's, for each. `Referer` is not set.
#[derive(Clone, Copy, Debug)]
pub struct FollowRedirects {
    limit: usize,
}

/// A call was sent on more often than [`FollowRedirects`] goes along with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyRedirects {
    /// The redirects that were followed.
    pub limit: usize,
}

impl FollowRedirects {
    /// Ten redirects at most, as reqwest has it.
    #[must_use]
    pub const fn new() -> Self {
        Self { limit: 10 }
    }

    /// So many redirects at most. One more is an error, [`TooManyRedirects`].
    #[must_use]
    pub const fn with_limit(self, limit: usize) -> Self {
        Self { limit }
    }
}

/// reqwest's own way to follow so many redirects, with a log of the current span for each of them, also
/// for the one too many: `redirect`, with the status and where it leads. Below this crate's middleware
/// that is the call's span; of a call without one, whatever is around it. For clients that are to go on
/// as they are; with [`FollowRedirects`] each hop has a span.
///
/// ```
/// # fn run() -> reqwest::Result<()> {
/// let client = reqwest::Client::builder().redirect(contrib_reqwest::log_redirects(10)).build()?;
/// # drop(client);
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn log_redirects(limit: usize) -> Policy {
    let follow = Policy::limited(limit);
    Policy::custom(move |attempt| {
        let span = tracer_core::current();
        if span.is_recording() {
            let mut target = attempt.url().clone();
            target.set_fragment(None);
            span.log_fields([
                Tag::new(opentracing::EVENT, "redirect"),
                Tag::new(semconv::HTTP_RESPONSE_STATUS_CODE, attempt.status().as_u16()),
                Tag::new(semconv::URL_FULL, redact::url(target.as_str()).into_owned()),
            ]);
        }
        follow.redirect(attempt)
    })
}

impl Default for FollowRedirects {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait::async_trait]
impl Middleware for FollowRedirects {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        let until = request.timeout().map(|timeout| Instant::now() + *timeout);
        for _ in 0..=self.limit {
            // Before the trace's headers are in it: the next hop may not be told.
            let sent = Sent::of(&request);
            let response = next.clone().run(request, extensions).await?;
            match sent.follow(&response) {
                Some(again) => {
                    request = again;
                    *request.timeout_mut() =
                        until.map(|until| until.saturating_duration_since(Instant::now()));
                }
                None => return Ok(response),
            }
        }
        Err(Error::middleware(TooManyRedirects { limit: self.limit }))
    }
}

/// A request, to be sent again.
struct Sent {
    url: Url,
    method: Method,
    headers: HeaderMap,
    version: Version,
    /// `None` where its body cannot be sent twice.
    whole: Option<Request>,
}

impl Sent {
    fn of(request: &Request) -> Self {
        Self {
            url: request.url().clone(),
            method: request.method().clone(),
            headers: request.headers().clone(),
            version: request.version(),
            whole: request.try_clone(),
        }
    }

    /// The request that a response asks for, if it asks for one.
    fn follow(self, response: &Response) -> Option<Request> {
        let drops_body = match response.status() {
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => true,
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => false,
            _ => return None,
        };
        let location = response.headers().get(LOCATION)?.to_str().ok()?;
        let url = self.url.join(location).ok()?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return None;
        }
        let mut request = if drops_body && self.method != Method::GET && self.method != Method::HEAD
        {
            let mut request = Request::new(Method::GET, url);
            *request.headers_mut() = self.headers;
            *request.version_mut() = self.version;
            remove(request.headers_mut(), &OF_A_BODY);
            request
        } else {
            let mut request = self.whole?;
            *request.url_mut() = url;
            request
        };
        if request.url().origin() != self.url.origin() {
            remove(request.headers_mut(), &OF_A_HOST);
        }
        Some(request)
    }
}

fn remove(headers: &mut HeaderMap, names: &[HeaderName]) {
    for name in names {
        headers.remove(name);
    }
}

impl fmt::Display for TooManyRedirects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "more than {} redirects", self.limit)
    }
}

impl std::error::Error for TooManyRedirects {}
