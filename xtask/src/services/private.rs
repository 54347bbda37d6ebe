//! Servers of our own: Linux only, since it takes `/proc` to know one's own
//! processes from others'.

mod choose;
mod command;
mod down;
mod home;
mod install;
mod launch;
mod listener;
mod lookup;
mod machine;
mod mariadb;
mod place;
mod policy;
mod postgres;
mod proc;
mod process;
mod rabbitmq;
mod redis;
mod server;
mod session;
mod spare;
mod state;
mod up;
mod url;

pub use command::{install_all, program, run};
pub use session::Session;
