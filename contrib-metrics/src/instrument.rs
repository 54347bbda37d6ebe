//! Which histogram a span belongs to, and which of its tags are labels there.

use tracer_core::semconv::{
    DB_NAMESPACE, DB_OPERATION_NAME, DB_QUERY_SUMMARY, DB_RESPONSE_STATUS_CODE, DB_SYSTEM_NAME,
    ERROR_TYPE, HTTP_REQUEST_METHOD, HTTP_RESPONSE_STATUS_CODE, HTTP_ROUTE,
    MESSAGING_BATCH_MESSAGE_COUNT, MESSAGING_DESTINATION_ANONYMOUS, MESSAGING_DESTINATION_NAME,
    MESSAGING_DESTINATION_TEMPLATE, MESSAGING_OPERATION_NAME, MESSAGING_OPERATION_TYPE,
    MESSAGING_SYSTEM, NETWORK_PROTOCOL_VERSION, RPC_METHOD, RPC_RESPONSE_STATUS_CODE,
    RPC_SYSTEM_NAME, SERVER_ADDRESS, SERVER_PORT, URL_SCHEME, URL_TEMPLATE,
};
use tracer_core::{EndedSpan, SpanKind, Value};

use crate::histogram::{CALLS, STORES};

/// Most labels that a histogram has.
pub(crate) const MAX_LABELS: usize = 8;

/// A histogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Instrument {
    HttpServer,
    HttpClient,
    RpcServer,
    RpcClient,
    Store,
    Messages,
    Process,
}

/// In the order of the enum.
pub(crate) const ALL: [Instrument; 7] = [
    Instrument::HttpServer,
    Instrument::HttpClient,
    Instrument::RpcServer,
    Instrument::RpcClient,
    Instrument::Store,
    Instrument::Messages,
    Instrument::Process,
];

/// The labels of a histogram.
pub(crate) type Labels<'a> = [Option<&'a Value>; MAX_LABELS];

impl Instrument {
    /// The one that this span is measured by. The first tags of the kit's spans say what they are.
    pub(crate) fn of(span: &EndedSpan<'_>) -> Option<Self> {
        let client = span.kind() == SpanKind::Client;
        match span.kind() {
            SpanKind::Server | SpanKind::Client => {
                span.tags().iter().find_map(|tag| match &*tag.key {
                    HTTP_REQUEST_METHOD if client => Some(Self::HttpClient),
                    HTTP_REQUEST_METHOD => Some(Self::HttpServer),
                    RPC_SYSTEM_NAME if client => Some(Self::RpcClient),
                    RPC_SYSTEM_NAME => Some(Self::RpcServer),
                    DB_SYSTEM_NAME if client => Some(Self::Store),
                    MESSAGING_SYSTEM if client => Some(Self::Messages),
                    _ => None,
                })
            }
            SpanKind::Producer => span.tag(MESSAGING_SYSTEM).map(|_| Self::Messages),
            SpanKind::Consumer => {
                span.tag(MESSAGING_SYSTEM)?;
                // Of a kit that calls fetching so.
                let receives = text(span, MESSAGING_OPERATION_TYPE) == Some("receive");
                Some(if receives { Self::Messages } else { Self::Process })
            }
            _ => None,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::HttpServer => "http.server.request.duration",
            Self::HttpClient => "http.client.request.duration",
            Self::RpcServer => "rpc.server.call.duration",
            Self::RpcClient => "rpc.client.call.duration",
            Self::Store => "db.client.operation.duration",
            Self::Messages => "messaging.client.operation.duration",
            Self::Process => "messaging.process.duration",
        }
    }

