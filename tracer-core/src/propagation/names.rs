//! Formats by their names in `OTEL_PROPAGATORS`.

use super::{B3, Composite, Jaeger, OtTrace, Propagator, TraceContext, W3c, W3cBaggage};

/// The format that has this name in OpenTelemetry's `OTEL_PROPAGATORS`: `tracecontext`, `baggage`,
/// `b3`, `b3multi`, `jaeger` or `ottrace`, in lower case or not. The last two are those for HTTP.
///
/// ```
/// use tracer_core::propagation::by_name;
///
/// assert!(by_name("b3multi").is_some() && by_name("xray").is_none());
/// ```
#[must_use]
pub fn by_name(name: &str) -> Option<Box<dyn Propagator>> {
    Some(match name.to_ascii_lowercase().as_str() {
        "tracecontext" => Box::new(TraceContext),
        "baggage" => Box::new(W3cBaggage),
        "b3" => Box::new(B3::single()),
        "b3multi" => Box::new(B3::multi()),
        "jaeger" => Box::new(Jaeger::http()),
        "ottrace" => Box::new(OtTrace::http()),
        _ => return None,
    })
}

/// The formats of [these names](by_name) as one, in this order, each once. `none` is none of them,
/// and of an empty name nothing is made. `unknown` hears of every other name; where no name was
/// known, the answer is `None`.
///
/// ```
/// use tracer_core::Tracer;
/// use tracer_core::propagation::{W3c, by_names};
///
/// let list = std::env::var("PROPAGATORS").unwrap_or_else(|_| "jaeger,b3".to_owned());
/// let format = by_names(list.split(','), |name| eprintln!("no format is called {name}"));
/// let tracer = Tracer::builder("shop").propagator(format.unwrap_or_else(|| Box::new(W3c)));
/// ```
pub fn by_names<'a>(
    names: impl IntoIterator<Item = &'a str>,
    mut unknown: impl FnMut(&str),
) -> Option<Box<dyn Propagator>> {
    let mut seen: Vec<String> = Vec::new();
    let mut formats = Vec::new();
    let mut none = false;
    for name in names {
        let name = name.trim().to_ascii_lowercase();
        if name.is_empty() || seen.contains(&name) {
            continue;
        }
        match by_name(&name) {
            Some(format) => {
                formats.push(format);
                seen.push(name);
            }
            None if name == "none" => none = true,
            None => unknown(&name),
        }
    }
    // The default, by its parts: one format, and nothing to be combined.
    if let [first, second] = seen.as_slice()
        && matches!(
            (&**first, &**second),
            ("tracecontext", "baggage") | ("baggage", "tracecontext")
        )
    {
        return Some(Box::new(W3c));
    }
    match formats.len() {
        0 if !none => None,
        1 => formats.pop(),
        _ => Some(Box::new(Composite::new(formats))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(list: &str) -> (Option<Vec<&'static str>>, Vec<String>) {
        let mut unknown = Vec::new();
        let format = by_names(list.split(','), |name| unknown.push(name.to_owned()));
        let names = |format: Box<dyn Propagator>| {
            format.fields().iter().map(|field| field.name()).collect()
        };
        (format.map(names), unknown)
    }

    #[test]
    fn lists_in_their_order_and_each_name_once() {
        let w3c = ["traceparent", "tracestate", "baggage"];
        let ot = ["ot-tracer-traceid", "ot-tracer-spanid", "ot-tracer-sampled"];
        let jaeger = ["uber-trace-id", "jaeger-debug-id", "jaeger-baggage"];
        for (list, fields) in [
            ("tracecontext,baggage", w3c.to_vec()),
            (" Baggage , TRACECONTEXT,baggage", w3c.to_vec()),
            ("tracecontext", w3c[..2].to_vec()),
            ("baggage", w3c[2..].to_vec()),
            ("ottrace,jaeger,ottrace", [ot, jaeger].concat()),
            ("jaeger,,none", jaeger.to_vec()),
            ("none", vec![]),
        ] {
            assert_eq!(named(list), (Some(fields), vec![]), "{list}");
        }
        for one in ["b3", "b3multi", "b3,b3multi"] {
            assert_eq!(named(one).0.map(|fields| fields.len()), Some(6), "{one}");
        }
    }

    #[test]
    fn the_default_is_no_composite() {
        let format = by_names(["tracecontext", "baggage"], |_| ());
        assert_eq!(format.map(|format| format!("{format:?}")).as_deref(), Some("W3c"));
    }

    #[test]
    fn unknown_names_are_told_and_left_out() {
        let (fields, unknown) = named("xray,jaeger,xray,tracecontext;baggage");
        assert_eq!(fields.map(|fields| fields.len()), Some(3));
        assert_eq!(unknown, ["xray", "xray", "tracecontext;baggage"]);
        for list in ["", " , ", "xray"] {
            assert_eq!(named(list).0, None, "{list}");
        }
    }
}
