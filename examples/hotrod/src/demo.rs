//! Starts the services, and shows the traces of whoever calls a car.

use std::process::ExitCode;

use anyhow::Result;
use example_parts::reporting::for_the_screen;
use example_parts::say::say;
use example_parts::screen::Screen;
use example_parts::{demo, logs};
use tracer_core::MemoryReporter;

use crate::cli::Cli;
use crate::rides::{Caller, traffic};
use crate::{Backing, HotRod, Paces, Settings, Tracers, tour};

/// Runs it.
///
/// # Errors
/// When an address is taken, Redis or the database can't be reached, or a trace of the tour lacks
/// something.
pub fn run(options: &Cli) -> Result<ExitCode> {
    logs::to_stderr(&[]);
    let memory = MemoryReporter::new();
    let showing = &options.showing;
    let endpoint = showing.otlp_endpoint.as_deref();
    let tracers = Tracers::new(|builder| for_the_screen(builder, &memory, endpoint))?;
    let settings = Settings {
        fixes: options.fixes,
        paces: Paces::default(),
        backing: Backing::from_env(),
        viewer: showing.viewer_url.clone(),
    };
    demo::run(
        &tracers.all(),
        showing.screen(options.once, &tracers.all(), memory),
        HotRod::start(options.addresses, &settings, &tracers),
        async |screen, hotrod| {
            say(format_args!("{hotrod}\n"))?;
            match options.once {
                true => tour::take(screen, hotrod, &settings, &tracers).await,
                false => visit(screen, hotrod, options.traffic).await,
            }
        },
        async |hotrod| hotrod.stop().await,
    )
}

/// One ride, and then whatever others call.
async fn visit(screen: &mut Screen, hotrod: &HotRod, callers: u32) -> Result<()> {
    let frontend = hotrod.addresses.frontend;
    let ride = Caller::new(frontend)?.call(123).await?;
    say(format_args!("{} comes, in {} min\n", ride.dispatched.driver, ride.dispatched.eta))?;
    screen.draw_next().await?;
    say(format_args!(
        "The page is at http://{frontend}/ until Ctrl-C. Click a customer, then several quickly, and
read in the traces what they wait for. To repair it: --fix-lock, --fix-redis, --workers 100. With
--traffic 5 others call cars as well. Who has cost how much: http://{frontend}/costs
"
    ))?;
    tokio::select! {
        drawn = screen.draw_all() => Ok(drawn?),
        failed = traffic(frontend, callers) => failed,
    }
}
