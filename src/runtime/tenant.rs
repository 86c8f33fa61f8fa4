//! A tenant's handle: the way in to its writer. Calls are bounded by the inbox; one that does not fit is
//! refused at once, nothing ever waits in line for a place.

use std::{pin::Pin, sync::Arc, task::Context, task::Poll};

use tokio::sync::{Mutex, MutexGuard, mpsc, oneshot};
use tokio_stream::Stream;

use crate::{
    engine::{
        command::{Command, Reply, RequestKey},
        refusal::Refusal,
        state::State,
    },
    streams::{Cut, Item, Opening, Streams, Subscription, Topic},
    telemetry::{Measure, TenantMetrics},
};

use super::{
    desk::Desk,
    writer::{Control, Job},
};

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// The engine refused it.
    Refused(Refusal),
    /// The inbox is full: try again soon.
    Overloaded,
    /// The journal failed: the outcome is unknown, try again with the same id.
    NotDurable,
    /// The daemon is stopping.
    Stopping,
    /// There is no such tenant.
    UnknownTenant(String),
}

impl From<Refusal> for CallError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A stream that was opened on behalf of an agent or a gateway. When it is dropped, the engine is told.
pub struct Watch {
    // Dropped first: the engine is told only when nobody else watches.
    subscription: Subscription,
    _lost: Option<LostNotice>,
}

struct LostNotice {
    control: mpsc::UnboundedSender<Control>,
    notice: Option<(Topic, Command)>,
}

impl Drop for LostNotice {
    fn drop(&mut self) {
        if let Some((topic, command)) = self.notice.take() {
            // With the writer gone there is nobody to tell.
            let _ = self.control.send(Control::StreamLost(topic, command));
        }
    }
}

impl Stream for Watch {
    type Item = Result<Arc<Item>, Cut>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.subscription).poll_next(context)
    }
}

/// What a stream starts with, found out on the writer.
pub struct Start {
    /// What it is about.
    pub topic: Topic,
    /// The agent's session; 0 otherwise.
    pub session: u64,
    /// Its first items.
    pub opening: Opening,
    /// What to tell the engine when the stream is gone.
    pub lost: Option<Command>,
}

/// The way in to a tenant.
#[derive(Clone)]
pub struct Tenant {
    pub(super) name: Arc<str>,
    pub(super) inbox: mpsc::Sender<Job>,
    pub(super) control: mpsc::UnboundedSender<Control>,
    pub(super) streams: Arc<Streams>,
    pub(super) metrics: TenantMetrics,
    pub(super) planning: Arc<Mutex<()>>,
}

impl Tenant {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Carries `command` out. `project` makes the answer from the state right after it; it is given once
    /// that state is durable. Refusals wait likewise.
    pub async fn call<T: Send + 'static>(
        &self,
        request: Option<RequestKey>,
        command: Command,
        project: impl FnOnce(&State, &Reply, u64) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, CallError> {
        self.run(move |desk| {
            let reply = desk.step(request.as_ref(), command)?;
            project(desk.state(), &reply, desk.now_ms())
        })
        .await
    }

    /// Carries `command` out and answers at once, before anything of it is durable: for a part of
    /// something whose last part is waited for with [`Tenant::call`].
    pub async fn call_ahead(&self, command: Command) -> Result<Reply, CallError> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |desk| {
            // The caller may have gone.
            let _ = answer.send(desk.step(None, command));
            Box::new(|_| {})
        });
        self.send(job)?;
        Ok(answered.await.map_err(|_| CallError::Stopping)??)
    }

    /// Whoever changes the plan waits here for the others: plans are staged one at a time.
    pub async fn turn_to_plan(&self) -> MutexGuard<'_, ()> {
        self.planning.lock().await
    }

    /// Reads the state. The answer waits until what was read is durable.
    pub async fn read<T: Send + 'static>(
        &self,
        project: impl FnOnce(&State, u64) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, CallError> {
        self.run(move |desk| project(desk.state(), desk.now_ms())).await
    }

    /// Runs `work` on the writer.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, CallError> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |desk| {
            let value = work(desk);
            Box::new(move |durable| {
                let value = if durable { value.map_err(CallError::from) } else { Err(CallError::NotDurable) };
                // The caller may have gone.
                let _ = answer.send(value);
            })
        });
        self.send(job)?;
        answered.await.unwrap_or(Err(CallError::Stopping))
    }

    /// Opens a stream: `start` runs on the writer and says what it begins with.
    pub async fn watch(
        &self,
        start: impl FnOnce(&mut Desk<'_>) -> Result<Start, Refusal> + Send + 'static,
    ) -> Result<Watch, CallError> {
        let (answer, answered) = oneshot::channel();
        let streams = self.streams.clone();
        let control = self.control.clone();
        let job: Job = Box::new(move |desk| {
            let start = start(desk);
            if let Ok(start) = &start {
                streams.register(start.topic, desk.state().sequence());
            }
            Box::new(move |durable| {
                let watch = match start {
                    Ok(start) if durable => {
                        let notice = start.lost.map(|command| (start.topic, command));
                        let lost = notice.map(|notice| LostNotice { control, notice: Some(notice) });
                        let subscription = streams.attach(start.topic, start.session, start.opening);
                        Ok(Watch { subscription, _lost: lost })
                    }
                    Ok(start) => {
                        streams.abandon(start.topic);
                        Err(CallError::NotDurable)
                    }
                    Err(refusal) => Err(CallError::Refused(refusal)),
                };
                // A caller who has gone drops the stream, and with it the notice is sent.
                let _ = answer.send(watch);
            })
        });
        self.send(job)?;
        answered.await.unwrap_or(Err(CallError::Stopping))
    }

    fn send(&self, job: Job) -> Result<(), CallError> {
        self.inbox.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => CallError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => CallError::Stopping,
        })
    }

    /// Counts a contact that was not admitted: no event tells of it.
    pub fn rejected(&self, queue: &str, channel: &str, reason: &'static str) {
        let (queue, channel) = (queue.into(), channel.into());
        self.metrics.record(&Measure::ContactRejected { queue, channel, reason });
    }

    /// Ends all its streams.
    pub fn cut_streams(&self) {
        self.streams.cut_all(Cut::Stopping);
    }

    pub(super) async fn stop(&self) {
        let (stopped, done) = oneshot::channel();
        if self.control.send(Control::Stop(stopped)).is_ok() {
            // An error means that the writer has ended already.
            let _ = done.await;
        }
    }
}
