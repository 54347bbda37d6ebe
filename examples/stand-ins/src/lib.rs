//! Servers that run inside an example: nothing to install, nothing to clean up.
//!
//! [`RedisStandIn`] is as much of Redis as the examples use, and as a client library needs to
//! connect. It is for examples and for fast tests of them: integrations are proven against the
//! real server.
#![forbid(unsafe_code)]

mod redis;

pub use redis::RedisStandIn;
