//! `GET /faults` and `PUT /faults`.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use super::Faults;

/// `GET` answers what is broken for everybody, a line each; `PUT` takes the same, and no line for
/// nothing. 400 says what of it can't be broken here; 403, that nothing can be.
pub fn routes(faults: &Faults) -> Router {
    Router::new().route("/faults", get(list).put(set)).with_state(faults.clone())
}

async fn list(State(faults): State<Faults>) -> String {
    faults.list().iter().map(|fault| format!("{fault}\n")).collect()
}

async fn set(State(faults): State<Faults>, lines: String) -> (StatusCode, String) {
    if !faults.is_allowed() {
        let why = "this was not started with --allow-faults\n";
        return (StatusCode::FORBIDDEN, why.to_owned());
    }
    match faults.set(lines.lines().filter(|line| !line.trim().is_empty())) {
        Ok(()) => (StatusCode::OK, list(State(faults)).await),
        Err(error) => (StatusCode::BAD_REQUEST, format!("{error:#}\n")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;
    use crate::faults::Part;

    async fn ask(faults: &Faults, request: Request<Body>) -> (u16, String) {
        let response = routes(faults).oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    fn put(lines: &'static str) -> Request<Body> {
        Request::put("/faults").body(Body::from(lines)).unwrap()
    }

    #[tokio::test]
    async fn who_may_break_what() {
        let faults = Faults::allowed();
        let hook = faults.hook("a.sql", Part::Sql);
        let broken = "a.sql=unique@50%\na.sql=error\n";
        assert_eq!(ask(&faults, put(broken)).await, (200, broken.to_owned()));
        let get = Request::get("/faults").body(Body::empty()).unwrap();
        assert_eq!(ask(&faults, get).await, (200, broken.to_owned()));
        let (status, why) = ask(&faults, put("a.sql=hang")).await;
        assert!(status == 400 && why.contains("exhausted"), "{why}");
        assert!(hook.now().is_some(), "as it was");
        assert_eq!(ask(&faults, put("\n")).await, (200, String::new()));
        assert_eq!(hook.now(), None);
        for faults in [Faults::none(), Faults::closed()] {
            let _ = faults.hook("a.sql", Part::Sql);
            assert_eq!(ask(&faults, put("a.sql=error")).await.0, 403);
        }
    }
}
