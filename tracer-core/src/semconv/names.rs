//! Names of tags, as OpenTelemetry's conventions spell them.

/// What kind of failure ended the work: a status code, `cancelled`, `panic`, `timeout`, a type.
pub const ERROR_TYPE: &str = "error.type";

/// The method, or `_OTHER`.
pub const HTTP_REQUEST_METHOD: &str = "http.request.method";
/// The method as it was sent, where that is not what [`HTTP_REQUEST_METHOD`] says.
pub const HTTP_REQUEST_METHOD_ORIGINAL: &str = "http.request.method_original";
/// Which attempt this is, counted from 1 for the first repetition.
pub const HTTP_REQUEST_RESEND_COUNT: &str = "http.request.resend_count";
/// The status code, as a number.
pub const HTTP_RESPONSE_STATUS_CODE: &str = "http.response.status_code";
/// Bytes of the request's body, as its head says or it is at hand; where it is asked for.
pub const HTTP_REQUEST_BODY_SIZE: &str = "http.request.body.size";
/// Bytes of the response's body, as they have passed (decompressed, where a client's library does
/// that below); where it was cut short, or is asked for.
pub const HTTP_RESPONSE_BODY_SIZE: &str = "http.response.body.size";
/// What stands before the name of a request's header that is recorded.
pub const HTTP_REQUEST_HEADER: &str = "http.request.header";
/// The same of a response's.
pub const HTTP_RESPONSE_HEADER: &str = "http.response.header";
/// The route's template, as the router knows it. Never the path.
pub const HTTP_ROUTE: &str = "http.route";

/// The path.
pub const URL_PATH: &str = "url.path";
/// The query, without its `?`.
pub const URL_QUERY: &str = "url.query";
/// `http` or `https`.
pub const URL_SCHEME: &str = "url.scheme";
/// The URL's template, where the caller has told it.
pub const URL_TEMPLATE: &str = "url.template";
/// The whole URL.
pub const URL_FULL: &str = "url.full";
/// What the caller says it is.
pub const USER_AGENT_ORIGINAL: &str = "user_agent.original";

/// The host that is called, by name if it has one.
pub const SERVER_ADDRESS: &str = "server.address";
/// Its port.
pub const SERVER_PORT: &str = "server.port";
/// The caller, as far as it can be believed.
pub const CLIENT_ADDRESS: &str = "client.address";
/// The other end of the connection.
pub const NETWORK_PEER_ADDRESS: &str = "network.peer.address";
/// Its port.
pub const NETWORK_PEER_PORT: &str = "network.peer.port";
/// `1.0`, `1.1`, `2`, `3`.
pub const NETWORK_PROTOCOL_VERSION: &str = "network.protocol.version";

/// `grpc`.
pub const RPC_SYSTEM_NAME: &str = "rpc.system.name";
/// `package.Service/Method`, or `_OTHER`.
pub const RPC_METHOD: &str = "rpc.method";
/// The method as it was sent, where that is not what [`RPC_METHOD`] says.
pub const RPC_METHOD_ORIGINAL: &str = "rpc.method_original";
/// The status code's name. (A later release of the conventions calls it `rpc.status_code`.)
pub const RPC_RESPONSE_STATUS_CODE: &str = "rpc.response.status_code";

/// `rabbitmq`.
pub const MESSAGING_SYSTEM: &str = "messaging.system";
/// Where a message goes, or comes from: of RabbitMQ, exchange, routing key and queue.
pub const MESSAGING_DESTINATION_NAME: &str = "messaging.destination.name";
/// The same without its ids: it names the span.
pub const MESSAGING_DESTINATION_TEMPLATE: &str = "messaging.destination.template";
/// The broker has made up the destination's name.
pub const MESSAGING_DESTINATION_ANONYMOUS: &str = "messaging.destination.anonymous";
/// The library's word for it: `publish`, `get`, `process`, `ack`, `nack`, `reject`.
pub const MESSAGING_OPERATION_NAME: &str = "messaging.operation.name";
/// `send`, `receive`, `process` or `settle`.
pub const MESSAGING_OPERATION_TYPE: &str = "messaging.operation.type";
/// How many messages were handled at once, where they were.
pub const MESSAGING_BATCH_MESSAGE_COUNT: &str = "messaging.batch.message_count";
/// The id that the program has given the message.
pub const MESSAGING_MESSAGE_ID: &str = "messaging.message.id";
/// What an answer and its question have in common.
pub const MESSAGING_MESSAGE_CONVERSATION_ID: &str = "messaging.message.conversation_id";
/// Bytes of the message's body.
pub const MESSAGING_MESSAGE_BODY_SIZE: &str = "messaging.message.body.size";
/// The message was delivered before. Not of the conventions.
pub const MESSAGING_MESSAGE_REDELIVERED: &str = "messaging.message.redelivered";
/// How many times the message was rejected or expired somewhere. Not of the conventions.
pub const MESSAGING_MESSAGE_DEATHS: &str = "messaging.message.deaths";
/// Whole seconds from the message's timestamp to its delivery. Not of the conventions.
pub const MESSAGING_MESSAGE_QUEUE_TIME: &str = "messaging.message.queue_time";
/// Where an exchange sends the message by.
pub const MESSAGING_RABBITMQ_DESTINATION_ROUTING_KEY: &str =
    "messaging.rabbitmq.destination.routing_key";
