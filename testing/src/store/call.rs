//! The calls that the suite asks for.

use std::time::Duration;

/// A text that is found wherever it is kept: as a value, in a literal, in a name, in a password.
/// Letters and digits only, so that no place has to quote it.
pub const SECRET: &str = "hushHushNobodyMayRead7";

/// How long a caller waits before it asks for another row of a stream.
pub const GAP: Duration = Duration::from_millis(25);

/// How long a caller sits on a stream before it drops it.
pub const PARKED: Duration = Duration::from_millis(120);

/// How many commands [`Call::Batch`] and [`Call::Transaction`] have.
pub const BATCH: usize = 3;

/// One call of a store. What it needs (tables, keys) is made before and without the integration,
/// and the same call can be made again and again, also twice at a time, with the same outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// One command or statement that answers with a value: `GET` of a key that is there, `SELECT`
    /// of one row.
    Ok,
    /// One that finds nothing, which is no error: nil, no row.
    Empty,
    /// One that writes [`SECRET`], given as a value: a bind value, a value of Redis.
    Writes,
    /// Three rows as a stream, read to the end by [`read`](super::read).
    Streams,
    /// The same rows, of which [`read`](super::read) takes one, waits [`PARKED`] and drops the
    /// stream.
    LeavesEarly,
    /// The server refuses it with [`Adapter::error_code`](super::Adapter::error_code): a key of
    /// the wrong type, a unique index.
    Refused,
    /// Nobody is there: a port where nobody listens, a connection that is gone.
    Unreachable,
    /// The server does not answer for longer than anybody waits (10 s are enough): `BLPOP`, a
    /// sleep, a lock. The suite drops it; later calls must not have to wait for it.
    Hangs,
    /// [`BATCH`] commands at once: a pipeline. Not supported where there is no such thing.
    Batch,
    /// [`BATCH`] commands as a transaction that commits.
    Transaction,
    /// A pipeline or transaction with one command that is refused as in [`Refused`](Self::Refused);
    /// the other ones are fine.
    BatchRefused,
    /// [`SECRET`] in every place where a text can carry it: literals, comments, the credentials of
    /// a URL, arguments of `AUTH`, values that an error message quotes. As many commands as that
    /// takes; the settings are the default ones.
    Secrets,
    /// The command of [`Ok`](Self::Ok), whose future is made and dropped without ever being polled.
    /// The answer is empty.
    Unpolled,
}

impl Call {
    /// Every call.
    pub const ALL: [Self; 13] = [
        Self::Ok,
        Self::Empty,
        Self::Writes,
        Self::Streams,
        Self::LeavesEarly,
        Self::Refused,
        Self::Unreachable,
        Self::Hangs,
        Self::Batch,
        Self::Transaction,
        Self::BatchRefused,
        Self::Secrets,
        Self::Unpolled,
    ];

    /// Whether it comes to an end by itself.
    #[must_use]
    pub const fn comes_back(self) -> bool {
        !matches!(self, Self::Hangs)
    }

    /// Whether it is one command: one span.
    pub(super) const fn is_one(self) -> bool {
        !matches!(self, Self::Batch | Self::Transaction | Self::BatchRefused | Self::Secrets)
    }
}
