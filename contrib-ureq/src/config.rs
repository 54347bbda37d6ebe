//! The middleware's settings.

use tracer_core::observe::ClientSettings;
use ureq::Body;
use ureq::http::{Request, Response};

/// What goes out, without its body.
pub(crate) type Sent = Request<()>;
pub(crate) type Config = ClientSettings<Sent, Response<Body>, u16>;
