//! A tracer as the environment describes it.
//!
//! An empty variable counts as unset. A bad value is named on standard error, once and without
//! its value:
//!
//! | variable | default | what it says | a bad value |
//! | --- | --- | --- | --- |
//! | `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES` | `unknown_service:` and the program (`unknown_service` alone without `otlp` and `zipkin`) | who is tracing; the attributes need the feature `otlp` or `zipkin` | a malformed list: ignored as a whole |
//! | `OTEL_TRACES_EXPORTER` | `otlp` | a list of `otlp`, `zipkin`, `console` (or `logging`), or `none`; the first two need the feature of their name | an unknown name: left out; without a known one, the default |
//! | `OTEL_EXPORTER_OTLP_PROTOCOL`, `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL` | `http/protobuf` | that or `grpc`, which needs the feature `otlp-grpc` | the default; `grpc` without its feature: no spans are exported |
//! | `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` | `http://localhost:4318`, for gRPC `http://localhost:4317` | where to; to the first one `/v1/traces` is appended, unless it is gRPC | no spans are exported; the same for `https` without the feature `tls` |
//! | `OTEL_EXPORTER_OTLP_CERTIFICATE`, `OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE` | Mozilla's | a file with the certificates, in PEM, that vouch for an `https` receiver | no spans are exported; without the feature `tls` not looked at |
//! | `OTEL_EXPORTER_OTLP_*` | | headers, timeout, compression: see `tracer::otlp` | see there |
//! | `OTEL_EXPORTER_ZIPKIN_ENDPOINT` | `http://localhost:9411/api/v2/spans` | the whole URL that spans are posted to | no spans are exported; the same for `https` without the feature `tls` |
//! | `OTEL_EXPORTER_ZIPKIN_TIMEOUT` | 10000 | milliseconds for one attempt, above 0, 1 h at most | the default |
//! | `OTEL_TRACES_SAMPLER` | `parentbased_always_on` | `always_on`, `always_off`, `traceidratio`, `ratelimiting`, `jaeger_remote` (needs the feature `jaeger`), and these after `parentbased_` | the default |
//! | `OTEL_TRACES_SAMPLER_ARG` | 1 | of `traceidratio`: the ratio, 0 to 1 | the default |
//! | | 1 | of `ratelimiting`: traces a second | the default |
//! | | `endpoint=http://localhost:5778/sampling`, `pollingIntervalMs=60000`, `initialSamplingRate=0.001` | of `jaeger_remote`: a list of these three, each of which may be left out; the endpoint is asked by HTTP | the default of that one |
//! | `TRACER_KEEP_IF` | none | traces to be kept although the sampler said no: a list of `error` (a span failed), `slow:500ms` (its first span here took longer) and `slow_span:2s` (any span did), in `us`, `ms` or `s` ([`KeepIf`](tracer_core::KeepIf)) | none, as a whole |
//! | `OTEL_PROPAGATORS` | `tracecontext,baggage` | the headers: a list of `tracecontext`, `baggage`, `b3`, `b3multi`, `jaeger`, `ottrace`, or `none`; read in this order, and all of them written | an unknown name: left out; without a known one, the default |
//! | `OTEL_BSP_SCHEDULE_DELAY` | 1000 | milliseconds that a span waits for company | the default |
//! | `OTEL_BSP_MAX_EXPORT_BATCH_SIZE` | 512 | most spans sent at once | the default |
//! | `OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT`, `OTEL_ATTRIBUTE_COUNT_LIMIT` | 128 | tags of a span | the next one, then the default |
//! | `OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT`, `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT` | 4096 | bytes of a text that is a tag's value | the next one, then the default |
//! | `OTEL_SPAN_EVENT_COUNT_LIMIT` | 128 | logs of a span | the default |
//! | `OTEL_SPAN_LINK_COUNT_LIMIT` | 128 | links of a span | the default |
//! | `TRACER_TRUST` | `trust` | how far callers are believed: `trust`, `limited`, `link`, `ignore` ([`Trust`](tracer_core::Trust)) | `ignore`: whoever sets it wants callers believed less |
//! | `TRACER_FORCED_SAMPLING` | `1/10` | traces that callers and `sampling.priority` can force, in a second and at once; the second number may be left out | the default |
//! | `TRACER_PROPAGATION_HOSTS`, `TRACER_BAGGAGE_HOSTS` | every host | the hosts that the kit's clients, and `inject_to`, tell of a trace, or of the baggage: `shop.internal,*.shop.internal,partner.test:8443` ([`Hosts`](tracer_core::propagation::Hosts)); `none` for none | what is no host names none |
//! | `OTEL_SDK_DISABLED=true`, `TRACER_ENABLED=false` | on | start switched off | on |
//!
//! The variables of Jaeger's clients are read by `tracer::jaeger::env`.
//!
//! `OTEL_BSP_MAX_QUEUE_SIZE` has no meaning here: what waits is bounded in bytes, not in spans.

