//! One tenant's metrics: measures and gauges in, cached handles written.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use metrics::{Counter, Gauge, Histogram};

use super::{
    Measure, QueueGauges, TenantGauges, as_f64,
    definition::Definition,
    duty, estimate,
    measure::ACCEPTED,
    names,
    registry::{Family, Registry},
    seconds, surge,
    talk::{self, Talk},
};

/// One tenant's metrics. Cheap to clone.
#[derive(Clone)]
pub struct TenantMetrics {
    inner: Arc<Inner>,
}

struct Inner {
    registry: Registry,
    tenant: String,
    channels: RwLock<ByQueue>,
    queues: Mutex<QueueHandles>,
    duty: Mutex<duty::Shown>,
    told: Mutex<estimate::Latest>,
    surge: Mutex<surge::Shown>,
    agents: Family<Gauge>,
    contacts_live: Gauge,
    cases: Gauge,
    plan_revision: Gauge,
    sequence: Gauge,
    durable_sequence: Gauge,
    inbox: Gauge,
    journal_sync: Histogram,
    journal_batch: Histogram,
    journal_bytes: Counter,
    journal_failures: Family<Counter>,
    snapshot_write: Histogram,
    snapshot_bytes: Gauge,
    overflows: Family<Counter>,
}

/// Handles by queue, then channel, so that a look-up needs no new key.
type ByQueue = HashMap<Arc<str>, HashMap<Arc<str>, Arc<ChannelHandles>>>;

/// Handles of one queue and channel. Histograms are made when first needed, as each is many lines.
struct ChannelHandles {
    entered: Counter,
    unservable: Counter,
    waits: Family<Histogram>,
    rejected: Family<Counter>,
    closed: Family<Counter>,
    offers: Family<Counter>,
    activities: Family<Counter>,
    times: Family<Histogram>,
}

#[derive(Default)]
struct QueueHandles {
    waiting: HashMap<(Arc<str>, Arc<str>), Gauge>,
    oldest_wait: HashMap<Arc<str>, Gauge>,
}

