//! What the examples have in common, and what is no lesson of any of them.
//!
//! [`runtime`] and [`serving`] run services and stop them in an orderly way; [`reporting`] says where
//! spans go, [`switch`] what each service has beside its own routes; [`http`] is how services call
//! each other and refuse, [`logs`] what they say; [`faults`] breaks them on purpose; [`traces`] puts
//! spans together, [`screen`] draws them, and [`demo`] runs all of it.

pub mod demo;
pub mod faults;
pub mod http;
pub mod logs;
pub mod reporting;
pub mod runtime;
pub mod say;
pub mod screen;
pub mod serving;
pub mod switch;
pub mod traces;
