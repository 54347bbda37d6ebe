//! `cargo xtask page`: HotROD's page as somebody sees it who clicks on a customer, and then on the
//! link to the trace.

mod browser;
mod hotrod;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::demo::example;
use crate::interrupt;
use crate::ports;
use crate::viewer::{self, Ports};
use crate::workspace::Workspace;
use browser::{Browser, Window};
use hotrod::HotRod;

/// How long spans may take to the viewer: they are sent once a second.
const ARRIVED: Duration = Duration::from_secs(30);

const PAGE: Window = Window { width: 1000, height: 800 };
const TRACE: Window = Window { width: 1400, height: 1000 };
/// All spans are on the screen, and so in the page.
const WHOLE_TRACE: Window = Window { width: 1400, height: 2000 };

/// What the page shows of a ride to customer 123, and of its costs.
const SHOWN: [&str; 7] = [
    "Rachel's Floral Designs</button>",
    "Trom Chocolatier</button>",
    "Amazing Coffee Roasters</button>",
    "Japanese Desserts</button>",
    "<li class=\"there\"><b>Rachel's Floral Designs: car T701247C arrives in 2 min.",
    ">open trace</a></li>",
    "<td>customer</td><td>Rachel's Floral Designs</td>",
];

/// What the viewer shows of its trace: a row of each service, and of what they called.
const TRACED: [&str; 6] = [
    ">frontend<",
    ">customer<",
    ">driver<",
    ">route<",
    "SELECT hotrod_customers",
    "drivers.v1.Drivers/FindNearest",
];

#[derive(Debug, Args)]
pub struct Options {
    /// Where pictures go: hotrod-page.png and hotrod-trace.png; by default among what is built
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    let folder = workspace.target.join("xtask").join("page");
    let browser = Browser::find(&workspace, &folder)?;
    let program = viewer::build(&workspace)?;
    let services = example::build(&workspace, "hotrod")?;

    let [ui, otlp_grpc, otlp_http, frontend, customer, driver, route] =
        ports::free(7)?.try_into().map_err(|_| anyhow::anyhow!("seven ports"))?;
    let viewer = viewer::start(&workspace, &program, Ports { ui, otlp_grpc, otlp_http })?;
    let ports = [frontend, customer, driver, route];
    let hotrod = HotRod::start(&workspace, &services, ports, &viewer.ready)?;

    let page = browser.dom(&format!("{}?ride=123", hotrod.page), PAGE)?;
    shows(&page, &SHOWN).context("HotROD's page")?;
    let trace = link(&page, &viewer.ready.ui).context("HotROD's page has no link to a trace")?;
    say!("the page shows the ride, and links to {trace}");
    whole_trace(&browser, &trace)?;
    say!("the viewer shows its services, and the command to Redis that failed");

    let into = options.into.as_deref().unwrap_or(&folder);
    let rides = format!("{}?ride=123&ride=392&ride=731&ride=567", hotrod.page);
    for (name, url, window) in [("page", &rides, PAGE), ("trace", &trace, TRACE)] {
        let picture = into.join(format!("hotrod-{name}.png"));
        browser.picture(url, window, &picture)?;
        say!("{}", shown(&workspace, &picture).display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Looks until the trace is there, and all of it.
fn whole_trace(browser: &Browser, trace: &str) -> Result<()> {
    let until = Instant::now() + ARRIVED;
    loop {
        let dom = browser.dom(trace, WHOLE_TRACE)?;
        match shows(&dom, &TRACED).and_then(|()| marks_failures(&dom)) {
            Err(_) if Instant::now() < until && !interrupt::requested() => {
                thread::sleep(Duration::from_millis(200));
            }
            shown => return shown.context("the viewer's page of the trace"),
        }
    }
}

fn shows(dom: &str, expected: &[&str]) -> Result<()> {
    let dom = plain(dom);
    match expected.iter().find(|text| !dom.contains(**text)) {
        Some(missing) => bail!("does not show {missing}"),
        None => Ok(()),
    }
}

/// Commands to Redis are what fails, and nothing else.
fn marks_failures(dom: &str) -> Result<()> {
    let operation = |row: &'_ str| {
        let (_, rest) = row.split_once("endpoint-name\">")?;
        Some(rest.split_once('<')?.0.to_owned())
    };
    let failed: Vec<String> = dom.split("--errorIcon").skip(1).filter_map(operation).collect();
    let is_redis = |name: &String| ["GET 127.", "LRANGE 127."].iter().any(|c| name.starts_with(c));
    if failed.is_empty() || !failed.iter().all(is_redis) {
        bail!("marks as failed: {failed:?}, where a command to Redis has");
    }
    Ok(())
}

/// Without what makes no difference to who looks at it.
fn plain(dom: &str) -> String {
    dom.replace("&#39;", "'").replace(" <", "<")
}

/// The first one to a trace in this viewer.
fn link(dom: &str, viewer: &str) -> Option<String> {
    let (_, rest) = dom.split_once(&format!("href=\"{viewer}/trace/"))?;
    let (id, _) = rest.split_once('"')?;
    Some(format!("{viewer}/trace/{id}"))
}

/// Short, where it is in the workspace.
fn shown<'a>(workspace: &Workspace, path: &'a Path) -> &'a Path {
    path.strip_prefix(&workspace.root).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        let dom = "<b>a</b>\n<span>x </span>it&#39;s";
        assert!(shows(dom, &["<b>a", "x</span>", "it's"]).is_ok());
        let error = shows(dom, &["<b>a", "<b>b"]).unwrap_err();
        assert_eq!(error.to_string(), "does not show <b>b");
    }

    #[test]
    fn what_fails_is_redis() {
        let row = |icon: &str, name: &str| {
            format!("{icon} <small class=\"endpoint-name\">{name}</small>")
        };
        let icon = "class=\"SpanBarRow--errorIcon\"";
        let (failed, well) = (row(icon, "GET 127.0.0.1:1"), row("", "POST /dispatch"));
        assert!(marks_failures(&format!("{well}{failed}{well}")).is_ok());
        assert!(marks_failures(&well).is_err());
        assert!(marks_failures(&format!("{failed}{}", row(icon, "GET /route"))).is_err());
    }

    #[test]
    fn the_link_is_one_to_this_viewer() {
        let dom =
            r#"<a href="http://x/trace/1">a</a> <a href="http://v:1/trace/2" target="_">b</a>"#;
        assert_eq!(link(dom, "http://v:1").as_deref(), Some("http://v:1/trace/2"));
        assert_eq!(link(dom, "http://v:2"), None);
    }
}
