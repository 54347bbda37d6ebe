//! What an integration tells of a command.

use std::borrow::Cow;

use tracer_core::semconv::db::{DbCall, Endpoint};

use super::Fault;
use super::memory::Command;

pub(crate) struct View<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) operation: &'static str,
    pub(crate) commands: &'a [Command],
    pub(crate) fault: Fault,
}

impl DbCall for View<'_> {
    fn endpoint(&self) -> &Endpoint {
        self.endpoint
    }

    fn operation(&self) -> Option<Cow<'_, str>> {
        Some(self.operation.into())
    }

    fn text(&self) -> Option<Cow<'static, str>> {
        let mut text = String::new();
        for command in self.commands {
            text.push_str(command.name);
            for argument in &command.arguments {
                let kept = self.fault == Fault::KeepsSecrets;
                text.push_str(if kept { argument } else { " ?" });
            }
            text.push('\n');
        }
        Some(text.into())
    }

    fn batch_size(&self) -> Option<usize> {
        (self.fault != Fault::ForgetsBatchSize).then_some(self.commands.len())
    }

    fn name(&self) -> Option<Cow<'static, str>> {
        let argument = self.commands.first()?.arguments.first()?;
        let named = self.fault == Fault::WrongName;
        named.then(|| format!("{} {argument}", self.operation).into())
    }
}
