//! Faults on purpose: what is broken, for whom, and for how long.
//!
//! A service says where it can be broken ([`Faults::hook`]), and at each of these places asks
//! whether it is, now ([`Hook::now`]). It is when somebody has said so for all requests, on the
//! command line or by `PUT /faults`; or for this request alone, in the item `fault` of its baggage,
//! which goes with the trace to wherever the place is:
//!
//! ```text
//! curl -H 'baggage: fault=server3.sql:error' -d customer=7 -d item=lamp http://127.0.0.1:7101/orders
//! ```
//!
//! Only services that were started with faults allowed listen to any of it. A fault that strikes is
//! told by a log of the span that it strikes, so that a trace tells it from a real one.

mod call;
mod grpc;
mod kind;
mod options;
mod redis;
mod routes;
mod serve;
mod spec;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tracer_core::current;

pub use self::call::FaultMiddleware;
pub use self::grpc::{Arrow, NOWHERE};
pub use self::kind::{Kind, Part};
pub use self::options::FaultOptions;
pub use self::redis::FaultyConnection;
pub use self::routes::routes;
pub use self::serve::{FaultLayer, FaultService};
pub use self::spec::Fault;

/// The item of the baggage that breaks something for one request.
pub const FAULT: &str = "fault";

/// What is broken in this process. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct Faults(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    /// Whether callers may break something, too.
    is_open: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    places: BTreeMap<&'static str, Part>,
    /// Each with how often it may still strike.
    broken: Vec<(Fault, Option<u32>)>,
}

impl Faults {
    /// Nothing can be broken, whatever anybody says. The default.
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }

    /// Nothing is broken yet, and callers may break it.
    #[must_use]
    pub fn allowed() -> Self {
        Self::new(true)
    }

    /// Nothing is broken yet, and nobody from outside may break it.
    #[must_use]
    pub fn closed() -> Self {
        Self::new(false)
    }

    fn new(is_open: bool) -> Self {
        Self(Some(Arc::new(Inner { is_open, state: Mutex::default() })))
    }

    /// Whether callers may break something.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.0.as_ref().is_some_and(|inner| inner.is_open)
    }

    /// A place that can be broken from now on.
    #[must_use]
    pub fn hook(&self, place: &'static str, part: Part) -> Hook {
        if let Some(mut state) = self.state() {
            state.places.insert(place, part);
        }
        Hook { faults: self.clone(), place, part }
    }

    /// Breaks this, and nothing else any more.
    ///
    /// # Errors
    /// That it can't be understood, or broken here: then all is as it was before.
    pub fn set<'a>(&self, faults: impl IntoIterator<Item = &'a str>) -> Result<()> {
        let Some(mut state) = self.state() else {
            bail!("this was started without faults");
        };
        let read = |text: &str| {
            let fault: Fault = text.parse().with_context(|| format!("{text:?}"))?;
            state.check(&fault).with_context(|| format!("{text:?}"))?;
            Ok((fault.clone(), fault.times))
        };
        let broken = faults.into_iter().map(read).collect::<Result<_>>()?;
        state.broken = broken;
        Ok(())
    }

    /// What is broken for everybody.
    #[must_use]
    pub fn list(&self) -> Vec<String> {
        let list = |state: MutexGuard<'_, State>| {
            state.broken.iter().map(|(fault, _)| fault.to_string()).collect()
        };
        self.state().map(list).unwrap_or_default()
    }

    fn state(&self) -> Option<MutexGuard<'_, State>> {
        Some(self.0.as_ref()?.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    /// Whether it can happen here.
    fn check(&self, fault: &Fault) -> Result<()> {
        let Some(part) = self.places.get(&*fault.place) else {
            let places: Vec<_> = self.places.keys().copied().collect();
            bail!("there is no such place here: {}", places.join(", "));
        };
        if !fault.kind.fits(*part) {
            bail!("{} can't be broken so: {}", fault.place, part.kinds().join(", "));
        }
        Ok(())
    }
}

/// A place that can be broken.
#[derive(Clone, Debug)]
pub struct Hook {
    faults: Faults,
    place: &'static str,
    part: Part,
}

impl Hook {
    /// A place that nobody can break.
    #[must_use]
    pub const fn none() -> Self {
        Self { faults: Faults::none(), place: "", part: Part::HttpCall }
    }

    /// What happens here, this time. Asked once for each request, command or message.
    #[must_use]
    pub fn now(&self) -> Option<Kind> {
        let fault = self.of_this_request().or_else(|| self.of_all())?;
        current().log(format!("fault injected: {fault}"));
        Some(fault.kind)
    }

