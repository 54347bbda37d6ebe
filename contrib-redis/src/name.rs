//! The name of a command, and of several.

use std::borrow::Cow;

use tracer_core::semconv::OTHER;

use crate::containers;
use crate::sent::Sent;

/// Longest name that is taken for one.
const MAX: usize = 64;

/// What the commands that are sent together are called, and how many they are.
pub(crate) struct Operation<'a> {
    pub(crate) name: Cow<'a, str>,
    /// `None` of one that goes by itself.
    pub(crate) size: Option<usize>,
    /// Whether there is `MULTI` around them.
    pub(crate) transaction: bool,
}

impl<'a> Operation<'a> {
    pub(crate) fn of(sent: &'a impl Sent) -> Self {
        match sent.batch() {
            None => {
                let name = sent.commands().next().map_or(Cow::Borrowed(OTHER), of_command);
                Self { name, size: None, transaction: false }
            }
            Some(transaction) => Self::of_batch(sent, transaction),
        }
    }

    fn of_batch(sent: &'a impl Sent, mut transaction: bool) -> Self {
        let mut size = 0;
        let mut common: Option<Cow<'a, str>> = None;
        let mut mixed = false;
        for (index, command) in sent.commands().enumerate() {
            let name = of_command(command);
            if index == 0 && name.eq_ignore_ascii_case("MULTI") {
                transaction = true;
                continue;
            }
            if transaction && is_frame(&name) {
                continue;
            }
            size += 1;
            match &common {
                None => common = Some(name),
                Some(common) => mixed |= !common.eq_ignore_ascii_case(&name),
            }
        }
        let name = match (transaction, common.filter(|_| !mixed)) {
            (true, Some(name)) => Cow::Owned(format!("MULTI {name}")),
            (true, None) => Cow::Borrowed("MULTI"),
            // One command is no batch.
            (false, Some(name)) if size == 1 => name,
            (false, Some(name)) => Cow::Owned(format!("PIPELINE {name}")),
            (false, None) => Cow::Borrowed("PIPELINE"),
        };
        Self { name, size: Some(size), transaction }
    }

    /// Whether it is one command, on the wire too.
    pub(crate) fn is_one(&self) -> bool {
        !self.transaction && self.size.is_none_or(|size| size == 1)
    }
}

/// What a transaction puts around its commands.
pub(crate) fn is_frame(name: &str) -> bool {
    name.eq_ignore_ascii_case("MULTI") || name.eq_ignore_ascii_case("EXEC")
}

/// As it was given; with its second word where that belongs to the name.
pub(crate) fn of_command<'a>(mut args: impl Iterator<Item = &'a [u8]>) -> Cow<'a, str> {
    let Some(name) = args.next().and_then(word) else {
        return Cow::Borrowed(OTHER);
    };
    // Most commands have one word, and their first argument is not looked at.
    let second = containers::second_words(name).and_then(|known| {
        let second = args.next().and_then(word)?;
        known.split(' ').any(|word| word.eq_ignore_ascii_case(second)).then_some(second)
    });
    match second {
        Some(second) => Cow::Owned(format!("{name} {second}")),
        None => Cow::Borrowed(name),
    }
}

/// A text that can be a command's name. What is none is not shown, for it can be anything.
fn word(arg: &[u8]) -> Option<&str> {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    let is_word = !arg.is_empty() && arg.len() <= MAX && arg.iter().all(fits);
    std::str::from_utf8(arg).ok().filter(|_| is_word)
}

#[cfg(test)]
#[path = "name_tests.rs"]
mod tests;
