//! The route that turns tracing on and off.

mod support;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use contrib_axum::tracing_switch;
use support::{send, tracer};

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
    assert_eq!(send(app, put("on")).await.1, "on\n");
    assert!(tracer.is_enabled());
}
