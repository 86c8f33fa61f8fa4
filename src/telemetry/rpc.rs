//! The layer around every RPC: counts it, times it, gives it a span, and bounds the time until it is
//! answered. Knows methods by the API's descriptors, so labels are bounded whatever callers send.

mod call;
mod methods;

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tonic::{
    Status,
    body::Body,
    codegen::http::{Request, Response},
};
use tower::{Layer, Service};
use tracing::Instrument;

use self::{call::Call, methods::Methods};
use super::Metrics;

pub use methods::services;

/// Wraps services so that their RPCs are measured.
#[derive(Debug, Clone)]
pub struct RpcLayer {
    methods: Arc<Methods>,
    timeout: Duration,
}

impl RpcLayer {
    /// Measures into `metrics`; a call that is not answered within `timeout` gets `DEADLINE_EXCEEDED`.
    #[must_use]
    pub fn new(metrics: &Metrics, timeout: Duration) -> Self {
        Self { methods: Arc::new(Methods::new(metrics.registry())), timeout }
    }
}

impl<S> Layer<S> for RpcLayer {
    type Service = RpcService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RpcService { inner, layer: self.clone() }
    }
}

/// A service whose RPCs are measured.
#[derive(Debug, Clone)]
pub struct RpcService<S> {
    inner: S,
    layer: RpcLayer,
}

impl<S> Service<Request<Body>> for RpcService<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let method = self.layer.methods.get(request.uri().path());
        let call = Call::begin(method, request.headers());
        let span = call.span().clone();
        let answer = self.inner.call(request);
        let timeout = self.layer.timeout;
        let measured = async move {
            match tokio::time::timeout(timeout, answer).await {
                Ok(Ok(response)) => Ok(call.answered(response)),
                Ok(Err(never)) => match never {},
                Err(_) => Ok(call.answered(timed_out(timeout))),
            }
        };
        Box::pin(measured.instrument(span))
    }
}

fn timed_out(timeout: Duration) -> Response<Body> {
    let message = format!("not answered within {timeout:?}, outcome unknown: retry with the same ids");
    Status::deadline_exceeded(message).into_http()
}

#[cfg(test)]
mod tests;
