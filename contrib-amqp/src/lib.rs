//! Traces the messages that lapin sends, receives and settles.
//!
//! | span | kind | an error is |
//! | --- | --- | --- |
//! | `publish {exchange}:{routing key}` | producer | what lapin or the broker says, a message that is returned or not confirmed |
//! | `process {exchange}:{routing key}:{queue}` | consumer, child of the sender's span | nack, reject, a panic, a handler that is dropped |
//! | `get {queue}` | client | what lapin or the broker says |
//! | `ack`, `nack`, `reject` `{destination}` | client | the same |
//!
//! Their tags are those of OpenTelemetry's conventions for messaging and RabbitMQ.
//!
//! # Quick start
//!
//! ```no_run
//! use contrib_amqp::{AmqpTracing, ChannelExt};
//! use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicPublishOptions};
//! use lapin::types::FieldTable;
//! use lapin::{BasicProperties, Connection, ConnectionProperties};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let uri: lapin::uri::AMQPUri = "amqp://mq.internal:5672/%2f".parse()?;
//! let connection = Connection::connect_uri(uri.clone(), ConnectionProperties::default()).await?;
//! let channel = connection.create_channel().await?.traced(&uri);
//!
//! let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
//! channel.basic_publish("".into(), "sms".into(), options, b"hello", properties).await?.await?;
//!
//! let (options, arguments) = (BasicConsumeOptions::default(), FieldTable::default());
//! let consumer = channel.basic_consume("sms".into(), "worker".into(), options, arguments).await?;
//! consumer
//!     .for_each_traced(async |message| {
//!         // The span of the work on it is current here.
//!         let _ = message.ack(BasicAckOptions::default()).await;
//!     })
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Customising
//! [`AmqpTracing`] has the settings: a filter by destination, names for destinations with ids in
//! them, links instead of parents, how far senders are believed, what is told of a message.
//!
//! # Whose child a message is
//! The span of the work on a message is the child of the span that has sent it, in the same trace,
//! where nothing is current when the message is handed out. Where something is, that is the parent
//! and the sender is linked; [`always_linked`](AmqpTracing::always_linked) links always. Several
//! messages at once: [`process_batch`] links to all. A message that a program has given a context
//! itself keeps it: nothing is added, and its span is a client's, with a link to that context.
//!
//! A message's context goes into its headers, which are otherwise left as they are. Where it does not fit
//! into the frame beside them, it is left out and the message is sent.
//!
//! # When a span ends
//! That of a sent message with the broker's word, where [confirms](lapin::Channel::confirm_select)
//! are on: a message that is returned is an error (`no_route`), and so is a nack. A
//! [`TracedConfirm`] that is dropped leaves a log `incomplete`. That of the work on a message with
//! the handler of [`for_each_traced`](TracedConsumer::for_each_traced) or
//! [`process`](TracedDelivery::process), or where there is none, when the [`TracedDelivery`] is
//! dropped; whether and how it was settled is in its logs. A message that comes again
//! has a span each time, with `messaging.message.redelivered`, and with the number of its deaths
//! where it comes out of a dead-letter queue.
//!
//! # Never recorded
//! Bodies, headers, users, passwords, virtual hosts. Error messages only if you ask for them.
//!
//! # Cost when off
//! Switched off, a message's context is taken as it is and handed on unread; nothing else is done.
//! Compiled out (tracer-core's feature `off`), the wrappers are newtypes.
#![forbid(unsafe_code)]

mod batch;
mod channel;
mod config;
mod consumer;
mod delivery;
mod failure;
mod get;
mod headers;
mod message;
mod publish;
mod settings;
mod settle;

pub use batch::process_batch;
pub use channel::{ChannelExt, TracedChannel};
pub use consumer::TracedConsumer;
pub use delivery::TracedDelivery;
pub use get::TracedGetMessage;
pub use publish::TracedConfirm;
pub use settings::AmqpTracing;
