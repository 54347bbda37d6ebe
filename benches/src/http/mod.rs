//! A service over HTTP: bare, and with each contestant's layer.

pub mod app;
pub mod in_process;
pub mod layers;
pub mod load;
pub mod server;
