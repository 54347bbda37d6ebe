//! Texts with `*` in them.

/// A text in which `*` stands for any text, also for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    /// No star in it.
    Exact(String),
    /// What is in front of the first star, between the stars, and behind the last one.
    Stars { first: String, inner: Vec<String>, last: String },
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        let mut parts = text.split('*').map(str::to_owned);
        let first = parts.next().unwrap_or_default();
        let mut inner: Vec<_> = parts.collect();
        match inner.pop() {
            None => Self::Exact(first),
            Some(last) => Self::Stars { first, inner, last },
        }
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Exact(whole) => whole == text,
            Self::Stars { first, inner, last } => {
                let Some(mut rest) = text.strip_prefix(&**first) else { return false };
                for part in inner {
                    // As early as it can be, so that nothing is tried twice.
                    let Some((_, behind)) = rest.split_once(&**part) else { return false };
                    rest = behind;
                }
                rest.ends_with(&**last)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, yes, no) in [
            ("/health", &["/health"][..], &["/health/", "/healt", "", "/Health"][..]),
            ("/health*", &["/health", "/healthz", "/health/live"], &["/heal", "x/health"]),
            ("*.css", &[".css", "/a/b.css"], &["/a.css?", ".cs"]),
            ("*health*", &["health", "/health/x"], &["healt", ""]),
            ("*", &["", "anything"], &[]),
            ("**", &["", "anything"], &[]),
            ("a*a", &["aa", "aba"], &["a", "ab", "ba"]),
            ("a*b*c", &["abc", "a-b-c", "abbc"], &["acb", "ab", "abcd"]),
            ("GET /a/*/b", &["GET /a/1/b", "GET /a/1/2/b"], &["GET /a/b", "GET /a/1/c"]),
            ("", &[""], &["a"]),
            ("é*", &["é", "éa"], &["e"]),
            ("/static/{*path}", &["/static/{*path}", "/static/{path}"], &["/static/a"]),
        ] {
            let pattern = Pattern::new(pattern);
            for text in yes {
                assert!(pattern.matches(text), "{pattern:?} {text}");
            }
            for text in no {
                assert!(!pattern.matches(text), "{pattern:?} {text}");
            }
        }
    }
}
