//! `jaeger-baggage`: baggage as people write it by hand.

use super::budget::Budget;
use super::carrier::{Extract, Field};
use super::percent::decode_query;
use crate::baggage::{Baggage, MAX_BYTES};

/// Reads `k=v, k2=two words`: pairs, of which a malformed one is ignored. Keys and values may be
/// escaped as in a query string, whatever the carrier.
pub(super) fn extract(
    carrier: &dyn Extract,
    field: &Field,
    budget: &mut Budget,
    baggage: &mut Baggage,
) {
    carrier.values(field, &mut |line| {
        // Length first: a line over the limit is not looked at.
        if line.len() > MAX_BYTES || budget.is_spent() {
            return;
        }
        let Ok(line) = std::str::from_utf8(line) else {
            return;
        };
        for pair in line.split(',') {
            if baggage.is_full() || budget.is_spent() || !budget.take(pair.len()) {
                return budget.end();
            }
            budget.take_separator();
            if let Some((key, value)) = parse(pair) {
                baggage.set(&key, &value);
            }
        }
    });
}

/// The value as it is: a space before it is part of it, as Jaeger's clients have it.
fn parse(pair: &str) -> Option<(String, String)> {
    let (key, value) = pair.trim_matches([' ', '\t']).split_once('=')?;
    if value.contains('=') {
        return None;
    }
    Some((decode_query(key)?, decode_query(value)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of Jaeger's client for Go, without what cannot be a key here: `key 2`.
    #[test]
    fn pairs_as_people_write_them() {
        let field = Field::new("jaeger-baggage");
        for (line, expected) in [
            ("hobbit=Bilbo Baggins", &[("hobbit", "Bilbo Baggins")][..]),
            ("hobbit=Bilbo+Baggins", &[("hobbit", "Bilbo Baggins")]),
            (
                "hobbit=Bilbo Baggins, dwarf= Thrain",
                &[("hobbit", "Bilbo Baggins"), ("dwarf", " Thrain")],
            ),
            ("k%65vin=se7en%3Aactor", &[("kevin", "se7en:actor")]),
            ("k=v, key 2=two words,k3=x", &[("k", "v"), ("k3", "x")]),
            ("key1=, key2=", &[]),
            ("malformed", &[]),
            ("malformed, string", &[]),
            ("another malformed string", &[]),
            ("a=b=c,d=%ZZ,e=%E0%40%2E,=f,,g=1", &[("g", "1")]),
        ] {
            let mut baggage = Baggage::new();
            let carrier = [("jaeger-baggage", line)];
            extract(&carrier, &field, &mut Budget::new(), &mut baggage);
            assert_eq!(baggage.iter().collect::<Vec<_>>(), expected, "{line}");
        }
    }
}
