//! What all actors share: the way to the daemon, the pace, whether the demo still runs, and where what
//! shouldn't have happened is noted. Calls go out through [`insist`], as a careful client's would.

use std::{
    collections::BTreeMap,
    future::Future,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::sleep,
};
use tonic::{Code, Response, Status, transport::Channel};
use tonic_types::StatusExt;

use super::pace::Pace;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A call that can be tried again is tried so often …
const ATTEMPTS_MAX: u32 = 10;
/// … after such a pause, unless the daemon names one.
const RETRY_PAUSE: Duration = Duration::from_millis(100);
/// Before a stream that broke is opened again.
pub const RECONNECT_PAUSE: Duration = Duration::from_millis(200);
/// Kinds of faults that are told apart.
const FAULTS_MAX: usize = 32;
/// Calls that one actor has under way.
pub const CALLS_MAX: usize = 500;

/// What actors share.
#[derive(Debug, Clone)]
pub struct Stage {
    /// The daemon.
    pub address: SocketAddr,
    /// The demo's time.
    pub pace: Pace,
    /// Chance.
    pub seed: u64,
    /// Becomes false when nothing new may be done any more.
    pub playing: watch::Receiver<bool>,
    /// What shouldn't have happened.
    pub faults: Faults,
}

impl Stage {
    /// A connection of one's own.
    pub async fn connect(&self) -> anyhow::Result<Channel> {
        let address = self.address;
        let endpoint = Channel::from_shared(format!("http://{address}")).context("not an address")?;
        let connecting = endpoint.connect_timeout(CONNECT_TIMEOUT).tcp_nodelay(true).connect().await;
        connecting.with_context(|| format!("cannot reach the daemon at {address}"))
    }

    /// Whether something new may be done.
    pub fn is_playing(&self) -> bool {
        *self.playing.borrow()
    }
}

/// What a task reads from a stream. Reading ends when it is dropped.
pub struct Reading<T> {
    items: mpsc::Receiver<T>,
    _task: JoinSet<()>,
}

impl<T> Reading<T> {
    /// Starts a task that reads at most so many items ahead.
    pub fn start<F>(ahead_max: usize, read: impl FnOnce(mpsc::Sender<T>) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (out, items) = mpsc::channel(ahead_max);
        let mut task = JoinSet::new();
        task.spawn(read(out));
        Self { items, _task: task }
    }

    /// The next item.
    pub async fn next(&mut self) -> Option<T> {
        self.items.recv().await
    }
}

/// Answers that shouldn't have come, by kind.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<BTreeMap<String, u64>>>);

impl Faults {
    /// Notes the answer to a call, unless it only tells that somebody else was faster: an offer lapsed, a
    /// customer left.
    pub fn note_unless_late(&self, call: &str, status: &Status) {
        if !matches!(status.code(), Code::FailedPrecondition | Code::NotFound) {
            self.note(call, status);
        }
    }

    /// Notes the answer to a call.
    pub fn note(&self, call: &str, status: &Status) {
        let fault = format!("{call}: {:?} {} {}", status.code(), reason(status), status.message());
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fault = if faults.len() < FAULTS_MAX { fault } else { "others".to_owned() };
        *faults.entry(fault).or_default() += 1;
    }

    /// All of them with their counts.
    pub fn list(&self) -> Vec<(String, u64)> {
        let faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        faults.iter().map(|(fault, count)| (fault.clone(), *count)).collect()
    }
}

/// The stable reason of a refusal, if it gives one.
pub fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

/// Makes a call, and again while the daemon says that this helps. A queue that is full is an answer: the
/// caller hears the busy tone; and who can't be called back waits on.
pub async fn insist<C: Clone, R: Clone, T, F>(
    client: C,
    request: R,
    call: impl Fn(C, R) -> F,
) -> Result<T, Status>
where
    F: Future<Output = Result<Response<T>, Status>>,
{
    let mut attempt = 1;
    loop {
        let status = match call(client.clone(), request.clone()).await {
            Ok(response) => return Ok(response.into_inner()),
            Err(status) => status,
        };
        if attempt == ATTEMPTS_MAX || !is_passing(&status) {
            return Err(status);
        }
        let pause = status.get_details_retry_info().and_then(|info| info.retry_delay);
        sleep(pause.unwrap_or(RETRY_PAUSE)).await;
        attempt += 1;
    }
}

/// Whether the same call may succeed in a moment.
pub fn is_passing(status: &Status) -> bool {
    match status.code() {
        Code::Unavailable => true,
        Code::ResourceExhausted => !matches!(reason(status).as_str(), "QUEUE_FULL" | "TOO_MANY_CALLBACKS"),
        _ => false,
    }
}
