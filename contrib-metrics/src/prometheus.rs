//! A page for Prometheus (exposition format, text, version 0.0.4).

use std::collections::BTreeMap;
use std::fmt::{self, Display, Write};

use crate::series::Series;

/// The content type of [`RedMetrics::to_prometheus`](crate::RedMetrics::to_prometheus).
pub const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The series are in the order of their names.
pub(crate) fn page(series: &[Series]) -> String {
    let mut page = String::new();
    // Nothing fails that is written into a string.
    let _ = histograms(&mut page, series).and_then(|()| counters(&mut page, series));
    page
}

fn histograms(page: &mut String, series: &[Series]) -> fmt::Result {
    for of_a_name in series.chunk_by(|one, other| one.name == other.name) {
        let Some(first) = of_a_name.first() else { continue };
        let name = format!("{}_seconds", Name(first.name));
        writeln!(page, "# TYPE {name} histogram")?;
        for series in of_a_name {
            for (bound, count) in &series.buckets {
                let bound: &dyn Display = if bound.is_finite() { bound } else { &"+Inf" };
                let labels = Labels { labels: &series.labels, bound: Some(bound) };
                writeln!(page, "{name}_bucket{labels} {count}")?;
            }
            let labels = Labels { labels: &series.labels, bound: None };
            writeln!(page, "{name}_sum{labels} {}", series.sum)?;
            writeln!(page, "{name}_count{labels} {}", series.count())?;
        }
    }
    Ok(())
}

fn counters(page: &mut String, series: &[Series]) -> fmt::Result {
    let mut by_name = BTreeMap::<_, Vec<_>>::new();
    for series in series {
        if let Some((name, count)) = series.messages {
            by_name.entry(name).or_default().push((&series.labels, count));
        }
    }
    for (name, counts) in by_name {
        writeln!(page, "# TYPE {}_total counter", Name(name))?;
        for (labels, count) in counts {
            writeln!(page, "{}_total{} {count}", Name(name), Labels { labels, bound: None })?;
        }
    }
    Ok(())
}

/// With underscores.
struct Name<'a>(&'a str);

impl Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|char| f.write_char(if char == '.' { '_' } else { char }))
    }
}

struct Labels<'a> {
    labels: &'a [(&'static str, String)],
    bound: Option<&'a dyn Display>,
}

impl Display for Labels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = '{';
        for (name, value) in self.labels {
            write!(f, "{before}{}=\"", Name(name))?;
            value.chars().try_for_each(|char| match char {
                '\\' | '"' => write!(f, "\\{char}"),
                '\n' => f.write_str("\\n"),
                other => f.write_char(other),
            })?;
            f.write_char('"')?;
            before = ',';
        }
        if let Some(bound) = self.bound {
            write!(f, "{before}le=\"{bound}\"")?;
            before = ',';
        }
        if before == ',' { f.write_char('}') } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page() {
        let series = Series {
            name: "messaging.process.duration",
            labels: vec![("error.type", "a \"b\"\\\n".to_owned()), ("server.port", "1".to_owned())],
            buckets: vec![(0.005, 1), (10.0, 1), (f64::INFINITY, 2)],
            sum: 12.25,
            messages: Some(("messaging.client.consumed.messages", 3)),
        };
        let bare = Series { labels: Vec::new(), messages: None, ..series.clone() };
        let labels = r#"error_type="a \"b\"\\\n",server_port="1""#;
        let expected = format!(
            "# TYPE messaging_process_duration_seconds histogram
messaging_process_duration_seconds_bucket{{le=\"0.005\"}} 1
messaging_process_duration_seconds_bucket{{le=\"10\"}} 1
messaging_process_duration_seconds_bucket{{le=\"+Inf\"}} 2
messaging_process_duration_seconds_sum 12.25
messaging_process_duration_seconds_count 2
messaging_process_duration_seconds_bucket{{{labels},le=\"0.005\"}} 1
messaging_process_duration_seconds_bucket{{{labels},le=\"10\"}} 1
messaging_process_duration_seconds_bucket{{{labels},le=\"+Inf\"}} 2
messaging_process_duration_seconds_sum{{{labels}}} 12.25
messaging_process_duration_seconds_count{{{labels}}} 2
# TYPE messaging_client_consumed_messages_total counter
messaging_client_consumed_messages_total{{{labels}}} 3
"
        );
        assert_eq!(page(&[bare, series]), expected);
        assert_eq!(page(&[]), "");
    }
}
