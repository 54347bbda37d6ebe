//! What the program is asked for.

use crate::contestants::Who;
use crate::rows::{self, Case, Row};

pub const USAGE: &str = "\
benches [--quick] [--check] [--write] [--case NAME]...
benches --plots [--quick]
benches --list

  --quick      fewer and shorter rounds
  --check      fail where a target is missed
  --write      the table into RESULTS.md
  --case NAME  this row only; can be given more than once
  --plots      the curves in docs/performance, and nothing else
  --list       the rows

Fails where a span of ours is lost, or a case breaks.";

pub enum Command {
    Bench(Options),
    List,
    /// One case, for the process that has started this one.
    Case(Case),
    /// What takes the spans of one.
    Receiver,
    #[cfg(feature = "peers")]
    Plots {
        quick: bool,
    },
    /// One point of a curve.
    #[cfg(feature = "peers")]
    Point(crate::plot::Point),
}

pub struct Options {
    pub rows: Vec<&'static Row>,
    pub quick: bool,
    pub check: bool,
    pub write: bool,
}

pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let arguments: Vec<String> = arguments.collect();
    if let [verb, row, who, rest @ ..] = arguments.as_slice()
        && verb == "case"
    {
        let row = find(row)?;
        let who = Who::parse(who).ok_or_else(|| format!("nobody is called {who}"))?;
        let quick = rest.iter().any(|argument| argument == "--quick");
        return Ok(Command::Case(Case { row, who, quick }));
    }
    if arguments == ["receiver"] {
        return Ok(Command::Receiver);
    }
    #[cfg(feature = "peers")]
    if let Some(command) = plots(&arguments)? {
        return Ok(command);
    }
    let mut options = Options { rows: Vec::new(), quick: false, check: false, write: false };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => options.quick = true,
            "--check" => options.check = true,
            "--write" => options.write = true,
            "--list" => return Ok(Command::List),
            "--case" => {
                let name = arguments.next().ok_or("--case wants a name")?;
                options.rows.push(find(name)?);
            }
            other => return Err(format!("what is {other}?")),
        }
    }
    if options.rows.is_empty() {
        options.rows = rows::ALL.iter().collect();
    }
    Ok(Command::Bench(options))
}

#[cfg(feature = "peers")]
fn plots(arguments: &[String]) -> Result<Option<Command>, String> {
    use crate::plot::{Axis, Point};

    let quick = arguments.iter().any(|argument| argument == "--quick");
    Ok(match arguments {
        [verb, axis, x, who, ..] if verb == "point" => {
            let axis = Axis::parse(axis).ok_or_else(|| format!("no axis is called {axis}"))?;
            let x = x.parse().map_err(|_| format!("{x} is no number"))?;
            let who = Who::parse(who).ok_or_else(|| format!("nobody is called {who}"))?;
            Some(Command::Point(Point { axis, x, who, quick }))
        }
        _ if arguments.iter().any(|argument| argument == "--plots") => {
            Some(Command::Plots { quick })
        }
        _ => None,
    })
}

fn find(name: &str) -> Result<&'static Row, String> {
    rows::find(name).ok_or_else(|| format!("no row is called {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn rows_are_chosen_by_name() {
        let Ok(Command::Bench(options)) = parsed("--quick --case root --case poll") else {
            panic!("not understood");
        };
        assert!(options.quick && !options.check);
        assert_eq!(options.rows.iter().map(|row| row.name).collect::<Vec<_>>(), ["root", "poll"]);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert!(parsed("--case nonsense").is_err());
        assert!(parsed("--fast").is_err());
        assert!(parsed("case root nobody").is_err());
    }
}
