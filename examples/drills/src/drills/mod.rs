//! The drills, by what breaks.

mod callers;
mod grpc;
mod http;
mod plays;
mod queue;
mod redis;
mod shapes;
mod sql;
mod tracing;

use crate::drill::Drill;

/// All of them, in the order in which they are best learned from.
pub fn all() -> impl Iterator<Item = &'static Drill> {
    [
        shapes::DRILLS,
        redis::DRILLS,
        sql::DRILLS,
        grpc::DRILLS,
        http::DRILLS,
        callers::DRILLS,
        tracing::DRILLS,
        queue::DRILLS,
    ]
    .into_iter()
    .flatten()
}

/// The one of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Drill> {
    all().find(|drill| drill.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::all;

    #[test]
    fn each_has_a_name_of_its_own_and_something_to_say() {
        let names: BTreeSet<_> = all().map(|drill| drill.name).collect();
        assert_eq!(names.len(), all().count());
        for drill in all() {
            for text in [drill.question, drill.broken, drill.look, drill.production] {
                assert!(text.len() > 10, "{}", drill.name);
            }
            let errors: Vec<_> = drill.expected.errors.to_vec();
            assert!(errors.is_sorted(), "{}", drill.name);
        }
    }
}
