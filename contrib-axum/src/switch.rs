//! Tracing, on and off, by request.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use tracer_core::{Probabilistic, Tracer, Updatable, global};

const NO_TRACER: &str = "there is no tracer\n";

/// A route that says whether a tracer is on, and turns it on and off: `GET /tracing` answers `on`
/// or `off`, `PUT /tracing` takes one of the two words. `GET /tracing/books` answers what has become
/// of its spans ([`Books`](tracer_core::Books)), one `name=count` after another: whether the
/// reporter gets rid of them is in there. `None` stands for the global tracer.
///
/// For a router that only operators reach: there is no authentication in here. Where it is to be with
/// traced routes, those are merged into this one: the other way round axum answers what no route
/// matches by this router's fallback, which is not traced.
///
/// ```
/// use axum::Router;
/// use contrib_axum::{TraceLayer, tracing_switch};
///
/// let traced: Router = Router::new().layer(TraceLayer::new());
/// let app = tracing_switch(None).merge(traced);
/// # drop(app);
/// ```
///
/// [`sampling_switch`] is the same for how many traces are recorded.
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

/// A route for how many of the traces that begin here are recorded: `PUT /tracing/sampling` takes a
/// rate between 0 and 1, and puts a [`Probabilistic`] of it into this sampler; `GET` answers which
/// sampler is there.
///
/// Callers go on deciding for their traces where it is inside of a
/// [`ParentBased`](tracer_core::ParentBased):
///
/// ```
/// use contrib_axum::{sampling_switch, tracing_switch};
/// use tracer_core::{ParentBased, Probabilistic, Tracer, Updatable};
///
/// let sampler = Updatable::new(Probabilistic::clamped(0.1));
/// let tracer = Tracer::builder("shop").sampler(ParentBased::new(sampler.clone())).build();
/// let admin: axum::Router = tracing_switch(Some(tracer)).merge(sampling_switch(sampler));
/// # drop(admin);
/// ```
pub fn sampling_switch<S>(sampler: Updatable) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let read = sampler.clone();
    let switch = get(move || {
        let current = format!("{:?}\n", read.current());
        async move { current }
    })
    .put(move |body: String| {
        let done = sample(&sampler, body.trim());
        async move { done }
    });
    Router::new().route("/tracing/sampling", switch)
}

fn sample(sampler: &Updatable, rate: &str) -> (StatusCode, String) {
    match rate.parse().ok().and_then(Probabilistic::new) {
        Some(probabilistic) => {
            sampler.set(probabilistic);
            (StatusCode::OK, format!("{:?}\n", sampler.current()))
        }
        None => (StatusCode::BAD_REQUEST, "a rate is a number between 0 and 1\n".to_owned()),
    }
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
