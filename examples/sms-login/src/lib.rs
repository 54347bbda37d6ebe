//! A login by SMS: three services, a queue between two of them, and one trace through all.
//!
//! ```text
//! phone --HTTP--> api --HTTP--> auth --> Redis
//!                                 |
//!                                 +--AMQP--> sms --HTTP--> provider
//! ```
//!
//! Somebody asks [`api`] for a code. [`auth`] makes one, keeps it in Redis ([`codes`]) and leaves a
//! message in the [`queue`]; it answers before [`sms`] has seen that. Still it is one trace: the
//! message carries the context, and the work on it is a child of the span that has sent it.
//!
//! The [`provider`] is somebody else's company: it is called and never traced. Where it refuses, the
//! message is dead-lettered, comes back a little later, and after the third try goes where a person
//! has to look at it: three spans of work below one sender.
//!
//! Telephone numbers and codes are in no trace and in no line of a log.

pub mod api;
pub mod auth;
pub mod cli;
pub mod codes;
pub mod demo;
pub mod login;
pub mod provider;
pub mod queue;
pub mod sms;

pub use login::{Addresses, Backing, Login, Tracers};
