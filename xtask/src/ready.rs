//! The line by which the viewer says that it can be used.

/// The viewer's addresses, as URLs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    pub ui: String,
    pub otlp_http: String,
}

/// Reads `viewer ready ui=URL otlp-http=URL …`; `None` for any other line.
pub fn parse(line: &str) -> Option<Ready> {
    let mut words = line.split_whitespace();
    if (words.next(), words.next()) != (Some("viewer"), Some("ready")) {
        return None;
    }
    let (mut ui, mut otlp_http) = (None, None);
    // Names that are not known here are a later viewer's.
    for (name, url) in words.filter_map(|word| word.split_once('=')) {
        match name {
            "ui" => ui = Some(url.to_owned()),
            "otlp-http" => otlp_http = Some(url.to_owned()),
            _ => {}
        }
    }
    Some(Ready { ui: ui?, otlp_http: otlp_http? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_viewers_line_is_read() {
        let line = "viewer ready ui=http://[::1]:1 otlp-http=http://[::1]:2 otlp-grpc=http://x\n";
        let ready = parse(line).unwrap();
        assert_eq!(ready.ui, "http://[::1]:1");
        assert_eq!(ready.otlp_http, "http://[::1]:2");
    }

    #[test]
    fn other_lines_are_not() {
        for line in ["", "viewer", "viewer ready", "viewer ready ui=http://a", "ready ui=a"] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
