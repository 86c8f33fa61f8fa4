//! The gRPC connections: how many there may be, and cutting them when their time is over.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::sleep,
};
use tokio_stream::{Stream, StreamExt, wrappers::WatchStream};
use tonic::transport::server::{Connected, TcpConnectInfo, TcpIncoming};

use crate::{http::ACCEPT_PAUSE, telemetry::Metrics};

/// Idle connections whose peer's machine vanished are found after this time, below HTTP/2.
const TCP_KEEPALIVE: Duration = Duration::from_secs(60);

/// Counts connections and can cut them all.
#[derive(Debug)]
pub struct Connections {
    most: usize,
    room: Arc<Semaphore>,
    cut: watch::Sender<bool>,
    metrics: Metrics,
}

/// Connections as they come in.
pub type Incoming = Pin<Box<dyn Stream<Item = io::Result<Connection>> + Send>>;

impl Connections {
    /// At most so many at once.
    pub fn new(most: usize, metrics: Metrics) -> Self {
        Self { most, room: Arc::new(Semaphore::new(most)), cut: watch::Sender::new(false), metrics }
    }

    /// Accepts connections; one too many is closed at once, so that its caller knows soon.
    pub fn accept(&self, listener: TcpListener) -> Incoming {
        let room = Arc::clone(&self.room);
        let cut = self.cut.subscribe();
        let metrics = self.metrics.clone();
        let incoming =
            TcpIncoming::from(listener).with_nodelay(Some(true)).with_keepalive(Some(TCP_KEEPALIVE));
        Box::pin(incoming.then(told).filter_map(move |accepted| {
            let stream = accepted?;
            let Ok(permit) = Arc::clone(&room).try_acquire_owned() else {
                metrics.connection_refused();
                return None;
            };
            metrics.connection_opened();
            let cut = WatchStream::from_changes(cut.clone());
            Some(Ok(Connection { stream, cut, metrics: metrics.clone(), _permit: permit }))
        }))
    }

    /// How many are open.
    pub fn open(&self) -> usize {
        self.most - self.room.available_permits()
    }

    /// Ends all that are open, as if their peers had closed them.
    pub fn cut(&self) {
        self.cut.send_replace(true);
    }
}

/// What was accepted. A failure is told, and followed by a pause: the server would ask again at once.
async fn told(accepted: io::Result<TcpStream>) -> Option<TcpStream> {
    match accepted {
        Ok(stream) => Some(stream),
        Err(error) => {
            tracing::warn!(%error, "cannot accept a gRPC connection");
            sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

/// A connection that counts.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    cut: WatchStream<bool>,
    metrics: Metrics,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.metrics.connection_closed();
    }
}

impl Connected for Connection {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        let address = |address: io::Result<SocketAddr>| address.ok();
        TcpConnectInfo {
            local_addr: address(self.stream.local_addr()),
            remote_addr: address(self.stream.peer_addr()),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // Told so, or left behind by a daemon that was dropped.
        if let Poll::Ready(Some(true) | None) = Pin::new(&mut self.cut).poll_next(context) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }
}
