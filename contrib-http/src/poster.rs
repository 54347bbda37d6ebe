//! Batches as posts.

use std::fmt;
use std::time::Duration;

use crate::attempt::{judge, judge_error};
use crate::client::Client;
use crate::delivery::Delivery;
use crate::settings::Settings;
use crate::transport::{Attempt, Transport};
use crate::why::Why;

/// What a protocol adds to HTTP.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// A product and its version: `tracer-otlp/0.1.0`.
    pub user_agent: &'static str,
    /// What bodies are.
    pub content_type: &'static str,
    /// How many spans the reply to an accepted batch calls rejected. Of replies less than 64 KiB
    /// are read.
    pub rejected_spans: fn(reply: &[u8]) -> u64,
}

/// Delivers batches by posting them to an endpoint.
pub type Poster = Delivery<Post>;

/// A transport that posts over HTTP/1.1.
pub struct Post {
    client: Client,
    format: Format,
    reply: Vec<u8>,
}

impl Poster {
    /// Connects to nothing: that happens with the first batch.
    #[must_use]
    pub fn new(settings: &Settings, format: Format) -> Self {
        let mut client = Client::new(settings, format.user_agent);
        client.set_content(format.content_type, settings.compression);
        Self::by(Post { client, format, reply: Vec::new() }, settings)
    }
}

impl Transport for Post {
    fn attempt(&mut self, request: &[u8], timeout: Duration) -> (Attempt, Why) {
        match self.client.post(request, timeout) {
            Ok(response) => judge(response, &mut self.reply, self.format.rejected_spans),
            Err((error, sent)) => judge_error(&error, sent),
        }
    }
}

impl fmt::Debug for Post {
    /// Without headers, credentials, path and query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").field("client", &self.client).finish_non_exhaustive()
    }
}
