//! The middleware's settings.

use reqwest::{Request, Response, StatusCode};
use tracer_core::observe::ClientSettings;

pub(crate) type Config = ClientSettings<Request, Response, StatusCode>;
