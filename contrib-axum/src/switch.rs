//! Tracing, on and off, by request.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use tracer_core::{Tracer, global};

const NO_TRACER: &str = "there is no tracer\n";

/// A route that says whether a tracer is on, and turns it on and off: `GET /tracing` answers `on`
/// or `off`, `PUT /tracing` takes one of the two words. `GET /tracing/books` answers what has become
/// of its spans ([`Books`](tracer_core::Books)), one `name=count` after another: whether the
/// reporter gets rid of them is in there. `None` stands for the global tracer.
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
    let (read, counted) = (tracer.clone(), tracer.clone());
    let switch = get(move || {
        let on = chosen(read.as_ref()).is_some_and(|tracer| tracer.is_enabled());
        async move { word(on) }
    })
    .put(move |body: String| {
        let done = turn(chosen(tracer.as_ref()).as_ref(), body.trim());
        async move { done }
    });
    let books = get(move || {
        let books = books(chosen(counted.as_ref()).as_ref());
        async move { books }
    });
    Router::new().route("/tracing", switch).route("/tracing/books", books)
}

fn books(tracer: Option<&Tracer>) -> (StatusCode, String) {
    match tracer {
        Some(tracer) => (StatusCode::OK, format!("{}\n", tracer.books())),
        None => (StatusCode::NOT_FOUND, NO_TRACER.to_owned()),
    }
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
        None => (StatusCode::NOT_FOUND, NO_TRACER),
    }
}

/// What holds: the process-wide switch may say off to every tracer.
const fn word(on: bool) -> &'static str {
    if on { "on\n" } else { "off\n" }
}
