//! Setting a tracer up.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{Core, Resource, Settled, Tracer};
use crate::context::HELD;
use crate::propagation::{Hosts, Propagator, W3c};
use crate::record::{KeepIf, Processing, Recorder, RecorderOptions, SpanProcessor};
use crate::reporter::{NullReporter, Reporter};
use crate::sampler::{AlwaysOn, ParentBased, Sampler, asks_for_children};
use crate::span::Limits;
use crate::trust::{Forced, Trust};
use crate::value::{Tag, Value};
use crate::{ENABLED, clock};

/// Describes a [`Tracer`]. Every default is good for production but the reporter, which is none.
#[must_use = "nothing happens before `build`"]
pub struct TracerBuilder {
    resource: Resource,
    sampler: Box<dyn Sampler>,
    propagator: Arc<dyn Propagator>,
    reporter: Box<dyn Reporter>,
    limits: Limits,
    log_baggage: bool,
    recorder: RecorderOptions,
    keep: Option<KeepIf>,
    processor: Option<Box<dyn SpanProcessor>>,
    trust: Trust,
    forced: (f64, f64),
    hosts: [Hosts; 2],
    enabled: bool,
}

impl TracerBuilder {
    pub(super) fn new(service_name: Cow<'static, str>) -> Self {
        Self {
            resource: Resource::new(service_name),
            sampler: Box::new(ParentBased::new(AlwaysOn)),
            propagator: Arc::new(W3c),
            reporter: Box::new(NullReporter),
            limits: Limits::default(),
            log_baggage: false,
            recorder: RecorderOptions::default(),
            keep: None,
            processor: None,
            trust: Trust::default(),
            forced: (1.0, 10.0),
            hosts: [Hosts::any(), Hosts::any()],
            enabled: true,
        }
    }

    /// A tag of the service, on all its spans (OpenTelemetry: resource attribute).
    pub fn tag(mut self, key: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.resource.set(Tag::new(key, value));
        self
    }

    /// Where spans go. Default: nowhere.
    pub fn reporter(mut self, reporter: impl Reporter) -> Self {
        self.reporter = Box::new(reporter);
        self
    }

    /// Who decides what is recorded. Default: everything, and callers decide for their traces.
    pub fn sampler(mut self, sampler: impl Sampler + 'static) -> Self {
        self.sampler = Box::new(sampler);
        self
    }

    /// The wire format. Default: [`W3c`].
    pub fn propagator(mut self, propagator: impl Propagator + 'static) -> Self {
        self.propagator = Arc::new(propagator);
        self
    }

    /// How far callers are believed. Default: their traces go on here.
    pub fn trust(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// How many traces those can force that insist on one (`jaeger-debug-id`, the debug flags of
    /// Jaeger and B3, the tag `sampling.priority`; under [`Trust::Limited`] every `sampled=1` of a
    /// caller): so many in a second, and so many at once. Default 1 and 10. What is granted and
    /// what is refused is in the [books](crate::Books::forced); who is refused is treated as
    /// anybody else. No number, or a negative one, is zero. It is the budget of local roots: what
    /// `sampling.priority` asks for below a span that is not recorded, after its start, is the
    /// application's own and free.
    pub fn forced_sampling(mut self, per_second: f64, burst: f64) -> Self {
        self.forced = (per_second, burst);
        self
    }

    /// The hosts that are told of a trace (ids, decision, tracestate). Default: every host. What
    /// the kit's clients send to any other host carries nothing of it.
    pub fn propagate_to(mut self, hosts: Hosts) -> Self {
        self.hosts[0] = hosts;
        self
    }

    /// The hosts that are told of the baggage. Default: every host.
    pub fn baggage_to(mut self, hosts: Hosts) -> Self {
        self.hosts[1] = hosts;
        self
    }

    /// Sizes that spans are held to.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Whether a span that is recorded gets a log for each item of the baggage that is set on it,
    /// as Jaeger's clients write it: `event=baggage`, `key`, `value`, `override` where there was one
    /// before, and `invalid` where it was refused. Default: no, for values can be secrets.
    pub fn log_baggage(mut self, on: bool) -> Self {
        self.log_baggage = on;
        self
    }

    /// Sizes and times of the recorder.
    pub fn recorder(mut self, options: RecorderOptions) -> Self {
        self.recorder = options;
        self
    }

    /// Traces to be kept although the sampler said no, once it is known what became of them: see
    /// [`KeepIf`], which also says what that costs. Default: none.
    #[doc(alias = "tail_sampling")]
    pub fn keep_if(mut self, keep: KeepIf) -> Self {
        self.keep = Some(keep);
        self
    }

    /// Who is told of each span as it ends, sampled or not: see [`SpanProcessor`], which also says
    /// what that costs. Default: nobody.
    pub fn processor(mut self, processor: impl SpanProcessor) -> Self {
        self.processor = Some(Box::new(processor));
        self
    }

    /// Whether it starts switched on; [`Tracer::set_enabled`] is that switch. Default: it does.
    pub fn enabled(mut self, on: bool) -> Self {
        self.enabled = on;
        self
    }

    /// Makes the tracer: starts its reporter thread and, the first time in a process, calibrates
    /// the clock, which can take 200 ms.
    #[must_use]
    pub fn build(self) -> Tracer {
        if ENABLED {
            clock::prepare();
        }
        let resource = Arc::new(self.resource);
        let keep = self.keep.filter(KeepIf::has_condition);
        let processor = self.processor.filter(|_| ENABLED).map(Processing::new);
        let keeps = keep.is_some();
        let holds = if keeps || processor.is_some() { HELD } else { 0 };
        let asks_for_children = asks_for_children(&*self.sampler);
        let looks_closer = if asks_for_children { u8::MAX } else { HELD & !holds };
        let recorder = Recorder::start(self.reporter, Arc::clone(&resource), self.recorder, keep);
        Tracer::from_core(Core {
            on: AtomicBool::new(self.enabled),
            asks_for_children,
            holds,
            keeps,
            looks_closer,
            never_lean: if processor.is_some() { u8::MAX } else { looks_closer },
            processor,
            settled: self.sampler.settled().and_then(|answer| Settled::new(answer, holds)),
            sampler: self.sampler,
            propagator: self.propagator,
            limits: self.limits,
            log_baggage: self.log_baggage,
            recorder,
            resource,
            trust: self.trust,
            forced: Forced::new(self.forced.0, self.forced.1),
            hosts: self.hosts,
        })
    }
}

impl fmt::Debug for TracerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracerBuilder")
            .field("service", &self.resource.service_name())
            .field("sampler", &self.sampler)
            .field("propagator", &self.propagator)
            .field("limits", &self.limits)
            .field("log_baggage", &self.log_baggage)
            .field("recorder", &self.recorder)
            .field("keep_if", &self.keep)
            .field("processor", &self.processor.is_some())
            .field("trust", &self.trust)
            .field("forced_sampling", &self.forced)
            .field("hosts", &self.hosts)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}
