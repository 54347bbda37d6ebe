//! Whether a tracer, as it is set up, keeps what OpenTracing's tracers promise: a check to run in
//! a test of one's own.
//!
//! It is made after the harness that OpenTracing ships with its API. Whoever brings a
//! [`Propagator`](crate::propagation::Propagator) or a [`Sampler`](crate::Sampler), or puts
//! together what others have made, finds out here what it breaks:
//!
//! ```
//! use tracer_core::conformance::{self, Options};
//! use tracer_core::propagation::TraceContext;
//! use tracer_core::{Probabilistic, Tracer};
//!
//! let make = || {
//!     let builder = Tracer::builder("shop").propagator(TraceContext);
//!     match Probabilistic::new(0.1) {
//!         Some(sampler) => builder.sampler(sampler).build(),
//!         None => builder.build(),
//!     }
//! };
//! // `traceparent` alone carries no baggage.
//! conformance::check(make, &Options::new().without_baggage())?;
//! # Ok::<(), conformance::Failures>(())
//! ```
//!
//! What is wrong is told one by one, each under the name of its [`Check`]:
//!
//! ```
//! use tracer_core::Tracer;
//! use tracer_core::conformance::{self, Check, Options};
//! use tracer_core::propagation::TraceContext;
//!
//! let make = || Tracer::builder("shop").propagator(TraceContext).build();
//! let failures = conformance::check(make, &Options::new());
//! if tracer_core::ENABLED {
//!     let failures = failures.expect_err("nothing here carries baggage");
//!     assert!(failures.has(Check::Baggage));
//! }
//! ```
//!
//! With tracing compiled out there is nothing to check, and nothing fails.
//!
//! # What the compiler checks
//!
//! Some of what OpenTracing's harness tries cannot be written in Rust. There is no format that a
//! tracer does not support, for it has one, which is a type:
//!
//! ```compile_fail,E0277
//! tracer_core::Tracer::builder("shop").propagator("binary");
//! ```
//!
//! Nothing can be read from what is no carrier,
//!
//! ```compile_fail,E0277
//! # let tracer = tracer_core::Tracer::builder("shop").build();
//! let _caller = tracer.extract(&42);
//! ```
//!
//! and nothing written to one, or to one that cannot be changed:
//!
//! ```compile_fail,E0277
//! # let tracer = tracer_core::Tracer::builder("shop").build();
//! # let span = tracer.span("call").start();
//! tracer.inject(&span, &mut 42);
//! ```
//!
//! ```compile_fail,E0308
//! # let tracer = tracer_core::Tracer::builder("shop").build();
//! # let span = tracer.span("call").start();
//! let headers = std::collections::HashMap::<String, String>::new();
//! tracer.inject(&span, &headers);
//! ```
//!
//! What is no context is not injected, and no span is its child:
//!
//! ```compile_fail,E0277
//! # let tracer = tracer_core::Tracer::builder("shop").build();
//! # let mut headers = std::collections::HashMap::<String, String>::new();
//! tracer.inject("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", &mut headers);
//! ```
//!
//! ```compile_fail,E0277
//! # let tracer = tracer_core::Tracer::builder("shop").build();
//! let _span = tracer.span("call").child_of(&"its caller").start();
//! ```
//!
//! A context of another kit comes in through a carrier that both understand, or as a type with an
//! `impl` of [`ToContext`](crate::ToContext). Tags have values that can be sent,
//!
//! ```compile_fail,E0277
//! # let span = tracer_core::Span::noop();
//! span.set_tag("since", std::time::Instant::now());
//! ```
//!
//! fields of logs have a key and a value each, so that there is no odd number of them,
//!
//! ```compile_fail,E0271
//! # let span = tracer_core::Span::noop();
//! span.log_fields(["event", "cache miss", "key"]);
//! ```
//!
//! and a span finishes once, after which its owner has it no more:
//!
//! ```compile_fail,E0382
//! # let tracer = tracer_core::Tracer::builder("shop").build();
//! let span = tracer.span("call").start();
//! span.finish();
//! span.finish_at(std::time::SystemTime::now());
//! ```
//!
//! ```compile_fail,E0382
//! # let tracer = tracer_core::Tracer::builder("shop").build();
//! let span = tracer.span("call").start();
//! span.finish();
//! span.set_tag("late", true);
//! ```
//!
//! (A [handle](crate::SpanRef) can come too late. That is counted:
//! [`Books::written_after_finish`](crate::Books::written_after_finish).)
//!
//! # What is left out
//!
//! Jaeger's clients had more of their own: restrictions on baggage that are fetched from an agent,
//! or made by key, a throttler of debug traces with credits from there (a tracer of this kit has its
//! own [budget](crate::TracerBuilder::forced_sampling)), the firehose flag, decisions that can be
//! made again as long as a span is open (they make every span cost as much as a recorded one; whoever
//! wants to pay that can [keep](crate::KeepIf) traces for what became of them),
//! metrics by the names of theirs (there are [books](crate::Books), and contrib-metrics has those of
//! OpenTelemetry), and reporting by UDP. They are
//! left out on purpose.

mod carriers;
mod failures;
mod hostile;
mod model;
mod options;
mod run;
mod wire;

pub use failures::{Check, Failure, Failures};
pub use options::{Options, Probe};

use crate::ENABLED;
use crate::tracer::Tracer;
use run::Run;

/// Checks a tracer, which `make` sets up for this and nothing else. It shuts down at the end, within
/// the time that its [`RecorderOptions`](crate::RecorderOptions) give it, unless `make` has kept a
/// clone. Its reporter gets some thousand spans.
///
/// # Errors
/// [`Failures`]: what the tracer does not do as it is to be done.
pub fn check(make: impl FnOnce() -> Tracer, options: &Options) -> Result<(), Failures> {
    if !ENABLED {
        return Ok(());
    }
    let mut run = Run::new(options);
    if let Some(tracer) = run.set_up(make) {
        model::check(&mut run, &tracer);
        wire::check(&mut run, &tracer);
        hostile::check(&mut run, &tracer);
    }
    run.end()
}
