//! One RPC from its arrival to the end of its answer, which is where its code is told.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Instant,
};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tonic::{
    Code, Status,
    body::Body,
    codegen::http::{HeaderMap, Response},
};
use tracing::Span;

use super::methods::Method;
use crate::config::{DEFAULT_TENANT, TENANT_BYTES_MAX, TENANT_KEY};

const STATUS: &str = "grpc-status";

/// An RPC that goes on. Dropped before its end, it counts as cancelled.
#[derive(Debug)]
pub struct Call {
    method: Arc<Method>,
    tenant: String,
    started: Instant,
    span: Span,
    ended: bool,
}

impl Call {
    /// Starts the clock.
    pub fn begin(method: Arc<Method>, headers: &HeaderMap) -> Self {
        let tenant = headers.get(TENANT_KEY).map_or(DEFAULT_TENANT, |value| {
            // A longer name is no tenant's, and not worth a log line.
            value.to_str().ok().filter(|name| name.len() <= TENANT_BYTES_MAX).unwrap_or("?")
        });
        let span = tracing::debug_span!("rpc", method = method.path, tenant);
        method.open.increment(1);
        Self { tenant: tenant.to_owned(), started: Instant::now(), span, ended: false, method }
    }

    /// The span that its work runs in.
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// The answer's head is there. It may hold the code; otherwise the body's end does.
    pub fn answered(mut self, response: Response<Body>) -> Response<Body> {
        if let Some(code) = code(response.headers()) {
            self.end(code);
            return response;
        }
        response.map(|body| Body::new(Answer { body, call: self }))
    }

    fn end(&mut self, code: Code) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let elapsed = self.started.elapsed();
        self.method.open.decrement(1);
        self.method.ended(code).increment(1);
        if let Some(latency) = &self.method.latency {
            latency.record(elapsed.as_secs_f64());
        }
        let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        if is_our_fault(code, self.method.streaming) {
            let (method, tenant) = (&self.method.path, &self.tenant);
            tracing::warn!(parent: None, method, tenant, ?code, ms, "rpc failed");
        } else {
            tracing::debug!(parent: &self.span, ?code, ms, "rpc ended");
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}

/// Whether a code is worth a warning. Callers' mistakes are not, nor is load that was refused (the
/// metrics count it), nor a stream that a shutdown ended.
fn is_our_fault(code: Code, streaming: bool) -> bool {
    match code {
        Code::Unknown | Code::Internal | Code::DataLoss | Code::DeadlineExceeded => true,
        Code::Unavailable => !streaming,
        _ => false,
    }
}

fn code(headers: &HeaderMap) -> Option<Code> {
    headers.get(STATUS).map(|value| Code::from_bytes(value.as_bytes()))
}

/// An answer's body, watched for its end.
struct Answer {
    body: Body,
    call: Call,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        let frame = {
            let _entered = this.call.span.enter();
            ready!(Pin::new(&mut this.body).poll_frame(context))
        };
        match &frame {
            Some(Ok(frame)) => {
                if let Some(trailers) = frame.trailers_ref() {
                    this.call.end(code(trailers).unwrap_or(Code::Unknown));
                }
            }
            Some(Err(status)) => this.call.end(status.code()),
            None => this.call.end(Code::Unknown),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
