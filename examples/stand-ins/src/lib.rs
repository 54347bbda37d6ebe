//! Servers that run inside an example: nothing to install, nothing to clean up.
//!
//! [`RedisStandIn`] and [`AmqpStandIn`] are as much of Redis and of RabbitMQ as the examples use, and
//! as a client library needs to connect. They are for examples and for fast tests of them:
//! integrations are proven against the real servers.
//!
//! What a client sends is bounded, command by command. What is kept is not, and neither is a reply
//! (`LRANGE`, `KEYS`): who can connect can fill the memory. It listens on the loopback interface
//! only, for clients that are trusted.
#![forbid(unsafe_code)]

mod amqp;
mod redis;

pub use amqp::AmqpStandIn;
pub use redis::RedisStandIn;
