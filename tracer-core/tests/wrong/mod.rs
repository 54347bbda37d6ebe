//! Formats that are wrong on purpose, each in one way.
#![allow(clippy::unwrap_used, reason = "to panic is one of the ways")]

use tracer_core::baggage::Baggage;
use tracer_core::propagation::{
    BAGGAGE, Extract, ExtractError, Field, Inject, Propagator, TRACEPARENT, TRACESTATE, W3c,
};
use tracer_core::{SpanContext, SpanId, TraceId};

type Read = fn(&dyn Extract) -> Result<SpanContext, ExtractError>;
type Write = fn(&SpanContext, &mut dyn Inject);

/// W3C's format, but for what is wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wrong {
    read: Read,
    write: Write,
    fields: &'static [&'static Field],
    prefixes: &'static [&'static str],
}

impl Propagator for Wrong {
    fn extract(&self, carrier: &dyn Extract) -> Result<SpanContext, ExtractError> {
        (self.read)(carrier)
    }

    fn inject(&self, context: &SpanContext, carrier: &mut dyn Inject) {
        (self.write)(context, carrier);
    }

    fn fields(&self) -> &[&'static Field] {
        self.fields
    }

    fn prefixes(&self) -> &[&'static str] {
        self.prefixes
    }
}

static ALL: [&Field; 3] = [&TRACEPARENT, &TRACESTATE, &BAGGAGE];
static NO_BAGGAGE: [&Field; 2] = [&TRACEPARENT, &TRACESTATE];

/// With nothing wrong.
pub(crate) const RIGHT: Wrong = Wrong {
    read: |carrier| W3c.extract(carrier),
    write: |context, carrier| W3c.inject(context, carrier),
    fields: &ALL,
    prefixes: &[],
};

fn reads(read: Read) -> Wrong {
    Wrong { read, ..RIGHT }
}

fn writes(write: Write) -> Wrong {
    Wrong { write, ..RIGHT }
}

fn bare(context: &SpanContext) -> SpanContext {
    context.clone().with_baggage(Baggage::new())
}

fn with_ids(context: SpanContext, ids: fn(u128, u64) -> (u128, u64)) -> SpanContext {
    let (Some(trace), Some(span)) = (context.trace_id(), context.span_id()) else {
        return context;
    };
    let (trace, span) = ids(trace.to_u128(), span.to_u64());
    let (trace, span) = (TraceId::from_u128(trace).unwrap(), SpanId::from_u64(span).unwrap());
    let other = SpanContext::new(trace, span, context.is_sampled()).with_remote();
    other.with_baggage(context.baggage()).with_tracestate(context.tracestate().clone())
}

fn with_decision(context: SpanContext, sampled: bool) -> SpanContext {
    let (Some(trace), Some(span)) = (context.trace_id(), context.span_id()) else {
        return context;
    };
    SpanContext::new(trace, span, sampled).with_remote().with_baggage(context.baggage())
}

pub(crate) fn drops_the_baggage() -> Wrong {
    writes(|context, carrier| W3c.inject(&bare(context), carrier))
}

pub(crate) fn keeps_one_item_only() -> Wrong {
    reads(|carrier| {
        let context = W3c.extract(carrier)?;
        let mut one = Baggage::new();
        if let Some((key, value)) = context.baggage().iter().next() {
            one.set(key, value);
        }
        Ok(context.with_baggage(one))
    })
}

pub(crate) fn swaps_the_halves_of_the_trace_id() -> Wrong {
    reads(|carrier| {
        Ok(with_ids(W3c.extract(carrier)?, |trace, span| (trace.rotate_left(64), span)))
    })
}

pub(crate) fn takes_the_trace_for_the_span() -> Wrong {
    reads(|carrier| Ok(with_ids(W3c.extract(carrier)?, |trace, _| (trace, (trace as u64).max(9)))))
}

/// As formats of 64 bits do.
pub(crate) fn keeps_the_low_half_only() -> Wrong {
    reads(|carrier| {
        Ok(with_ids(W3c.extract(carrier)?, |trace, span| (u128::from((trace as u64).max(1)), span)))
    })
}

pub(crate) fn loses_the_sampled_flag() -> Wrong {
    reads(|carrier| Ok(with_decision(W3c.extract(carrier)?, false)))
}

pub(crate) fn samples_everything() -> Wrong {
    reads(|carrier| Ok(with_decision(W3c.extract(carrier)?, true)))
}