/// The number of the delivery on its channel.
pub const MESSAGING_RABBITMQ_MESSAGE_DELIVERY_TAG: &str = "messaging.rabbitmq.message.delivery_tag";

/// What stands before the name of a request's metadata that is recorded.
pub const RPC_REQUEST_METADATA: &str = "rpc.request.metadata";
/// The same of a response's.
pub const RPC_RESPONSE_METADATA: &str = "rpc.response.metadata";

/// Which database or cache this is: `postgresql`, `mysql`, `mariadb`, `sqlite`, `redis`.
pub const DB_SYSTEM_NAME: &str = "db.system.name";
/// The database in it; of Redis, its number.
pub const DB_NAMESPACE: &str = "db.namespace";
/// The command, as it was given.
pub const DB_OPERATION_NAME: &str = "db.operation.name";
/// How many commands went at once, where that is not one.
pub const DB_OPERATION_BATCH_SIZE: &str = "db.operation.batch.size";
/// What a statement does to which tables, in a few words: it names the span.
pub const DB_QUERY_SUMMARY: &str = "db.query.summary";
/// The statement, without its literals.
pub const DB_QUERY_TEXT: &str = "db.query.text";
/// The script or function that was called.
pub const DB_STORED_PROCEDURE_NAME: &str = "db.stored_procedure.name";
/// The database's own code of an error: a vendor's number, an SQLSTATE, `WRONGTYPE`.
pub const DB_RESPONSE_STATUS_CODE: &str = "db.response.status_code";
/// It took longer than its program had said is slow. This kit's own.
pub const DB_OPERATION_SLOW: &str = "db.operation.slow";
/// Messages of a gRPC call that its caller has sent. This and the next three are this kit's own.
pub const RPC_REQUEST_MESSAGE_COUNT: &str = "rpc.request.message.count";
/// Their bytes, as they are on the wire, without the five in front of each.
pub const RPC_REQUEST_MESSAGE_SIZE: &str = "rpc.request.message.size";
/// Messages of a gRPC call that its server has sent.
pub const RPC_RESPONSE_MESSAGE_COUNT: &str = "rpc.response.message.count";
/// Their bytes.
pub const RPC_RESPONSE_MESSAGE_SIZE: &str = "rpc.response.message.size";
/// Rows that a query gave back.
pub const DB_RESPONSE_RETURNED_ROWS: &str = "db.response.returned_rows";
/// Rows that a statement changed. This kit's own: the conventions have no name for it.
pub const DB_RESPONSE_AFFECTED_ROWS: &str = "db.response.affected_rows";

/// Which kind of sampler decided: Jaeger's name for it. This and the next are Jaeger's own.
pub const SAMPLER_TYPE: &str = "sampler.type";
/// Its parameter: a truth value, a rate, traces a second.
pub const SAMPLER_PARAM: &str = "sampler.param";

/// Why a trace was kept that the sampler had said no to: `error`, `slow` or `priority`; on its local
/// root. This kit's own: see [`KeepIf`](crate::KeepIf).
pub const KEPT: &str = "tracer.kept";

/// The value that stands for whatever nobody has foreseen.
pub const OTHER: &str = "_OTHER";

/// [`ERROR_TYPE`] of work that was dropped before it was done.
pub const CANCELLED: &str = "cancelled";
/// [`ERROR_TYPE`] of work that panicked.
pub const PANIC: &str = "panic";
/// [`ERROR_TYPE`] of work that took too long.
pub const TIMEOUT: &str = "timeout";
/// [`ERROR_TYPE`] of work that waited too long for a connection of its pool.
pub const POOL_TIMEOUT: &str = "pool_timeout";
