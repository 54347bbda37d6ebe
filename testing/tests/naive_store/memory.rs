//! A store in memory: a few keys, three rows, and a command that never answers.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

/// A command with its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) name: &'static str,
    pub(crate) arguments: Vec<String>,
}

impl Command {
    pub(crate) fn new(name: &'static str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        Self { name, arguments }
    }
}

pub(crate) type Answer = Result<Option<String>, StoreError>;

#[derive(Debug)]
pub(crate) enum StoreError {
    /// The store's own answer.
    Refused { code: &'static str, message: String },
    /// Nobody is there.
    Gone,
}

impl StoreError {
    pub(crate) const fn code(&self) -> Option<&'static str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            Self::Gone => None,
        }
    }

    pub(crate) fn message(&self) -> &str {
        match self {
            Self::Refused { message, .. } => message,
            Self::Gone => "nobody is there",
        }
    }

    pub(crate) const fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }
}

/// What a key of the wrong type is answered with.
pub(crate) const WRONG_TYPE: &str = "WRONGTYPE";

/// Nothing changes in it, so that every call can be made twice.
pub(crate) async fn run(command: &Command) -> Answer {
    // An answer takes a while.
    tokio::task::yield_now().await;
    let argument = command.arguments.first().map(String::as_str);
    match (command.name, argument) {
        ("GET", Some("there")) => Ok(Some("7".to_owned())),
        ("GET", Some("nothing")) => Ok(None),
        ("GET", Some("gone")) => Err(StoreError::Gone),
        ("GET", argument) => {
            let message = format!("{argument:?} is a list");
            Err(StoreError::Refused { code: WRONG_TYPE, message })
        }
        ("WAIT", _) => std::future::pending().await,
        _ => Ok(Some("OK".to_owned())),
    }
}

/// All at once: the first error is the batch's.
pub(crate) async fn run_all(commands: &[Command]) -> Result<Vec<Option<String>>, StoreError> {
    let mut answers = Vec::new();
    for command in commands {
        answers.push(run(command).await?);
    }
    Ok(answers)
}

/// Three rows, there at once.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    given: u64,
}

/// How many rows there are.
pub(crate) const ROWS: u64 = 3;

impl Stream for Rows {
    type Item = Result<u64, StoreError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.given == ROWS {
            return Poll::Ready(None);
        }
        self.given += 1;
        Poll::Ready(Some(Ok(self.given)))
    }
}
