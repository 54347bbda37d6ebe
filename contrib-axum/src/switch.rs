//! Tracing, on and off, by request.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use tracer_core::{Tracer, global};

/// A route that says whether a tracer is on, and turns it on and off: `GET /tracing` answers `on`
/// or `off`, `PUT /tracing` takes one of the two words. `None` stands for the global tracer.
///
/// To be merged into a router that only operators reach: there is no authentication in here.
///
/// ```
/// use axum::Router;
///
/// let admin: Router = Router::new().merge(contrib_axum::tracing_switch(None));
/// ```
pub fn tracing_switch<S>(tracer: Option<Tracer>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let read = tracer.clone();
    Router::new().route(
        "/tracing",
        get(move || {
            let on = chosen(read.as_ref()).is_some_and(|tracer| tracer.is_enabled());
            async move { word(on) }
        })
        .put(move |body: String| {
            let done = turn(chosen(tracer.as_ref()).as_ref(), body.trim());
            async move { done }
        }),
    )
}

fn chosen(tracer: Option<&Tracer>) -> Option<Tracer> {
    tracer.cloned().or_else(global)
}

fn turn(tracer: Option<&Tracer>, wanted: &str) -> (StatusCode, &'static str) {
    let on = match wanted {
        "on" => true,
        "off" => false,
        _ => return (StatusCode::BAD_REQUEST, "say on or off\n"),
    };
    match tracer {
        Some(tracer) => {
            tracer.set_enabled(on);
            (StatusCode::OK, word(tracer.is_enabled()))
        }
        None => (StatusCode::NOT_FOUND, "there is no tracer\n"),
    }
}

/// What holds: the process-wide switch may say off to every tracer.
const fn word(on: bool) -> &'static str {
    if on { "on\n" } else { "off\n" }
}