pub(crate) fn forgets_that_it_is_remote() -> Wrong {
    reads(|carrier| {
        let context = W3c.extract(carrier)?;
        let (Some(trace), Some(span)) = (context.trace_id(), context.span_id()) else {
            return Ok(context);
        };
        let local = SpanContext::new(trace, span, context.is_sampled());
        Ok(local.with_baggage(context.baggage()))
    })
}

pub(crate) fn injects_empty_fields() -> Wrong {
    writes(|context, carrier| {
        W3c.inject(context, carrier);
        if !context.is_empty() && context.tracestate().is_empty() {
            carrier.set(&TRACESTATE, "");
        }
    })
}

pub(crate) fn writes_for_nobody() -> Wrong {
    writes(|context, carrier| {
        W3c.inject(context, carrier);
        if context.is_empty() {
            carrier.remove(&TRACEPARENT);
        }
    })
}

pub(crate) fn panics_on_garbage() -> Wrong {
    reads(|carrier| {
        let mut version = None;
        carrier.values(&TRACEPARENT, &mut |value| version = Some(&value[..2]));
        version.map_or(Err(ExtractError::NotFound), |_| W3c.extract(carrier))
    })
}

pub(crate) fn panics_on_bytes_that_are_no_text() -> Wrong {
    reads(|carrier| {
        carrier.values(&BAGGAGE, &mut |value| {
            std::str::from_utf8(value).unwrap();
        });
        W3c.extract(carrier)
    })
}

pub(crate) fn makes_baggage_up() -> Wrong {
    reads(|carrier| {
        let context = W3c.extract(carrier)?;
        let mut more = context.baggage();
        more.set("extra", "1");
        Ok(context.with_baggage(more))
    })
}

pub(crate) fn reads_a_context_out_of_nothing() -> Wrong {
    reads(|carrier| {
        W3c.extract(carrier).or_else(|_| {
            let ids = (TraceId::from_u128(1).unwrap(), SpanId::from_u64(1).unwrap());
            Ok(SpanContext::new(ids.0, ids.1, true).with_remote())
        })
    })
}

pub(crate) fn takes_any_header_for_baggage() -> Wrong {
    reads(|carrier| {
        let mut baggage = Baggage::new();
        carrier.prefixed("x-", &mut |key, value| {
            baggage.set(key, &String::from_utf8_lossy(value));
            std::ops::ControlFlow::Continue(())
        });
        match W3c.extract(carrier) {
            Ok(context) if context.baggage().is_empty() => Ok(context.with_baggage(baggage)),
            Err(_) if !baggage.is_empty() => Ok(SpanContext::default().with_baggage(baggage)),
            other => other,
        }
    })
}

pub(crate) fn leaves_what_was_there() -> Wrong {
    writes(|context, carrier| {
        let mut fresh = Vec::<(String, String)>::new();
        W3c.inject(context, &mut fresh);
        for (name, value) in fresh {
            let field = ALL.iter().find(|field| field.name() == name).unwrap();
            carrier.set(field, &value);
        }
    })
}

pub(crate) fn writes_values_as_they_are() -> Wrong {
    Wrong {
        write: |context, carrier| {
            if context.is_empty() {
                return;
            }
            W3c.inject(&bare(context), carrier);
            carrier.remove_prefixed("bag-");
            for (key, value) in context.baggage().iter() {
                carrier.set_prefixed("bag-", key, value);
            }
        },
        read: |carrier| {
            let mut baggage = Baggage::new();
            carrier.prefixed("bag-", &mut |key, value| {
                baggage.set(key, &String::from_utf8_lossy(value));
                std::ops::ControlFlow::Continue(())
            });
            let context = W3c.extract(carrier)?;
            Ok(if baggage.is_empty() { context } else { context.with_baggage(baggage) })
        },
        prefixes: &["bag-"],
        ..RIGHT
    }
}

pub(crate) fn leaves_a_field_out_of_its_list() -> Wrong {
    Wrong { fields: &NO_BAGGAGE, ..RIGHT }
}

/// Leaves out what is not printable ASCII, as formats without an encoding have to.
pub(crate) fn carries_plain_values_only() -> Wrong {
    writes(|context, carrier| {
        let mut plain = Baggage::new();
        for (key, value) in context.baggage().iter() {
            if value.bytes().all(|byte| byte.is_ascii_graphic()) {
                plain.set(key, value);
            }
        }
        W3c.inject(&context.clone().with_baggage(plain), carrier);
    })
}
