//! What the conventions ask for (OpenTelemetry's semantic conventions, 1.44).

use tracer_core::semconv::{self as key, opentracing};

use super::Group;

/// How much an attribute is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Required,
    /// Where it applies.
    Conditional,
    Recommended,
    OptIn,
    /// Not of the conventions.
    Own,
}

use Level::{Conditional, OptIn, Own, Recommended, Required};

impl Level {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Required => "required",
            Conditional => "conditional",
            Recommended => "recommended",
            OptIn => "opt-in",
            Own => "own",
        }
    }
}

/// An attribute, or several that begin with it and a dot.
pub(super) type Row = (&'static str, Level);

/// Of every span that is a root, and of those that a test has written by hand.
pub(super) const NOT_SHOWN: [&str; 3] =
    [key::SAMPLER_TYPE, key::SAMPLER_PARAM, opentracing::JAEGER_DEBUG_ID];

pub(super) fn rows(group: Group) -> impl Iterator<Item = Row> {
    let (all, more): (&[Row], &[Row]) = match group {
        Group::HttpServer => (HTTP_SERVER, &[]),
        Group::HttpClient => (HTTP_CLIENT, &[]),
        Group::GrpcServer => (GRPC_SERVER, &[]),
        Group::GrpcClient => (GRPC_CLIENT, &[]),
        Group::Sql => (SQL, &[]),
        Group::Redis => (REDIS, &[]),
        Group::Send | Group::Receive | Group::Process => (MESSAGING, MESSAGE),
        Group::Settle => (MESSAGING, &[]),
    };
    all.iter().chain(more).copied()
}

const HTTP_SERVER: &[Row] = &[
    (key::HTTP_REQUEST_METHOD, Required),
    (key::URL_PATH, Required),
    (key::URL_SCHEME, Required),
    (key::ERROR_TYPE, Conditional),
    (key::HTTP_REQUEST_METHOD_ORIGINAL, Conditional),
    (key::HTTP_RESPONSE_STATUS_CODE, Conditional),
    (key::HTTP_ROUTE, Conditional),
    (key::SERVER_PORT, Conditional),
    (key::URL_QUERY, Conditional),
    (key::CLIENT_ADDRESS, Recommended),
    (key::NETWORK_PEER_ADDRESS, Recommended),
    (key::NETWORK_PEER_PORT, Recommended),
    (key::NETWORK_PROTOCOL_VERSION, Recommended),
    (key::SERVER_ADDRESS, Recommended),
    (key::USER_AGENT_ORIGINAL, Recommended),
    (key::HTTP_REQUEST_HEADER, OptIn),
    (key::HTTP_RESPONSE_HEADER, OptIn),
    (key::HTTP_REQUEST_BODY_SIZE, OptIn),
    (key::HTTP_RESPONSE_BODY_SIZE, OptIn),
];

const HTTP_CLIENT: &[Row] = &[
    (key::HTTP_REQUEST_METHOD, Required),
    (key::SERVER_ADDRESS, Required),
    (key::SERVER_PORT, Required),
    (key::URL_FULL, Required),
    (key::ERROR_TYPE, Conditional),
    (key::HTTP_REQUEST_METHOD_ORIGINAL, Conditional),
    (key::HTTP_RESPONSE_STATUS_CODE, Conditional),
    (key::HTTP_REQUEST_RESEND_COUNT, Recommended),
    (key::NETWORK_PEER_ADDRESS, Recommended),
    (key::NETWORK_PEER_PORT, Recommended),
    (key::NETWORK_PROTOCOL_VERSION, Recommended),
    (key::HTTP_REQUEST_HEADER, OptIn),
    (key::HTTP_RESPONSE_HEADER, OptIn),
    (key::HTTP_REQUEST_BODY_SIZE, OptIn),
    (key::HTTP_RESPONSE_BODY_SIZE, OptIn),
    (key::URL_TEMPLATE, OptIn),
];

const GRPC_SERVER: &[Row] = &[
    (key::RPC_SYSTEM_NAME, Required),
    (key::RPC_RESPONSE_STATUS_CODE, Required),
    (key::ERROR_TYPE, Conditional),
    (key::RPC_METHOD, Conditional),
    (key::RPC_METHOD_ORIGINAL, Conditional),
    (key::SERVER_ADDRESS, Conditional),
    (key::SERVER_PORT, Conditional),
    (key::NETWORK_PEER_ADDRESS, Recommended),
    (key::NETWORK_PEER_PORT, Recommended),
    (key::RPC_REQUEST_METADATA, OptIn),
    (key::RPC_RESPONSE_METADATA, OptIn),
    (key::RPC_REQUEST_MESSAGE_COUNT, Own),
    (key::RPC_REQUEST_MESSAGE_SIZE, Own),
    (key::RPC_RESPONSE_MESSAGE_COUNT, Own),
    (key::RPC_RESPONSE_MESSAGE_SIZE, Own),
];

const GRPC_CLIENT: &[Row] = &[
    (key::RPC_SYSTEM_NAME, Required),
    (key::RPC_METHOD, Required),
    (key::RPC_RESPONSE_STATUS_CODE, Required),
    (key::SERVER_ADDRESS, Required),
    (key::ERROR_TYPE, Conditional),
    (key::RPC_METHOD_ORIGINAL, Conditional),
    (key::SERVER_PORT, Conditional),
    (key::NETWORK_PEER_ADDRESS, Recommended),
    (key::NETWORK_PEER_PORT, Recommended),
    (key::RPC_REQUEST_METADATA, OptIn),
    (key::RPC_RESPONSE_METADATA, OptIn),
    (key::RPC_REQUEST_MESSAGE_COUNT, Own),
    (key::RPC_REQUEST_MESSAGE_SIZE, Own),
    (key::RPC_RESPONSE_MESSAGE_COUNT, Own),
    (key::RPC_RESPONSE_MESSAGE_SIZE, Own),
];

const SQL: &[Row] = &[
    (key::DB_SYSTEM_NAME, Required),
    (key::DB_NAMESPACE, Conditional),
    (key::DB_RESPONSE_STATUS_CODE, Conditional),
    (key::ERROR_TYPE, Conditional),
    (key::SERVER_PORT, Conditional),
    (key::DB_OPERATION_NAME, Recommended),
    (key::DB_OPERATION_BATCH_SIZE, Recommended),
    (key::DB_QUERY_SUMMARY, Recommended),
    (key::DB_QUERY_TEXT, Recommended),
    (key::SERVER_ADDRESS, Recommended),
    (key::DB_RESPONSE_RETURNED_ROWS, OptIn),
    (key::DB_RESPONSE_AFFECTED_ROWS, Own),
    (key::DB_OPERATION_SLOW, Own),
];

const REDIS: &[Row] = &[
    (key::DB_SYSTEM_NAME, Required),
    (key::DB_OPERATION_NAME, Required),
    (key::DB_NAMESPACE, Conditional),
    (key::DB_RESPONSE_STATUS_CODE, Conditional),
    (key::ERROR_TYPE, Conditional),
    (key::SERVER_PORT, Conditional),
    (key::DB_OPERATION_BATCH_SIZE, Recommended),
    (key::DB_QUERY_TEXT, Recommended),
    (key::DB_STORED_PROCEDURE_NAME, Recommended),
    (key::SERVER_ADDRESS, Recommended),
    (key::NETWORK_PEER_ADDRESS, Recommended),
    (key::NETWORK_PEER_PORT, Recommended),
];

/// Of every span about messages.
const MESSAGING: &[Row] = &[
    (key::MESSAGING_SYSTEM, Required),
    (key::MESSAGING_DESTINATION_NAME, Required),
    (key::MESSAGING_OPERATION_NAME, Required),
    (key::MESSAGING_OPERATION_TYPE, Conditional),
    (key::ERROR_TYPE, Conditional),
    (key::MESSAGING_BATCH_MESSAGE_COUNT, Conditional),
    (key::MESSAGING_DESTINATION_ANONYMOUS, Conditional),
    (key::MESSAGING_DESTINATION_TEMPLATE, Conditional),
    (key::MESSAGING_RABBITMQ_DESTINATION_ROUTING_KEY, Conditional),
    (key::MESSAGING_RABBITMQ_MESSAGE_DELIVERY_TAG, Conditional),
    (key::SERVER_ADDRESS, Conditional),
    (key::SERVER_PORT, Recommended),
];

/// Of the message itself, where the span is about one.
const MESSAGE: &[Row] = &[
    (key::MESSAGING_MESSAGE_CONVERSATION_ID, Recommended),
    (key::MESSAGING_MESSAGE_ID, Recommended),
    (key::NETWORK_PEER_ADDRESS, Recommended),
    (key::NETWORK_PEER_PORT, Recommended),
    (key::MESSAGING_MESSAGE_BODY_SIZE, OptIn),
    (key::MESSAGING_MESSAGE_REDELIVERED, Own),
    (key::MESSAGING_MESSAGE_DEATHS, Own),
    (key::MESSAGING_MESSAGE_QUEUE_TIME, Own),
];