mod guard;
mod keep;
mod propagators;
mod reporter;
mod sampler;
mod sizes;
#[cfg(test)]
mod tests;
mod trust;
mod vars;

pub use guard::Tracing;

use std::io::Write;

use tracer_core::{ENABLED, Tracer, TracerBuilder};
use vars::Vars;

/// Sets the global tracer up as the environment describes it: see [the table](self). Keep what it
/// returns until the end of `main`: dropped, it sends what is left.
///
/// ```
/// let _tracing = tracer::init_from_env();
/// let _span = tracer::span("work").start();
/// ```
#[must_use = "dropped at once, it ends tracing at once"]
pub fn init_from_env() -> Tracing {
    init_from(tracer_core::env_var)
}

/// Makes a tracer of one's own the global one. Keep what it returns until the end of `main`: the
/// global tracer is never dropped, and what is left is sent by the drop of this.
///
/// ```
/// let _tracing = tracer::init(tracer::Tracer::builder("shop").build());
/// let _span = tracer::span("work").start();
/// ```
#[must_use = "dropped at once, it ends tracing at once"]
pub fn init(tracer: Tracer) -> Tracing {
    tracer_core::set_global(tracer.clone());
    Tracing::new(tracer)
}

/// [`init_from_env`] with variables from elsewhere. The switches are the process's all the same.
#[must_use = "dropped at once, it ends tracing at once"]
pub fn init_from(get: impl Fn(&str) -> Option<String>) -> Tracing {
    init(builder_from(get).build())
}

/// A tracer as these variables describe it, to be described further:
///
/// ```
/// use tracer::env;
///
/// let tracer = env::builder_from(tracer::env_var)
///     .tag("deployment.environment.name", "staging")
///     .build();
/// ```
pub fn builder_from(get: impl Fn(&str) -> Option<String>) -> TracerBuilder {
    if !ENABLED {
        return Tracer::builder("");
    }
    describe(&Vars::new(&get, &warn))
}

fn describe(vars: &Vars<'_>) -> TracerBuilder {
    let (name, builder) = service(vars);
    let mut builder = builder
        .sampler(sampler::read(vars, &name))
        .propagator(propagators::read(vars))
        .limits(sizes::limits(vars))
        .recorder(sizes::recorder(vars));
    if let Some(reporter) = reporter::read(vars) {
        builder = builder.reporter(reporter);
    }
    keep::apply(vars, trust::apply(vars, builder))
}

#[cfg(any(feature = "otlp", feature = "zipkin"))]
fn service(vars: &Vars<'_>) -> (String, TracerBuilder) {
    #[cfg(feature = "otlp")]
    use contrib_otlp::env;
    #[cfg(not(feature = "otlp"))]
    use contrib_zipkin::env;

    let (name, tags) = env::resource_from(|name| vars.raw(name));
    let name = name.unwrap_or_else(env::default_service_name);
    let builder = Tracer::builder(name.clone());
    (name, tags.into_iter().fold(builder, |builder, tag| builder.tag(tag.key, tag.value)))
}

#[cfg(not(any(feature = "otlp", feature = "zipkin")))]
fn service(vars: &Vars<'_>) -> (String, TracerBuilder) {
    let name = vars.text("OTEL_SERVICE_NAME").unwrap_or_else(|| "unknown_service".to_owned());
    (name.clone(), Tracer::builder(name))
}

/// Without the value: it may be a secret that was put in the wrong place. Not `eprintln!`, which
/// panics where standard error is a pipe that was closed.
fn warn(variable: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "tracer: {variable}: {why}");
}
