//! What reporters read of the environment, through a function, so that tests need no process of
//! their own. An empty variable counts as unset; one with a bad value is named on standard error,
//! without the value, and ignored.

mod list;
mod resource;
mod vars;

pub use list::parse as list;
pub use resource::{default_service_name, resource_from};
pub use vars::{ReadUrl, Vars};

pub use crate::say::bad_variable;
