//! Fields that hold anything.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::run::{Findings, Run, words};
use super::{Check, Options};
use crate::context::SpanContext;
use crate::id::{SpanId, TraceId};
use crate::propagation::ExtractError;
use crate::tracer::Tracer;

type Lines = Vec<(String, Vec<u8>)>;

pub(super) fn check(run: &mut Run<'_>, tracer: &Tracer) {
    let options = run.options;
    if !options.extract {
        return;
    }
    run.check(Check::Garbage, |found| {
        let good = if options.inject { good(tracer) } else { Lines::new() };
        let mut look = |lines: &Lines| {
            // A panic is a page on standard error: what is wrong is not tried for ever.
            if !found.is_full() {
                one(found, tracer, options, lines);
            }
        };
        for name in names(tracer) {
            for value in garbage() {
                // Alone, in the place of something good, and a second time beside it.
                let line = (name.clone(), value);
                let others = good.iter().filter(|(other, _)| *other != name).cloned();
                look(&vec![line.clone()]);
                look(&others.chain([line.clone()]).collect());
                look(&good.iter().cloned().chain([line]).collect());
            }
        }
        for value in garbage() {
            look(&names(tracer).map(|name| (name, value.clone())).collect());
        }
    });
}

/// The names of the format's fields, and of some that begin with its prefixes.
fn names(tracer: &Tracer) -> impl Iterator<Item = String> {
    let format = &tracer.core().propagator;
    let fields = format.fields().iter().map(|field| field.name().to_owned());
    let prefixed = format.prefixes().iter().flat_map(|prefix| {
        ["a", "A", "%", "%zz", "\u{eb}", "a b", "a\r\nb"].map(|key| format!("{prefix}{key}"))
    });
    fields.chain(prefixed)
}

fn good(tracer: &Tracer) -> Lines {
    let mut carrier = Vec::<(String, String)>::new();
    if let (Some(trace), Some(span)) = (TraceId::from_u128(0xa), SpanId::from_u64(0xb)) {
        let mut baggage = crate::Baggage::new();
        baggage.set("key", "value");
        let context = SpanContext::new(trace, span, true).with_baggage(baggage);
        tracer.inject(&context, &mut carrier);
    }
    carrier.into_iter().map(|(name, value)| (name, value.into_bytes())).collect()
}

fn one(found: &mut Findings, tracer: &Tracer, options: &Options, lines: &Lines) {
    let shown = || {
        let line = |(name, value): &(String, Vec<u8>)| {
            let text = String::from_utf8_lossy(value);
            let text: String = text.escape_debug().take(60).collect();
            format!("{}: {text}", name.escape_debug())
        };
        lines.iter().map(line).collect::<Vec<_>>().join(" | ")
    };
    let work = AssertUnwindSafe(|| {
        let read = tracer.try_extract(lines).unwrap_or_else(ExtractError::into_rest);
        let span = tracer.span("serve").root().child_of(&tracer.extract(lines)).start();
        let mut onward = Vec::<(String, String)>::new();
        if options.inject {
            tracer.inject(&read, &mut onward);
            tracer.inject(&span, &mut onward);
        }
        (span.context().is_valid(), onward)
    });
    match catch_unwind(work) {
        Err(panic) => found.add(format!("a panic ({}) at {}", words(&*panic), shown())),
        Ok((false, _)) => found.add(format!("no span starts at {}", shown())),
        Ok((true, onward)) => {
            for (name, value) in onward {
                let is_token = name.bytes().all(|byte| byte.is_ascii_graphic());
                if !is_token || value.is_empty() || !options.baggage.is_legal(value.as_bytes()) {
                    found.add(format!("not legal any more, from {}", shown()));
                }
            }
        }
    }
}

/// What may be in a field: nothing, half of something, too much, other formats, other bytes.
fn garbage() -> Vec<Vec<u8>> {
    let texts = [
        "",
        " ",
        "-",
        "--",
        "---",
        ":",
        "::",
        ":::",
        "::::",
        ",",
        ", ,",
        ";",
        "=",
        "==",
        "&",
        "+1",
        "-1",
        "0",
        "1",
        "2",
        "d",
        "true",
        "false",
        "nan",
        "null",
        "{}",
        "%",
        "%%",
        "%Z",
        "%ZZ",
        "%E0%40%2E",
        "%00",
        "%0d%0aX:%20y",
        "xxx",
        "0:0:0:0",
        "0:1:0:1",
        "1:0:0:1",
        "1:1:0:1",
        "1:1:0:",
        "1:1:0:256",
        "1:1:0:-1",
        "1:1:0:zz",
        "a:b::1",
        "a:b:c:d:e",
        "1-1",
        "1-1-1",
        "1-1-1-1",
        "00-",
        "00-0-0-0",
        "ff-1-1-1",
        "k",
        "=v",
        "k=",
        "k=v",
        "k=v,",
        "k=v;p",
        "k=v;;",
        "k=v;p=a\r\nX: y",
        "k=v,\r\nX: y",
        "k=\u{eb}",
        "\u{eb}=v",
        "a=1,a=2,a=3",
        "\u{1f980}",
        "\0",
        "\r\n",
        "\u{7f}",
        "AAAAAAAAAAAAAAAAAAAAAAAA",
        "====",
    ];
    let mut all: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    for bytes in [&b"\xff\xfe"[..], b"\xe4=1", b"k=\xc3", b"\x80\x80\x80\x80"] {
        all.push(bytes.to_vec());
    }
    let hex = "0123456789abcdef";
    for len in [15, 16, 17, 31, 32, 33, 54, 55, 56, 64, 200] {
        for digit in ["0", "f", "F", "g", "-", ":"] {
            all.push(digit.repeat(len).into_bytes());
        }
    }
    for (trace, span, flags) in [(32, 16, "01"), (33, 16, "01"), (32, 17, "zz"), (0, 0, "")] {
        let (trace, span) = (&hex.repeat(3)[..trace], &hex.repeat(2)[..span]);
        all.push(format!("00-{trace}-{span}-{flags}").into_bytes());
        all.push(format!("00-{trace}-{span}-{flags}-more").into_bytes());
        all.push(format!("{trace}:{span}:0:{flags}").into_bytes());
        all.push(format!("{trace}-{span}-{flags}-{span}").into_bytes());
    }
    let members: String = (0..200).map(|nth| format!("k{nth}=v,")).collect();
    all.push(members.into_bytes());
    for unit in ["x", ",", "a=1,", "%", "=", ";", "\u{eb}"] {
        all.push(unit.repeat(20_000 / unit.len()).into_bytes());
    }
    all
}
