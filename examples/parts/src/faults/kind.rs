//! What can be broken, and where.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Error, Result, bail, ensure};

use super::spec::duration;

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It takes so much longer, and up to `jitter` more.
    Latency {
        /// At least.
        by: Duration,
        /// And then up to this much.
        jitter: Duration,
    },
    /// No answer ever comes.
    Hang,
    /// No answer comes in time: whoever waits gives up after this.
    Timeout(Duration),
    /// This status comes in the place of an answer: HTTP's, or gRPC's.
    Status(u16),
    /// Nobody listens.
    Refused,
    /// The connection breaks.
    Reset,
    /// The name can't be resolved.
    Dns,
    /// The answer ends in the middle.
    Truncate,
    /// Each piece of the answer takes so much longer.
    SlowBody(Duration),
    /// The handler panics.
    Panic,
    /// It fails, in whichever way is usual there.
    Error,
    /// What is under the key is of another type.
    WrongType,
    /// A row is there already.
    Unique,
    /// Two transactions wait for each other. Needs a server, or a file: what is in memory is locked
    /// as a whole.
    Deadlock,
    /// All connections are taken, for so long.
    Exhausted(Duration),
    /// The message is lost on its way.
    Drop,
    /// The message is sent twice.
    Duplicate,
    /// Nobody can read the message.
    Poison,
    /// No queue wants the message.
    Unroutable,
}

/// A kind of place: each breaks in ways of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A service that is called over HTTP.
    Http,
    /// A service that is called over gRPC.
    Grpc,
    /// A call over HTTP.
    HttpCall,
    /// A call over gRPC.
    GrpcCall,
    /// Commands to Redis.
    Redis,
    /// Transactions of a database.
    Sql,
    /// Messages that leave.
    Publish,
    /// Messages that arrive.
    Consume,
}

impl Part {
    /// The kinds that can happen here, by name.
    #[must_use]
    pub const fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Http | Self::Grpc => {
                &["latency", "hang", "status", "truncate", "slow-body", "panic"]
            }
            Self::HttpCall => &["latency", "hang", "timeout", "status", "refused", "reset", "dns"],
            Self::GrpcCall => &["latency", "hang", "status", "refused"],
            Self::Redis => {
                &["latency", "hang", "timeout", "refused", "reset", "error", "wrong-type"]
            }
            Self::Sql => &["latency", "error", "unique", "deadlock", "exhausted"],
            Self::Publish => &["latency", "drop", "duplicate", "poison", "unroutable"],
            Self::Consume => &["latency", "error"],
        }
    }
}

impl Kind {
    /// Whether it can be so there: another protocol has other statuses.
    #[must_use]
    pub fn fits(self, part: Part) -> bool {
        let statuses = match part {
            Part::Grpc | Part::GrpcCall => 1..=16,
            _ => 200..=599,
        };
        let has_status = !matches!(self, Self::Status(status) if !statuses.contains(&status));
        part.kinds().contains(&self.name()) && has_status
    }

    /// Whether only the request suffers from it that it is done to: others wait for connections, or
    /// for whoever has locked what they need.
    #[must_use]
    pub const fn is_for_one(self) -> bool {
        !matches!(self, Self::Exhausted(_) | Self::Deadlock)
    }

    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Latency { .. } => "latency",
            Self::Hang => "hang",
            Self::Timeout(_) => "timeout",
            Self::Status(_) => "status",
            Self::Refused => "refused",
            Self::Reset => "reset",
            Self::Dns => "dns",
            Self::Truncate => "truncate",
            Self::SlowBody(_) => "slow-body",
            Self::Panic => "panic",
            Self::Error => "error",
            Self::WrongType => "wrong-type",
            Self::Unique => "unique",
            Self::Deadlock => "deadlock",
            Self::Exhausted(_) => "exhausted",
            Self::Drop => "drop",
            Self::Duplicate => "duplicate",
            Self::Poison => "poison",
            Self::Unroutable => "unroutable",
        }
    }
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, argument) = match text.split_once(':') {
            Some((name, argument)) => (name, Some(argument)),
            None => (text, None),
        };
        let time = || duration(argument.with_context(|| format!("{name}:HOW-LONG"))?);
        let kind = match name {
            "latency" => {
                let argument = argument.context("latency:HOW-LONG")?;
                let (by, jitter) = argument.split_once('~').unwrap_or((argument, "0ms"));
                Self::Latency { by: duration(by)?, jitter: duration(jitter)? }
            }
            "timeout" => Self::Timeout(time()?),
            "slow-body" => Self::SlowBody(time()?),
            "exhausted" => Self::Exhausted(time()?),
            "status" => {
                let status = argument.context("status:NUMBER")?;
                let status = status.parse().context("a status is a number")?;
                // gRPC's go to 16.
                ensure!(matches!(status, 1..=16 | 100..=999), "there is no status {status}");
                Self::Status(status)
            }
            other => {
                ensure!(argument.is_none(), "{name} takes no argument");
                match other {
                    "hang" => Self::Hang,
                    "refused" => Self::Refused,
                    "reset" => Self::Reset,
                    "dns" => Self::Dns,
                    "truncate" => Self::Truncate,
                    "panic" => Self::Panic,
                    "error" => Self::Error,
                    "wrong-type" => Self::WrongType,
                    "unique" => Self::Unique,
                    "deadlock" => Self::Deadlock,
                    "drop" => Self::Drop,
                    "duplicate" => Self::Duplicate,
                    "poison" => Self::Poison,
                    "unroutable" => Self::Unroutable,
                    _ => bail!("there is no fault {name:?}"),
                }
            }
        };
        Ok(kind)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match *self {
            Self::Latency { by, jitter } => {
                write!(f, ":{}", Time(by))?;
                if jitter.is_zero() { Ok(()) } else { write!(f, "~{}", Time(jitter)) }
            }
            Self::Timeout(time) | Self::SlowBody(time) | Self::Exhausted(time) => {
                write!(f, ":{}", Time(time))
            }
            Self::Status(status) => write!(f, ":{status}"),
            _ => Ok(()),
        }
    }
}

/// `200ms`, `2s`.
struct Time(Duration);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_millis();
        if millis.is_multiple_of(1_000) && millis > 0 {
            write!(f, "{}s", millis / 1_000)
        } else {
            write!(f, "{millis}ms")
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{Kind, Part};

    /// What a place offers can be written, and is called so again.
    #[test]
    fn all_that_is_offered_is_there() {
        for part in [
            Part::Http,
            Part::Grpc,
            Part::HttpCall,
            Part::GrpcCall,
            Part::Redis,
            Part::Sql,
            Part::Publish,
            Part::Consume,
        ] {
            for name in part.kinds() {
                let read = [":1s", ":503", ""]
                    .iter()
                    .find_map(|argument| format!("{name}{argument}").parse::<Kind>().ok());
                assert_eq!(read.unwrap().name(), *name);
            }
        }
    }
}
