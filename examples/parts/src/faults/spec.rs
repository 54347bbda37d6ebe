//! A fault as people write it down: `server3.redis=timeout:2s@50%x3`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Error, Result, bail, ensure};

use super::kind::Kind;

/// One thing that is broken: where, in which way, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The arrow or the service, as in `server3.redis`.
    pub place: String,
    /// What happens there.
    pub kind: Kind,
    /// Of a hundred times, so many.
    pub percent: u8,
    /// No more often than that.
    pub times: Option<u32>,
}

impl FromStr for Fault {
    type Err = Error;

    /// `PLACE=KIND`, then the kind's `:ARGUMENT`, `@N%` and `xN`, as far as there is something to
    /// say. A colon does for the equals sign, which means something of its own in a header.
    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        let (place, rest) = text.split_once(['=', ':']).context("a fault is PLACE=KIND")?;
        let (rest, times) = match rest.rsplit_once('x') {
            Some((rest, times)) if is_number(times) => (rest, Some(times.parse()?)),
            _ => (rest, None),
        };
        let (rest, percent) = match rest.rsplit_once('@') {
            Some((rest, percent)) => {
                let percent = percent.strip_suffix('%').unwrap_or(percent);
                (rest, percent.parse().context("how often is a number of percent")?)
            }
            None => (rest, 100),
        };
        ensure!((1..=100).contains(&percent), "how often is between 1 and 100 percent");
        ensure!(times != Some(0), "no times is not at all");
        Ok(Self { place: place.to_owned(), kind: rest.parse()?, percent, times })
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.place, self.kind)?;
        if self.percent < 100 {
            write!(f, "@{}%", self.percent)?;
        }
        self.times.map_or(Ok(()), |times| write!(f, "x{times}"))
    }
}

/// A time as people write it: `200ms`, `2s`.
pub(super) fn duration(text: &str) -> Result<Duration> {
    // Nobody waits longer for a fault than a minute.
    const LONGEST: u64 = 60_000;
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 1),
        None => (text.strip_suffix('s').unwrap_or_default(), 1_000),
    };
    let Some(millis) = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit))
    else {
        bail!("{text:?} is no time: write 200ms, or 2s");
    };
    ensure!(millis <= LONGEST, "nobody waits for {text}");
    Ok(Duration::from_millis(millis))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::Fault;
    use crate::faults::Kind;

    #[test]
    fn what_is_written_is_what_is_read() {
        for text in [
            "server3.redis=timeout:2s",
            "server3.redis=timeout:2s@50%",
            "server1.server2=status:503x2",
            "server2.http=latency:200ms~50ms@1%x7",
            "server3.sql=exhausted:1500ms",
            "auth.mq=duplicate",
        ] {
            let fault: Fault = text.parse().unwrap();
            assert_eq!(fault.to_string(), text);
            // As the baggage has it.
            let carried = text.replacen('=', ":", 1);
            assert_eq!(carried.parse::<Fault>().unwrap(), fault);
        }
        let fault: Fault = " server3.sql=error ".parse().unwrap();
        assert_eq!((fault.kind, fault.percent, fault.times), (Kind::Error, 100, None));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "",
            "server3.redis",
            "server3.redis=",
            "server3.redis=burn",
            "server3.redis=timeout",
            "server3.redis=timeout:",
            "server3.redis=timeout:2",
            "server3.redis=timeout:-2s",
            "server3.redis=timeout:18446744073709551615s",
            "server3.redis=timeout:2h",
            "server3.redis=hang:2s",
            "server3.redis=hang@0%",
            "server3.redis=hang@101%",
            "server3.redis=hang@often",
            "server3.redis=hangx0",
            "server3.redis=hangx99999999999",
            "server1.http=status:99",
            "server1.http=status:1000",
            "server1.http=latency:1s~x",
        ] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }
}
