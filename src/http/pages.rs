//! What each path answers.

use std::{fmt, future::Future, pin::Pin};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Method, Response, StatusCode,
    header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue},
};
use tokio::sync::watch;

use crate::telemetry::Metrics;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const EXPOSITION: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// Whether the daemon serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// Not yet: it recovers.
    Starting,
    /// It does.
    Serving,
    /// No longer: it ends.
    Draining,
}

type Refresh = dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync;

/// Everything that the pages show.
pub struct Pages {
    metrics: Metrics,
    readiness: watch::Receiver<Readiness>,
    refresh: Box<Refresh>,
}

impl Pages {
    /// `refresh` brings the gauges up to date; it is awaited before every scrape, so it must be bounded.
    pub fn new<F, R>(metrics: Metrics, readiness: watch::Receiver<Readiness>, refresh: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        Self { metrics, readiness, refresh: Box::new(move || Box::pin(refresh())) }
    }

    /// The answer to a request. (hyper leaves out the body of an answer to HEAD.)
    pub async fn answer(&self, method: &Method, path: &str) -> Response<Full<Bytes>> {
        let page = match path {
            "/metrics" | "/healthz" | "/readyz" => path,
            _ => {
                let known = "no such page: try /metrics, /healthz or /readyz\n";
                return text(StatusCode::NOT_FOUND, known);
            }
        };
        if method != Method::GET && method != Method::HEAD {
            let mut refusal = text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n");
            refusal.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return refusal;
        }
        match page {
            "/metrics" => {
                (self.refresh)().await;
                respond(StatusCode::OK, EXPOSITION, self.metrics.render())
            }
            "/healthz" => text(StatusCode::OK, "alive\n"),
            _ => self.readiness(),
        }
    }

    fn readiness(&self) -> Response<Full<Bytes>> {
        match *self.readiness.borrow() {
            Readiness::Starting => text(StatusCode::SERVICE_UNAVAILABLE, "starting\n"),
            Readiness::Serving => text(StatusCode::OK, "serving\n"),
            Readiness::Draining => text(StatusCode::SERVICE_UNAVAILABLE, "draining\n"),
        }
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Pages").field("readiness", &self.readiness).finish_non_exhaustive()
    }
}

fn text(status: StatusCode, line: &'static str) -> Response<Full<Bytes>> {
    respond(status, TEXT, line)
}

fn respond(status: StatusCode, kind: HeaderValue, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
