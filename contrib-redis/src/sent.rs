//! What is sent, as commands with their arguments.

use redis::{Arg, Cmd};

use crate::resp::Commands;

/// One command or several, in whatever form redis hands them over.
pub(crate) trait Sent {
    /// `None` of one command that goes by itself. Of several, whether the library puts them into a
    /// transaction without `MULTI` being among them.
    fn batch(&self) -> Option<bool>;

    fn commands(&self) -> impl Iterator<Item = impl Iterator<Item = &[u8]>>;
}

impl Sent for Cmd {
    fn batch(&self) -> Option<bool> {
        None
    }

    fn commands(&self) -> impl Iterator<Item = impl Iterator<Item = &[u8]>> {
        std::iter::once(args(self))
    }
}

/// One command as it goes over the wire.
pub(crate) struct PackedCommand<'a>(pub(crate) &'a [u8]);

impl Sent for PackedCommand<'_> {
    fn batch(&self) -> Option<bool> {
        None
    }

    fn commands(&self) -> impl Iterator<Item = impl Iterator<Item = &[u8]>> {
        Commands::new(self.0).take(1)
    }
}

/// A pipeline as it goes over the wire, or a transaction from `MULTI` to `EXEC`.
pub(crate) struct PackedBatch<'a>(pub(crate) &'a [u8]);

impl Sent for PackedBatch<'_> {
    fn batch(&self) -> Option<bool> {
        Some(false)
    }

    fn commands(&self) -> impl Iterator<Item = impl Iterator<Item = &[u8]>> {
        Commands::new(self.0)
    }
}

/// A cursor is nothing that anybody would want to see.
pub(crate) fn args(cmd: &Cmd) -> impl Iterator<Item = &[u8]> {
    cmd.args_iter().map(|arg| match arg {
        Arg::Simple(arg) => arg,
        _ => &[],
    })
}
