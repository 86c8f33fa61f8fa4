//! The HTTP side: metrics in Prometheus' text format, and health for whoever watches the process.
//! `/metrics`, `/healthz` (the process is alive) and `/readyz` (it serves); HTTP/1 only.
//!
//! Every connection is bounded: how many there are, how long a request's head may take, how long a
//! connection lives. Must never change anything, and must never show customer data.

mod pages;

use std::{convert::Infallible, future::Future, pin::pin, sync::Arc, time::Duration};

use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout},
};

pub use pages::{Pages, Readiness};

/// Connections at once; others wait to be accepted.
const CONNECTIONS_MAX: usize = 64;

/// A request's head must be there within this time; an idle connection is closed after it.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);

/// A connection takes no further request after this time …
const CONNECTION_AGE_MAX: Duration = Duration::from_secs(300);

/// … and is cut so much later.
const CONNECTION_GRACE: Duration = Duration::from_secs(30);

/// Time to breathe when connections can't be accepted, for want of file descriptors for example.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves the pages for as long as it is polled. Connections end with it.
pub async fn serve(listener: TcpListener, pages: Pages) {
    let pages = Arc::new(pages);
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        // The semaphore is never closed.
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) => {
                let served = serve_connection(stream, Arc::clone(&pages));
                connections.spawn(async move {
                    served.await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept an HTTP connection");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn serve_connection(stream: TcpStream, pages: Arc<Pages>) -> impl Future<Output = ()> {
    let service = service_fn(move |request: Request<Incoming>| {
        let pages = Arc::clone(&pages);
        async move { Ok::<_, Infallible>(pages.answer(request.method(), request.uri().path()).await) }
    });
    async move {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        // Errors are the peer's: it went away, or sent something else than HTTP.
        if timeout(CONNECTION_AGE_MAX, connection.as_mut()).await.is_err() {
            connection.as_mut().graceful_shutdown();
            drop(timeout(CONNECTION_GRACE, connection).await);
        }
    }
}

#[cfg(test)]
mod tests;
