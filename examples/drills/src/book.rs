//! docs/drills.md: the drill book, written from the drills' own runs.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use example_parts::runtime;
use example_parts::say::{note, say};
use tracer_core::WaterfallStyle;

use crate::cli::BookOptions;
use crate::drill::Drill;
use crate::drills;
use crate::field::Servers;
use crate::report::by_flags;
use crate::run::{self, Outcome};
use crate::tree::comparable;

const HEAD: &str = "\
# The drill book

Each drill breaks one thing, or nothing, sends a request and looks at its trace. All of it is
written by `cargo xtask drill --book`, from runs on stand-ins; CI runs the drills and fails where
the words or the trees below are not those of today (bars and times are not compared). Commands to
Redis are named here without the server's address.

Break something yourself:

```text
cargo xtask drill                      # what there is
cargo xtask drill redis-down           # one of them, with a link to its trace in Jaeger's UI
cargo xtask demo --fault server3.redis=refused
```

In a demo that was started with `--allow-faults`, faults come and go at run time, or for one request:

```text
curl -X PUT -d 'server3.sql=latency:300ms@50%' http://127.0.0.1:7101/faults
curl -H 'baggage: fault=server3.sql:error' -d customer=7 -d item=lamp http://127.0.0.1:7101/orders
```

A fault is `PLACE=KIND`, with the kind's `:ARGUMENT`, then `@N%` for so many of a hundred and `xN`
for no more than N times (in baggage there is none). `GET /faults` lists what is broken; a place or
a kind that is not there is refused with the list of those that are. A place is a service
(`server1.http`, `server2.http`, `server3.grpc`), or an arrow from one to another
(`server1.server2`, `server2.server3`, `server2.server1`, `server3.server2`) or to a store
(`server3.redis`, `server3.sql`). `cargo xtask demo sms-login` has `api.http`, `auth.http`,
`api.auth`, `auth.redis`, `auth.mq`, `sms.mq` and `sms.provider`.

";

/// Writes it, or checks it.
///
/// # Errors
/// When a drill is not as it has to be, or the book is not that of today.
pub fn run(options: &BookOptions) -> Result<ExitCode> {
    let now = write()?;
    if !options.check {
        fs::write(&options.file, now)?;
        return Ok(ExitCode::SUCCESS);
    }
    let name = options.file.display();
    let before = fs::read_to_string(&options.file).with_context(|| name.to_string())?;
    let (before, now) = (sections(&before), sections(&now));
    if let Some(at) = (0..before.len().max(now.len())).find(|at| before.get(*at) != now.get(*at)) {
        let shown = |section: Option<&Vec<String>>| section.map(|lines| lines.join("\n"));
        bail!(
            "{name} is not that of today: cargo xtask drill --book\n--- it says\n{}\n--- and today\n{}",
            shown(before.get(at)).unwrap_or_default(),
            shown(now.get(at)).unwrap_or_default(),
        );
    }
    say(format_args!("{name} is that of today: {} sections", now.len()))?;
    Ok(ExitCode::SUCCESS)
}

fn write() -> Result<String> {
    let mut book = HEAD.to_owned();
    for drill in drills::all() {
        book += &format!("- [{}](#{}): {}\n", drill.name, drill.name, drill.question);
    }
    for drill in drills::all() {
        note(format_args!("{} …", drill.name));
        let outcome = runtime::run(run::drill(drill, &Servers::default(), None))?;
        if let [first, ..] = &*outcome.wrong {
            bail!("{} is not as it has to be: {first}", drill.name);
        }
        book += &section(drill, &outcome);
    }
    Ok(book)
}

fn section(drill: &Drill, outcome: &Outcome) -> String {
    let Drill { name, question, broken, look, production, .. } = drill;
    let waterfall = match outcome.waterfalls(WaterfallStyle::Plain) {
        none if none.is_empty() => "(no span was recorded)\n".to_owned(),
        waterfalls => waterfalls,
    };
    format!(
        "\n## {name}\n\n**{question}**\n\n`cargo xtask drill {name}`\n\n{broken}{}\n\nThe caller gets: \
         {}\n\n```text\n{waterfall}```\n\nWhat to look for: {look}\n\nIn production: {production}\n",
        by_flags(drill.faults),
        outcome.caller,
    )
}

/// What of the book can be compared: the words of each section as they are, its trees without what
/// is different each time.
fn sections(book: &str) -> Vec<Vec<String>> {
    book.split("\n## ")
        .map(|section| section.split("```").enumerate())
        .map(|parts| {
            parts
                .flat_map(|(at, part)| match part.strip_prefix("text\ntrace ") {
                    // What is between fences is every second part.
                    Some(rest) if at % 2 == 1 => comparable(&format!("trace {rest}")),
                    _ => vec![part.to_owned()],
                })
                .collect()
        })
        .collect()
}
