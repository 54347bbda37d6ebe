//! Exchanges: which queues a message goes to.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Direct,
    Fanout,
    Topic,
}

#[derive(Debug)]
struct Exchange {
    kind: Kind,
    /// Key and queue.
    bindings: BTreeSet<(String, String)>,
}

/// All exchanges. The one without a name knows every queue by its own.
#[derive(Debug, Default)]
pub(super) struct Routing {
    exchanges: BTreeMap<String, Exchange>,
}

impl Routing {
    /// False where there is no such kind.
    pub(super) fn declare(&mut self, name: &str, kind: &str) -> bool {
        let kind = match kind {
            "direct" => Kind::Direct,
            "fanout" => Kind::Fanout,
            "topic" => Kind::Topic,
            _ => return false,
        };
        let new = || Exchange { kind, bindings: BTreeSet::new() };
        self.exchanges.entry(name.to_owned()).or_insert_with(new);
        true
    }

    pub(super) fn delete(&mut self, name: &str) {
        self.exchanges.remove(name);
    }

    pub(super) fn knows(&self, name: &str) -> bool {
        name.is_empty() || self.exchanges.contains_key(name)
    }

    /// False where there is no such exchange.
    pub(super) fn bind(&mut self, exchange: &str, key: &str, queue: &str) -> bool {
        let bindings = self.exchanges.get_mut(exchange).map(|exchange| &mut exchange.bindings);
        bindings.map(|bindings| bindings.insert((key.to_owned(), queue.to_owned()))).is_some()
    }

    pub(super) fn unbind(&mut self, exchange: &str, key: &str, queue: &str) {
        if let Some(exchange) = self.exchanges.get_mut(exchange) {
            exchange.bindings.remove(&(key.to_owned(), queue.to_owned()));
        }
    }

    pub(super) fn forget(&mut self, queue: &str) {
        for exchange in self.exchanges.values_mut() {
            exchange.bindings.retain(|(_, bound)| bound != queue);
        }
    }

    /// The queues, each once.
    pub(super) fn targets(&self, exchange: &str, key: &str) -> BTreeSet<String> {
        if exchange.is_empty() {
            return BTreeSet::from([key.to_owned()]);
        }
        let Some(exchange) = self.exchanges.get(exchange) else {
            return BTreeSet::new();
        };
        let fits = |bound: &str| match exchange.kind {
            Kind::Direct => bound == key,
            Kind::Fanout => true,
            Kind::Topic => {
                let (bound, key): (Vec<_>, Vec<_>) =
                    (bound.split('.').collect(), key.split('.').collect());
                matches(&bound, &key)
            }
        };
        let bound = exchange.bindings.iter().filter(|(bound, _)| fits(bound));
        bound.map(|(_, queue)| queue.clone()).collect()
    }
}

/// `*` is one word, `#` any number of them.
fn matches(pattern: &[&str], words: &[&str]) -> bool {
    match (pattern, words) {
        ([], []) => true,
        (["#", rest @ ..], _) => (0..=words.len()).any(|skip| matches(rest, &words[skip..])),
        ([first, rest @ ..], [word, words @ ..]) if *first == "*" || first == word => {
            matches(rest, words)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics() {
        for (pattern, key, expected) in [
            ("a.b", "a.b", true),
            ("a.b", "a.c", false),
            ("a.*", "a.b", true),
            ("a.*", "a", false),
            ("a.*", "a.b.c", false),
            ("a.#", "a", true),
            ("a.#", "a.b.c", true),
            ("#.c", "a.b.c", true),
            ("#", "", true),
            ("*.b.#", "a.b", true),
        ] {
            let mut routing = Routing::default();
            assert!(routing.declare("e", "topic") && routing.bind("e", pattern, "q"));
            assert_eq!(routing.targets("e", key).contains("q"), expected, "{pattern} {key}");
        }
    }

    #[test]
    fn direct_fanout_and_none() {
        let mut routing = Routing::default();
        assert!(routing.declare("d", "direct") && routing.declare("f", "fanout"));
        assert!(!routing.declare("x", "headers") && !routing.knows("x") && routing.knows(""));
        for (exchange, key, queue) in [("d", "one", "q"), ("d", "two", "q"), ("f", "", "p")] {
            assert!(routing.bind(exchange, key, queue));
        }
        assert_eq!(routing.targets("d", "two"), BTreeSet::from(["q".to_owned()]));
        assert_eq!(routing.targets("f", "any"), BTreeSet::from(["p".to_owned()]));
        routing.forget("q");
        assert!(routing.targets("d", "two").is_empty());
        assert_eq!(routing.targets("", "q"), BTreeSet::from(["q".to_owned()]));
    }
}