    /// In nanoseconds.
    pub(crate) const fn bounds(self) -> &'static [u64] {
        if matches!(self, Self::Store) { STORES } else { CALLS }
    }

    /// Keys of tags that are labels here.
    pub(crate) const fn labels(self) -> &'static [&'static str] {
        match self {
            Self::HttpServer => &[
                HTTP_REQUEST_METHOD,
                URL_SCHEME,
                HTTP_ROUTE,
                HTTP_RESPONSE_STATUS_CODE,
                NETWORK_PROTOCOL_VERSION,
                ERROR_TYPE,
            ],
            Self::HttpClient => &[
                HTTP_REQUEST_METHOD,
                SERVER_ADDRESS,
                SERVER_PORT,
                URL_TEMPLATE,
                HTTP_RESPONSE_STATUS_CODE,
                NETWORK_PROTOCOL_VERSION,
                ERROR_TYPE,
            ],
            Self::RpcServer => &[RPC_SYSTEM_NAME, RPC_METHOD, RPC_RESPONSE_STATUS_CODE, ERROR_TYPE],
            Self::RpcClient => &[
                RPC_SYSTEM_NAME,
                RPC_METHOD,
                SERVER_ADDRESS,
                SERVER_PORT,
                RPC_RESPONSE_STATUS_CODE,
                ERROR_TYPE,
            ],
            Self::Store => &[
                DB_SYSTEM_NAME,
                DB_NAMESPACE,
                DB_OPERATION_NAME,
                DB_QUERY_SUMMARY,
                SERVER_ADDRESS,
                SERVER_PORT,
                DB_RESPONSE_STATUS_CODE,
                ERROR_TYPE,
            ],
            Self::Messages | Self::Process => &[
                MESSAGING_OPERATION_NAME,
                MESSAGING_OPERATION_TYPE,
                MESSAGING_SYSTEM,
                MESSAGING_DESTINATION_NAME,
                MESSAGING_DESTINATION_TEMPLATE,
                SERVER_ADDRESS,
                SERVER_PORT,
                ERROR_TYPE,
            ],
        }
    }

    /// The span's labels, in the order of their keys in [`labels`](Self::labels).
    pub(crate) fn labels_of<'a>(self, span: &'a EndedSpan<'_>) -> Labels<'a> {
        let keys = self.labels();
        let mut labels = [None; MAX_LABELS];
        for tag in span.tags() {
            if let Some(at) = keys.iter().position(|key| *key == tag.key)
                && is_label(&tag.value)
            {
                labels[at] = Some(&tag.value);
            }
        }
        if matches!(self, Self::Messages | Self::Process) {
            const NAME: usize = 3;
            const TEMPLATE: usize = 4;
            let anonymous = span.tag(MESSAGING_DESTINATION_ANONYMOUS) == Some(&Value::Bool(true));
            // A name with an id in it would make a series each time.
            if anonymous || labels[TEMPLATE].is_some() {
                labels[NAME] = None;
            }
        }
        labels
    }

    /// The counter of messages that spans with these labels are counted by, if any.
    pub(crate) const fn counter(self) -> Option<&'static str> {
        match self {
            Self::Messages => Some("messaging.client.sent.messages"),
            Self::Process => Some("messaging.client.consumed.messages"),
            _ => None,
        }
    }

    /// How many messages the span adds to its instrument's [`counter`](Self::counter). A message that
    /// is fetched is counted when it is worked on, and a batch by its messages' own spans.
    #[inline]
    pub(crate) fn messages(self, span: &EndedSpan<'_>) -> u64 {
        let (operation, counts) = match self {
            Self::Messages => ("send", true),
            Self::Process => ("process", false),
            _ => return 0,
        };
        if text(span, MESSAGING_OPERATION_TYPE) != Some(operation) {
            return 0;
        }
        match span.tag(MESSAGING_BATCH_MESSAGE_COUNT) {
            None => 1,
            Some(Value::I64(count)) if counts => u64::try_from(*count).unwrap_or(0),
            Some(_) => 0,
        }
    }
}

fn text<'a>(span: &'a EndedSpan<'_>, key: &str) -> Option<&'a str> {
    span.tag(key)?.as_str()
}

/// To Prometheus an empty label is none.
fn is_label(value: &Value) -> bool {
    match value {
        Value::Str(text) => !text.is_empty(),
        Value::I64(_) | Value::Bool(_) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_at_its_place_and_has_room_for_its_labels() {
        for (at, instrument) in ALL.into_iter().enumerate() {
            assert_eq!(instrument as usize, at);
            assert!(instrument.labels().len() <= MAX_LABELS);
            assert!(instrument.bounds().is_sorted());
        }
        let labels = Instrument::Messages.labels();
        assert_eq!(labels[3..5], [MESSAGING_DESTINATION_NAME, MESSAGING_DESTINATION_TEMPLATE]);
    }
}
