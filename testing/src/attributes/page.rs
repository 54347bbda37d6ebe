//! The page.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::Group;
use super::levels::{Level, NOT_SHOWN, Row, rows};

const HEAD: &str = "\
# Attributes

Which attributes each integration writes, as its tests have seen them: `cargo xtask test --stage
test-all` notes them, and fails where this page says something else. The levels are those of
OpenTelemetry's semantic conventions 1.44: a *conditional* attribute is there where it applies, an
*opt-in* one where it is asked for, but for `http.response.body.size`, which is also there where the
body was cut short, and `db.response.returned_rows`, which is always. *Own* is this kit's. Where it
says –, no test of that crate has seen it: contrib-axum stands on contrib-tower, and has what that
has. Names are spelled in `tracer_core::semconv`.
";

/// What the packages wrote, by group.
type Seen<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// The page of these notes, each a line as [`note`](super::note) writes it.
///
/// # Errors
/// What is wrong with what the integrations write: a required attribute that one of them never has,
/// one that the conventions do not know of.
pub fn page(notes: &str) -> Result<String, Vec<String>> {
    let (mut page, mut wrong) = (HEAD.to_owned(), Vec::new());
    for group in Group::ALL {
        let mut seen = Seen::new();
        for note in notes.lines() {
            let mut fields = note.split('\t');
            if let (Some(package), Some(title), Some(key)) =
                (fields.next(), fields.next(), fields.next())
                && title == group.title()
                // The conventions' have a dot; the tests' own begin with `app.`, or have none.
                && key.contains('.') && !key.starts_with("app.") && !NOT_SHOWN.contains(&key)
            {
                seen.entry(package).or_default().insert(key);
            }
        }
        // Whoever has a single span of a kind has instrumented it, or has been called by one who has.
        if seen.is_empty() {
            wrong.push(format!("{}: no integration", group.title()));
            continue;
        }
        complain(group, &seen, &mut wrong);
        table(&mut page, group, &seen);
    }
    if wrong.is_empty() { Ok(page) } else { Err(wrong) }
}

fn has(keys: &BTreeSet<&str>, row: Row) -> bool {
    keys.iter().any(|key| is_of(key, row))
}

/// Whether this stands for all that begins with it: a header is below the name of all headers.
fn is_open(name: &str) -> bool {
    name.ends_with("header") || name.ends_with("metadata")
}

fn is_of(key: &str, (name, _): Row) -> bool {
    key.strip_prefix(name).is_some_and(|rest| rest.is_empty() || is_open(name))
}

fn complain(group: Group, seen: &Seen<'_>, wrong: &mut Vec<String>) {
    for (package, keys) in seen {
        for row in rows(group).filter(|(_, level)| *level == Level::Required) {
            if !has(keys, row) {
                wrong.push(format!("{}: {package} has no {}", group.title(), row.0));
            }
        }
        for key in keys {
            if !rows(group).any(|row| is_of(key, row)) {
                wrong.push(format!("{}: {package} has {key}, which nobody knows", group.title()));
            }
        }
    }
}

fn table(page: &mut String, group: Group, seen: &Seen<'_>) {
    let packages: Vec<_> = seen.keys().copied().collect();
    // Nothing fails that is written into a string.
    let _ = writeln!(
        page,
        "\n## {}\n\n| attribute | level | {} |",
        group.title(),
        packages.join(" | ")
    );
    let _ = writeln!(page, "| --- | --- |{}", " --- |".repeat(packages.len()));
    for row in rows(group) {
        let each = seen.values().map(|keys| if has(keys, row) { "yes" } else { "–" });
        let each: Vec<_> = each.collect();
        let (name, level) = row;
        let dots = if is_open(name) { ".*" } else { "" };
        let _ = writeln!(page, "| `{name}{dots}` | {} | {} |", level.word(), each.join(" | "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(leave_out: &str, add: &str) -> String {
        let mut notes = String::new();
        for group in Group::ALL {
            for (key, _) in rows(group).filter(|(key, _)| *key != leave_out) {
                notes += &format!("contrib-x\t{}\t{key}\n", group.title());
            }
        }
        notes + &format!("contrib-x\t{}\t{add}\n", Group::Redis.title())
    }

    #[test]
    fn a_page_shows_what_is_there() {
        let page = page(&notes("http.route", "app.own")).expect("nothing is wrong");
        assert!(page.contains("\n## HTTP server\n\n| attribute | level | contrib-x |\n"), "{page}");
        assert!(page.contains("| `http.route` | conditional | – |"), "{page}");
        assert!(page.contains("| `http.request.header.*` | opt-in | yes |"), "{page}");
        assert!(!page.contains("app.own"));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let wrong = page(&notes("url.full", "db.unheard.of")).expect_err("two things");
        let expected = [
            "HTTP client: contrib-x has no url.full",
            "Redis: contrib-x has db.unheard.of, which nobody knows",
        ];
        assert_eq!(wrong, expected);
        assert_eq!(page("").expect_err("nothing there").len(), Group::ALL.len());
    }
}
