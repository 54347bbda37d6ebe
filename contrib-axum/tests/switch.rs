//! The route that turns tracing on and off.

mod support;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use contrib_axum::{sampling_switch, tracing_switch};
use support::{send, tracer};
use tracer_core::{AlwaysOff, ParentBased, Tracer, Updatable};

#[tokio::test]
async fn on_and_off() {
    if !tracer_core::ENABLED {
        return;
    }
    let (tracer, _) = tracer();
    let app: Router = Router::new().merge(tracing_switch(Some(tracer.clone())));
    let put = |word: &'static str| Request::put("/tracing").body(Body::from(word)).unwrap();
    let get = || Request::get("/tracing").body(Body::empty()).unwrap();
    assert_eq!(send(app.clone(), get()).await.1, "on\n");
    assert_eq!(send(app.clone(), put("off\n")).await.1, "off\n");
    assert!(!tracer.is_enabled());
    assert_eq!(send(app.clone(), get()).await.1, "off\n");
    let (response, _) = send(app.clone(), put("perhaps")).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(send(app.clone(), put("on")).await.1, "on\n");
    assert!(tracer.is_enabled());
    tracer.span("span").root().start().finish();
    let books = send(app, Request::get("/tracing/books").body(Body::empty()).unwrap()).await.1;
    assert!(books.contains("started=1 ") && books.contains("finished=1 "), "{books}");
}

#[tokio::test]
async fn how_many_are_recorded() {
    if !tracer_core::ENABLED {
        return;
    }
    let sampler = Updatable::new(AlwaysOff);
    let tracer = Tracer::builder("test").sampler(ParentBased::new(sampler.clone())).build();
    let app: Router = tracing_switch(Some(tracer.clone())).merge(sampling_switch(sampler));
    let is_recording = || tracer.span("span").root().start().is_recording();
    let put = |rate: &'static str| {
        send(app.clone(), Request::put("/tracing/sampling").body(Body::from(rate)).unwrap())
    };
    let get = || send(app.clone(), Request::get("/tracing/sampling").body(Body::empty()).unwrap());
    assert_eq!((get().await.1.trim(), is_recording()), ("AlwaysOff", false));
    assert_eq!(put("1\n").await.0.status(), StatusCode::OK);
    assert!(is_recording() && get().await.1.starts_with("Probabilistic"));
    for nonsense in ["", "2", "-1", "NaN", "many"] {
        assert_eq!(put(nonsense).await.0.status(), StatusCode::BAD_REQUEST, "{nonsense}");
    }
    assert!(is_recording(), "as it was");
    put("0").await;
    assert!(!is_recording());
}

/// As README has it: the switch first, and the traced routes merged into it.
#[tokio::test]
async fn the_switch_is_not_traced_and_what_no_route_matches_is() {
    let (tracer, memory) = tracer();
    let layer = contrib_axum::TraceLayer::new().with_tracer(tracer.clone());
    let traced: Router = Router::new().layer(layer);
    let app = tracing_switch(Some(tracer.clone())).merge(traced);
    for (path, status) in [("/tracing", StatusCode::OK), ("/nowhere", StatusCode::NOT_FOUND)] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        assert_eq!(send(app.clone(), request).await.0.status(), status);
    }
    if tracer_core::ENABLED {
        let paths: Vec<_> = support::spans(&tracer, &memory)
            .iter()
            .map(|span| testing::tag(span, "url.path"))
            .collect();
        assert_eq!(paths, ["/nowhere"]);
    }
}

#[tokio::test]
async fn without_a_tracer_there_is_nothing_to_tell() {
    let app: Router = Router::new().merge(tracing_switch(None));
    for (path, status, said) in [
        ("/tracing", StatusCode::OK, "off\n"),
        ("/tracing/books", StatusCode::NOT_FOUND, "there is no tracer\n"),
    ] {
        let (response, body) =
            send(app.clone(), Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!((response.status(), &*body), (status, said));
    }
}

#[tokio::test]
async fn a_handler_has_its_span_as_an_argument() {
    use axum::routing::get;
    use contrib_axum::{CurrentSpan, TraceLayer};

    let (tracer, memory) = tracer();
    let handler = async |CurrentSpan(span): CurrentSpan| {
        span.set_tag("seen", true);
        "ok"
    };
    let app: Router = Router::new().route("/items/{id}", get(handler));
    let app = app.layer(TraceLayer::new().with_tracer(tracer.clone()));
    let request = Request::get("/items/7").body(Body::empty()).unwrap();
    assert_eq!(send(app, request).await.1, "ok");
    if tracer_core::ENABLED {
        tracer.flush(std::time::Duration::from_secs(5)).unwrap();
        let span = memory.take().remove(0);
        assert_eq!((&*span.name, testing::tag(&span, "seen")), ("GET /items/{id}", "true".into()));
    }
}
