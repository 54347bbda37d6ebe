//! Headers that a user has asked for.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName};
use tracer_core::Tag;
use tracer_core::observe::Kind;
use tracer_core::semconv;

/// Their names, and those of their tags.
#[derive(Clone, Debug, Default)]
pub(crate) struct Captured(Vec<(HeaderName, Cow<'static, str>)>);

/// What stands before the names of tags: of requests, and of responses.
pub(crate) const fn prefixes(kind: Kind) -> [&'static str; 2] {
    match kind {
        Kind::GrpcServer | Kind::GrpcClient => {
            [semconv::RPC_REQUEST_METADATA, semconv::RPC_RESPONSE_METADATA]
        }
        _ => [semconv::HTTP_REQUEST_HEADER, semconv::HTTP_RESPONSE_HEADER],
    }
}

impl Captured {
    pub(crate) fn add(&mut self, prefix: &str, names: impl IntoIterator<Item = HeaderName>) {
        let named = |name: HeaderName| {
            let key = format!("{prefix}.{name}");
            (name, key.into())
        };
        self.0.extend(names.into_iter().map(named));
    }

    /// A tag for each that is there, with all its lines. What is no text is left out.
    pub(crate) fn tags<'a>(&'a self, headers: &'a HeaderMap) -> impl Iterator<Item = Tag> + 'a {
        self.0.iter().filter_map(|(name, key)| {
            let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
            let lines: Vec<String> = lines.map(str::to_owned).collect();
            (!lines.is_empty()).then(|| Tag::new(key.clone(), lines))
        })
    }
}
