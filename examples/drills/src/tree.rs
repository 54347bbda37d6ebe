//! Names and trees that are the same each time.

use std::net::SocketAddr;

use tracer_core::{FinishedSpan, Status};

/// A name without the address in it, which is another one each time.
#[must_use]
pub fn short_name(span: &FinishedSpan) -> String {
    match span.name.rsplit_once(' ') {
        Some((name, target)) if target.parse::<SocketAddr>().is_ok() => name.to_owned(),
        _ => span.name.clone(),
    }
}

/// A text without the ports in it, which are other ones each time.
#[must_use]
pub fn without_ports(text: &str) -> String {
    let mut parts = text.split(':');
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        // Four or five digits; anything else behind a colon is none.
        if (4..=5).contains(&(part.len() - rest.len())) {
            kept += rest;
        } else {
            kept = kept + ":" + part;
        }
    }
    kept
}

/// The same spans by their short names, for a picture that is the same each time.
#[must_use]
pub fn shortened(spans: &[FinishedSpan]) -> Vec<FinishedSpan> {
    let mut spans = spans.to_vec();
    for span in &mut spans {
        span.name = short_name(span);
        if let Status::Error(why) = &span.status {
            span.status = Status::Error(without_ports(why).into());
        }
    }
    spans
}

/// A waterfall with what is different each time taken out of it: the trace's id, bars and times. A
/// span is a line with all that it is below of. Sorted: siblings that run side by side come in any
/// order.
#[must_use]
pub fn comparable(waterfall: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut name_column = 0;
    // By depth, what is above the next span.
    let mut above: Vec<String> = Vec::new();
    for line in waterfall.lines() {
        let Some((left, right)) = line.split_once(" |") else {
            // `trace ID  24 spans  3 services  8ms`
            let words: Vec<_> = line.split_whitespace().collect();
            lines.push(words.get(2..6).unwrap_or_default().join(" "));
            (name_column, above) = (0, Vec::new());
            continue;
        };
        let service = left.split_whitespace().next().unwrap_or_default();
        if name_column == 0 {
            // The first span has nothing above it, and no branch in front of its name.
            let name = left.trim_start()[service.len()..].trim_start();
            name_column = left.chars().count() - name.chars().count();
        }
        let name: Vec<char> = left.chars().skip(name_column).collect();
        let mut levels = name.chunks(3);
        let depth = match levels.position(|level| matches!(level, ['├' | '└', ..])) {
            Some(at) => at + 1,
            None => 0,
        };
        let name: String = name.iter().skip(depth * 3).collect();
        let error = right.split_once(" ! ").map_or("", |(_, error)| error.trim());
        above.truncate(depth);
        above.push(format!("{service} {} {error}", name.trim()).trim_end().to_owned());
        lines.push(above.join(" > "));
    }
    lines.sort_unstable();
    lines
}

#[cfg(test)]
mod tests {
    use super::{comparable, without_ports};

    const ONE: &str = "\
trace 0af7  4 spans  2 services  1.20ms
  shop   GET /a (server)              |######|  1.20ms
  shop   ├─ SELECT (client)           | #    |   100µs ! 1062
  shop   └─ GET (client)              |  ####|   600µs
  stock     └─ GET /b (server)        |  ### |   500µs
";

    #[test]
    fn times_and_the_order_of_siblings_do_not_count() {
        let other = "\
trace 9999  4 spans  2 services  4.20ms
  shop   GET /a (server)              |######|  4.20ms
  shop   ├─ GET (client)              | ###  |  2.60ms
  stock  │  └─ GET /b (server)        | ##   |  1.50ms
  shop   └─ SELECT (client)           |    # |   300µs ! 1062
";
        assert_eq!(comparable(ONE), comparable(other));
        assert_eq!(
            comparable(ONE),
            [
                "4 spans 2 services",
                "shop GET /a (server)",
                "shop GET /a (server) > shop GET (client)",
                "shop GET /a (server) > shop GET (client) > stock GET /b (server)",
                "shop GET /a (server) > shop SELECT (client) 1062",
            ]
        );
    }

    #[test]
    fn ports_are_no_part_of_a_text() {
        let text = "sending to http://nobody.invalid:40443/orders: no (os error 111)";
        let expected = "sending to http://nobody.invalid/orders: no (os error 111)";
        assert_eq!(without_ports(text), expected);
    }

    #[test]
    fn names_parents_and_errors_count() {
        for (from, to) in [
            ("GET /b", "GET /c"),
            ("! 1062", ""),
            ("   └─ GET /b", "└─ GET /b   "),
            ("4 spans", "5 spans"),
            ("  stock ", "  shop  "),
        ] {
            assert!(ONE.contains(from));
            assert_ne!(comparable(ONE), comparable(&ONE.replace(from, to)), "{from}");
        }
    }
}
