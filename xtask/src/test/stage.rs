//! What a stage is: a name, and a plan made when its turn comes.

use std::process::Command;

use anyhow::Result;

use crate::services::kind::Kind;
use crate::workspace::Workspace;

/// One line of the summary.
pub struct Stage {
    pub name: &'static str,
    pub about: &'static str,
    /// Told of in its steps' environment; one that cannot be had is a failure.
    pub servers: &'static [Kind],
    /// An error is a failure of the stage, told in its words.
    pub plan: fn(&Workspace) -> Result<Plan>,
}

impl Stage {
    pub const fn new(
        name: &'static str,
        about: &'static str,
        plan: fn(&Workspace) -> Result<Plan>,
    ) -> Self {
        Self { name, about, servers: &[], plan }
    }

    pub const fn with(self, servers: &'static [Kind]) -> Self {
        Self { servers, ..self }
    }
}

/// What a stage does on this machine.
pub enum Plan {
    /// One after the other; the first that fails ends the stage.
    Run(Vec<Step>),
    /// It cannot be done here, for this reason: neither passed nor failed.
    Skip(String),
}

/// A program that has to end with 0, and to say what is expected of it.
pub struct Step {
    pub command: Command,
    pub check: Option<fn(&str) -> Result<()>>,
}

impl Step {
    pub fn new(command: Command) -> Self {
        Self { command, check: None }
    }

    /// Looks at all that the program printed.
    pub fn with_check(self, check: fn(&str) -> Result<()>) -> Self {
        Self { check: Some(check), ..self }
    }
}

impl From<Command> for Plan {
    fn from(command: Command) -> Self {
        Self::Run(vec![Step::new(command)])
    }
}