    /// What the baggage says. Strangers write it: what makes no sense is nothing.
    fn of_this_request(&self) -> Option<Fault> {
        if !self.faults.is_allowed() {
            return None;
        }
        let fault: Fault = current().baggage_item(FAULT)?.parse().ok()?;
        let is_here = fault.place == self.place && fault.kind.fits(self.part);
        // How often is not counted for each request, and what hits others is not for one of them.
        let is_for_one = fault.times.is_none() && fault.kind.is_for_one();
        (is_here && is_for_one && is_hit(fault.percent)).then_some(fault)
    }

    fn of_all(&self) -> Option<Fault> {
        let mut state = self.faults.state()?;
        let mut here = state.broken.iter_mut().filter(|(fault, left)| {
            fault.place == self.place && *left != Some(0) && is_hit(fault.percent)
        });
        let (fault, left) = here.next()?;
        if let Some(left) = left {
            *left -= 1;
        }
        Some(fault.clone())
    }
}

fn is_hit(percent: u8) -> bool {
    fastrand::u8(0..100) < percent
}

/// Waits as long as this latency is.
pub async fn wait(by: Duration, jitter: Duration) {
    tokio::time::sleep(latency(by, jitter)).await;
}

/// How long this latency is, this time.
#[must_use]
pub fn latency(by: Duration, jitter: Duration) -> Duration {
    by + jitter.mul_f64(fastrand::f64())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use tracer_core::{ENABLED, MemoryReporter, Tracer};

    use super::{FAULT, Faults, Kind, Part};

    #[test]
    fn nothing_is_broken_where_nothing_may_be() {
        let faults = Faults::none();
        let hook = faults.hook("a.sql", Part::Sql);
        assert!(faults.set(["a.sql=error"]).is_err());
        let tracer = Tracer::builder("test").reporter(MemoryReporter::new()).build();
        let span = tracer.span("request").start();
        span.set_baggage_item(FAULT, "a.sql:error");
        let _entered = span.enter();
        assert_eq!((hook.now(), faults.list()), (None, vec![]));
        // What the program was started with happens, and what its callers say does not.
        let faults = Faults::closed();
        let hook = faults.hook("a.sql", Part::Sql);
        assert_eq!(hook.now(), None);
        faults.set(["a.sql=unique"]).unwrap();
        assert_eq!(hook.now(), Some(Kind::Unique));
    }

    #[test]
    fn only_what_can_be_broken_here_is() {
        let faults = Faults::allowed();
        let hook = faults.hook("a.sql", Part::Sql);
        assert_eq!(hook.now(), None);
        faults.set(["a.sql=errorx2"]).unwrap();
        let _ = [faults.hook("a.http", Part::Http), faults.hook("a.grpc", Part::Grpc)];
        for text in
            ["b.sql=error", "a.sql=panic", "nonsense", "a.http=status:8", "a.grpc=status:503"]
        {
            assert!(faults.set(["a.sql=unique", text]).is_err());
        }
        // As it was before.
        assert_eq!(faults.list(), ["a.sql=errorx2"]);
        let struck = [hook.now(), hook.now(), hook.now()];
        assert_eq!(struck, [Some(Kind::Error), Some(Kind::Error), None]);
        faults.set(None).unwrap();
        assert!(faults.list().is_empty());
    }

    #[test]
    fn some_of_a_hundred_are_some() {
        let faults = Faults::allowed();
        let hook = faults.hook("a.sql", Part::Sql);
        faults.set(["a.sql=error@30%"]).unwrap();
        fastrand::seed(7);
        let struck = (0..10_000).filter(|_| hook.now().is_some()).count();
        assert!((2_700..3_300).contains(&struck), "{struck}");
    }

    #[test]
    fn the_baggage_breaks_its_own_request() {
        let faults = Faults::allowed();
        let hook = faults.hook("a.sql", Part::Sql);
        let memory = MemoryReporter::new();
        let tracer = Tracer::builder("test").reporter(memory.clone()).build();
        for (item, expected) in [
            ("a.sql:latency:20ms", ENABLED.then_some("latency:20ms")),
            ("a.redis:hang", None),
            ("a.sql:panic", None),
            ("a.sql:errorx2", None),
            ("a.sql:exhausted:1s", None),
            ("nonsense", None),
        ] {
            let span = tracer.span("request").start();
            span.set_baggage_item(FAULT, item);
            let entered = span.enter();
            let struck = hook.now().map(|kind| kind.to_string());
            assert_eq!(struck.as_deref(), expected, "{item}");
            drop(entered);
            assert_eq!(hook.now(), None, "another request");
        }
        tracer.shutdown(std::time::Duration::from_secs(5)).unwrap();
        let logs: Vec<_> = memory.take().iter().flat_map(|span| span.events()).collect();
        let expected = if ENABLED { vec!["fault injected: a.sql=latency:20ms"] } else { vec![] };
        assert_eq!(logs, expected);
    }
}