impl TenantMetrics {
    pub(super) fn new(registry: Registry, tenant: &str) -> Self {
        let labels = [tenant];
        let inner = Inner {
            channels: RwLock::default(),
            queues: Mutex::default(),
            duty: Mutex::default(),
            told: Mutex::default(),
            surge: Mutex::default(),
            agents: Family::default(),
            contacts_live: registry.gauge(&names::CONTACTS_LIVE, &labels),
            cases: registry.gauge(&names::conversation::CASES, &labels),
            plan_revision: registry.gauge(&names::PLAN_REVISION, &labels),
            sequence: registry.gauge(&names::SEQUENCE, &labels),
            durable_sequence: registry.gauge(&names::DURABLE_SEQUENCE, &labels),
            inbox: registry.gauge(&names::INBOX, &labels),
            journal_sync: registry.histogram(&names::JOURNAL_SYNC, &labels),
            journal_batch: registry.histogram(&names::JOURNAL_BATCH, &labels),
            journal_bytes: registry.counter(&names::JOURNAL_BYTES, &labels),
            journal_failures: Family::default(),
            snapshot_write: registry.histogram(&names::SNAPSHOT_WRITE, &labels),
            snapshot_bytes: registry.gauge(&names::SNAPSHOT_BYTES, &labels),
            overflows: Family::default(),
            tenant: tenant.to_owned(),
            registry,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Records what happened.
    pub fn record(&self, measure: &Measure) {
        if let Measure::Talk { place, talk } = measure
            && !matches!(talk, Talk::Activity(_) | Talk::Response(_))
        {
            talk::record(&self.inner.registry, &self.inner.tenant, place, *talk);
            return;
        }
        if let Measure::Duty(duty) = measure {
            duty::record(&self.inner.registry, &self.inner.tenant, duty);
        }
        if let Measure::Told { queue, told } = measure {
            let mut latest = self.inner.told.lock().unwrap_or_else(PoisonError::into_inner);
            latest.record(&self.inner.registry, &self.inner.tenant, queue, told);
        }
        if let Measure::Surge { queue, surge } = measure {
            surge::record(&self.inner.registry, &self.inner.tenant, queue, surge);
        }
        let Some((queue, channel)) = measure.place() else { return };
        let handles = self.channel(queue, channel);
        let labels = [self.inner.tenant.as_str(), queue, channel];
        match measure {
            Measure::ContactEntered { .. } => handles.entered.increment(1),
            Measure::ContactUnservable { .. } => handles.unservable.increment(1),
            Measure::ContactRejected { reason, .. } => {
                self.count(&handles.rejected, &names::CONTACTS_REJECTED, labels, reason);
            }
            Measure::WaitEnded { outcome, wait_ms, .. } => {
                let make = || self.inner.registry.histogram(&names::CONTACT_WAIT, &with(labels, outcome));
                handles.waits.get(outcome, make).record(seconds(*wait_ms));
            }
            Measure::ContactClosed { outcome, .. } => {
                self.count(&handles.closed, &names::CONTACTS_CLOSED, labels, outcome);
            }
            Measure::OfferEnded { result, after_ms, .. } => {
                self.count(&handles.offers, &names::OFFERS_ENDED, labels, result);
                if *result == ACCEPTED {
                    self.time(&handles.times, &names::OFFER_ACCEPT, labels, *after_ms);
                }
            }
            Measure::HandleEnded { handle_ms, .. } => {
                self.time(&handles.times, &names::CONTACT_HANDLE, labels, *handle_ms);
            }
            Measure::WrapUpEnded { wrap_up_ms, .. } => {
                self.time(&handles.times, &names::WRAP_UP, labels, *wrap_up_ms);
            }
            Measure::Talk { talk: Talk::Activity(kind), .. } => {
                self.count(&handles.activities, &names::conversation::ACTIVITIES, labels, kind);
            }
            Measure::Talk { talk: Talk::Response(ms), .. } => {
                self.time(&handles.times, &names::conversation::RESPONSE, labels, *ms);
            }
            Measure::Talk { .. } | Measure::Duty(_) | Measure::Told { .. } | Measure::Surge { .. } => {}
        }
    }

    /// Shows how the tenant stands. What an earlier call showed and this one doesn't name goes to 0.
    pub fn set_gauges(&self, gauges: &TenantGauges) {
        let inner = &self.inner;
        let mut handles = inner.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let mut waiting: HashMap<(Arc<str>, Arc<str>), u64> = HashMap::new();
        let mut oldest: HashMap<Arc<str>, u64> = HashMap::new();
        for queue in &gauges.queues {
            oldest.insert(Arc::clone(&queue.queue), queue.oldest_wait_ms);
            for (channel, count) in &queue.waiting {
                // So that a queue's counters are there, at zero, before its first contact.
                self.channel(&queue.queue, channel);
                waiting.insert((Arc::clone(&queue.queue), Arc::clone(channel)), *count);
            }
        }
        for (queue, channel) in waiting.keys() {
            handles.waiting.entry((Arc::clone(queue), Arc::clone(channel))).or_insert_with(|| {
                inner.registry.gauge(&names::CONTACTS_WAITING, &[&inner.tenant, queue, channel])
            });
        }
        for queue in oldest.keys() {
            let make = || inner.registry.gauge(&names::OLDEST_WAIT, &[&inner.tenant, queue]);
            handles.oldest_wait.entry(Arc::clone(queue)).or_insert_with(make);
        }
        for (place, gauge) in &handles.waiting {
            gauge.set(as_f64(waiting.get(place).copied().unwrap_or(0)));
        }
        for (queue, gauge) in &handles.oldest_wait {
            gauge.set(seconds(oldest.get(queue).copied().unwrap_or(0)));
        }
        self.set_conversations(&handles, &gauges.queues);
        drop(handles);
        inner.duty.lock().unwrap_or_else(PoisonError::into_inner).set(&inner.registry, &inner.tenant, gauges);
        let mut surge = inner.surge.lock().unwrap_or_else(PoisonError::into_inner);
        surge.set(&inner.registry, &inner.tenant, &gauges.queues);
        drop(surge);
        self.set_agents(&gauges.agents_by_state);
        inner.contacts_live.set(as_f64(gauges.contacts_live));
        inner.cases.set(as_f64(gauges.cases));
        inner.plan_revision.set(as_f64(gauges.plan_revision));
        inner.sequence.set(as_f64(gauges.sequence));
        inner.durable_sequence.set(as_f64(gauges.durable_sequence));
    }

    /// A batch became durable.
    pub fn journal_synced(&self, seconds: f64, events: usize, bytes: usize) {
        self.inner.journal_sync.record(seconds);
        self.inner.journal_batch.record(as_f64(events as u64));
        self.inner.journal_bytes.increment(bytes as u64);
    }

    /// An append failed.
    pub fn journal_failed(&self, kind: &'static str) {
        let Inner { registry, tenant, .. } = &*self.inner;
        let make = || registry.counter(&names::JOURNAL_FAILURES, &[tenant, kind]);
        self.inner.journal_failures.get(kind, make).increment(1);
    }

    /// A stream was cut off because its consumer was too slow.
    pub fn mailbox_overflow(&self, stream: &'static str) {
        let Inner { registry, tenant, .. } = &*self.inner;
        let make = || registry.counter(&names::MAILBOX_OVERFLOWS, &[tenant, stream]);
        self.inner.overflows.get(stream, make).increment(1);
    }

    /// A snapshot was written.
    pub fn snapshot_written(&self, seconds: f64, bytes: usize) {
        self.inner.snapshot_write.record(seconds);
        self.inner.snapshot_bytes.set(as_f64(bytes as u64));
    }

    /// So many commands wait for the writer.
    pub fn inbox_depth(&self, commands: usize) {
        self.inner.inbox.set(as_f64(commands as u64));
    }

    /// Shows conversations by all places and queues that were ever shown.
    fn set_conversations(&self, handles: &QueueHandles, queues: &[QueueGauges]) {
        use names::conversation as of;
        let Inner { registry, tenant, .. } = &*self.inner;
        let by_id: HashMap<&str, &QueueGauges> = queues.iter().map(|known| (&*known.queue, known)).collect();
        let find = |queue: &Arc<str>| by_id.get(&**queue).copied();
        for (queue, channel) in handles.waiting.keys() {
            let apart = find(queue).and_then(|known| known.apart.iter().find(|(id, ..)| id == channel));
            let (parked, with_bot) = apart.map_or((0, 0), |(_, parked, with_bot)| (*parked, *with_bot));
            let labels = [tenant.as_str(), queue, channel];
            registry.gauge(&of::CONTACTS_PARKED, &labels).set(as_f64(parked));
            registry.gauge(&of::CONTACTS_WITH_BOT, &labels).set(as_f64(with_bot));
        }
        for queue in handles.oldest_wait.keys() {
            let (open, overdue) = find(queue).map_or((0, 0), |known| known.promises);
            registry.gauge(&of::PROMISES_OPEN, &[tenant, queue]).set(as_f64(open));
            registry.gauge(&of::PROMISES_OVERDUE, &[tenant, queue]).set(as_f64(overdue));
            let expected = find(queue).and_then(|known| known.expected_ms);
            let told = |ms: Option<u64>| ms.map_or(f64::NAN, seconds);
            let set = |metric, ms| registry.gauge(metric, &[tenant, queue]).set(told(ms));
            set(&names::surge::EXPECTED_WAIT, expected.map(|(expected_ms, _)| expected_ms));
            set(&names::surge::EXPECTED_WAIT_BOUND, expected.map(|(_, bound_ms)| bound_ms));
        }
        self.inner.told.lock().unwrap_or_else(PoisonError::into_inner).show(registry, tenant);
    }

    fn set_agents(&self, by_state: &[(&'static str, u64)]) {
        let Inner { registry, tenant, agents, .. } = &*self.inner;
        for (state, gauge) in agents.all() {
            if !by_state.iter().any(|(named, _)| *named == state) {
                gauge.set(0.0);
            }
        }
        for (state, count) in by_state {
            let gauge = agents.get(state, || registry.gauge(&names::AGENTS, &[tenant, state]));
            gauge.set(as_f64(*count));
        }
    }

    fn channel(&self, queue: &Arc<str>, channel: &Arc<str>) -> Arc<ChannelHandles> {
        let known = self.inner.channels.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(handles) = known.get(queue).and_then(|channels| channels.get(channel)) {
            return Arc::clone(handles);
        }
        drop(known);
        let labels = [self.inner.tenant.as_str(), queue, channel];
        let handles = Arc::new(ChannelHandles {
            entered: self.inner.registry.counter(&names::CONTACTS_ENTERED, &labels),
            unservable: self.inner.registry.counter(&names::CONTACTS_UNSERVABLE, &labels),
            waits: Family::default(),
            rejected: Family::default(),
            closed: Family::default(),
            offers: Family::default(),
            activities: Family::default(),
            times: Family::default(),
        });
        let mut known = self.inner.channels.write().unwrap_or_else(PoisonError::into_inner);
        let channels = known.entry(Arc::clone(queue)).or_default();
        Arc::clone(channels.entry(Arc::clone(channel)).or_insert(handles))
    }

    fn count(&self, family: &Family<Counter>, metric: &Definition, labels: [&str; 3], word: &'static str) {
        let make = || self.inner.registry.counter(metric, &with(labels, word));
        family.get(word, make).increment(1);
    }

    fn time(&self, family: &Family<Histogram>, metric: &Definition, labels: [&str; 3], ms: u64) {
        let make = || self.inner.registry.histogram(metric, &labels);
        family.get(metric.name, make).record(seconds(ms));
    }
}

impl fmt::Debug for TenantMetrics {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("TenantMetrics").field("tenant", &self.inner.tenant).finish_non_exhaustive()
    }
}

fn with<'a>(labels: [&'a str; 3], word: &'a str) -> [&'a str; 4] {
    let [tenant, queue, channel] = labels;
    [tenant, queue, channel, word]
}

#[cfg(test)]
mod tests;
