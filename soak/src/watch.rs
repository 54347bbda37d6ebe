//! The run itself: the plan is carried out, and the services are looked at meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::plan::{Slice, Trouble};
use crate::process::{Usage, usage};
use crate::receiver::Receiver;
use crate::services::Services;

const TICK: Duration = Duration::from_millis(20);
/// Between two looks.
const SAMPLE: Duration = Duration::from_secs(1);
/// Longer than clients keep a connection that they do not need: 90 s.
const IDLE: Duration = Duration::from_secs(100);
/// Between two lines for who waits.
const WORD: Duration = Duration::from_secs(30);

/// One service each, in the order of the chain.
pub(crate) type All = [Usage; 3];

/// A slice that has passed.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    pub(crate) slice: Slice,
    /// Processor time of all services in it.
    pub(crate) processor: Duration,
    /// One a second, with its time since the load began.
    pub(crate) samples: Vec<(Duration, All)>,
}

/// Looks at the services, and goes through the plan.
#[derive(Debug)]
pub(crate) struct Watch<'a> {
    began: Instant,
    services: &'a Services,
    receiver: &'a mut Receiver,
    interrupted: Arc<AtomicBool>,
    /// When the next word is due.
    word: Duration,
}

impl<'a> Watch<'a> {
    /// From now on Ctrl-C ends what this does.
    pub(crate) fn new(services: &'a Services, receiver: &'a mut Receiver) -> Result<Self> {
        let interrupted = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&interrupted);
        ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed))?;
        Ok(Self { began: Instant::now(), services, receiver, interrupted, word: WORD })
    }

    /// What the services use once their connections have been idle for so long that they are
    /// closed. Nothing else is the same at two times under load.
    pub(crate) fn at_rest(&mut self) -> Result<All> {
        self.say("at rest, until idle connections are closed");
        self.wait(IDLE)?;
        self.usage()
    }

    /// The collector hangs for so long, and is well again.
    pub(crate) fn hang(&mut self, time: Duration) -> Result<()> {
        self.meet(Trouble::Hung)?;
        self.wait(time)?;
        self.receiver.restart()
    }

    pub(crate) fn wait(&mut self, time: Duration) -> Result<()> {
        self.until(self.began.elapsed() + time)
    }

    /// Goes through the slices of a load that began then.
    pub(crate) fn slices(&mut self, slices: &[Slice], began: Instant) -> Result<Vec<Watched>> {
        self.began = began;
        self.word = WORD;
        slices.iter().map(|slice| self.slice(slice)).collect()
    }

    fn slice(&mut self, slice: &Slice) -> Result<Watched> {
        self.until(slice.from)?;
        let before = self.usage()?;
        let mut samples = Vec::new();
        let mut troubles = slice.troubles.iter().peekable();
        let mut is_well = !slice.is_disturbed();
        let mut sample_at = slice.from;
        while self.began.elapsed() < slice.end() {
            let now = self.began.elapsed();
            if let Some((_, trouble)) = troubles.next_if(|(at, _)| *at <= now) {
                self.meet(*trouble)?;
            }
            if !is_well && now >= slice.recovers() {
                self.receiver.restart()?;
                is_well = true;
            }
            if now >= sample_at {
                samples.push((now, self.usage()?));
                sample_at += SAMPLE;
            }
            self.rest()?;
        }
        let after = self.usage()?;
        let used =
            after.iter().zip(before).map(|(after, before)| after.processor - before.processor);
        Ok(Watched { slice: slice.clone(), processor: used.sum(), samples })
    }

    fn meet(&mut self, trouble: Trouble) -> Result<()> {
        self.say(&format!("the collector is {}", trouble.as_str()));
        self.receiver.meet(trouble)
    }

    fn until(&mut self, time: Duration) -> Result<()> {
        while self.began.elapsed() < time {
            self.rest()?;
        }
        Ok(())
    }

    fn rest(&mut self) -> Result<()> {
        if self.interrupted.load(Ordering::Relaxed) {
            bail!("interrupted");
        }
        if self.began.elapsed() >= self.word {
            let sizes = self.usage()?.map(|usage| format!("{:.1}", mebibytes(usage.resident)));
            self.say(&format!("{} MiB resident", sizes.join(" + ")));
            self.word += WORD;
        }
        thread::sleep(TICK);
        Ok(())
    }

    fn say(&self, what: &str) {
        eprintln!("{:>6.1} s  {what}", self.began.elapsed().as_secs_f64());
    }

    fn usage(&self) -> Result<All> {
        let mut all = All::default();
        for (seen, service) in all.iter_mut().zip(&self.services.all) {
            *seen = usage(service.id())?;
        }
        Ok(all)
    }
}

fn mebibytes(kibibytes: u64) -> f64 {
    kibibytes as f64 / 1024.0
}
