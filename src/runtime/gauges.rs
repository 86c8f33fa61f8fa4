//! How a tenant stands, read off for a scrape.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    engine::state::{Agent, QueueLive, State},
    gateway::convert::oldest_wait_ms,
    proto::journal::PlanKind,
    telemetry::{QueueGauges, TenantGauges},
};

use super::desk::Desk;

pub(super) fn read(tenant: Arc<str>, desk: &Desk<'_>) -> TenantGauges {
    let state = desk.state();
    let overdue = overdue_by_queue(state, desk.now_ms());
    let queues = state.plan().queues.keys().filter_map(|id| {
        let number = state.names().number(PlanKind::Queue, id)?;
        // Every channel that the queue accepts, and those by which some came before it stopped to.
        let accepted = &state.catalog().queues.get(&number)?.channels;
        let mut by_channel: BTreeMap<u32, QueueLive> =
            accepted.iter().map(|channel| (*channel, QueueLive::default())).collect();
        by_channel.extend(state.queue_live_by_channel(number));
        let id = |channel: &u32| state.names().shared_id(*channel);
        let waiting =
            by_channel.iter().map(|(channel, live)| (id(channel), u64::from(live.waiting + live.offered)));
        let apart = by_channel
            .iter()
            .map(|(channel, live)| (id(channel), u64::from(live.parked), u64::from(live.with_bot)));
        Some(QueueGauges {
            queue: state.names().shared_id(number),
            waiting: waiting.collect(),
            apart: apart.collect(),
            promises: (state.open_promises_of(number), overdue.get(&number).copied().unwrap_or(0)),
            oldest_wait_ms: oldest_wait_ms(state, number, desk.now_ms()).unwrap_or(0),
        })
    });
    let mut agents =
        [("signed_out", 0), ("disconnected", 0), ("wrap_up", 0), ("busy", 0), ("not_ready", 0), ("ready", 0)];
    for agent in state.agents() {
        let name = agent_state(agent);
        if let Some(entry) = agents.iter_mut().find(|entry| entry.0 == name) {
            entry.1 += 1;
        }
    }
    TenantGauges {
        tenant,
        queues: queues.collect(),
        agents_by_state: agents.to_vec(),
        sequence: state.sequence(),
        durable_sequence: desk.durable_sequence(),
        contacts_live: state.live_count() as u64,
        cases: state.case_count() as u64,
        plan_revision: state.plan_revision(),
    }
}

/// Open promises that are past their time, by queue.
fn overdue_by_queue(state: &State, now_ms: u64) -> BTreeMap<u32, u64> {
    let mut by_queue = BTreeMap::new();
    for record in state.overdue_promises(now_ms) {
        *by_queue.entry(record.queue).or_default() += 1;
    }
    by_queue
}

/// One word for an agent: the first that fits.
fn agent_state(agent: &Agent) -> &'static str {
    if agent.record.session == 0 {
        "signed_out"
    } else if !agent.record.connected {
        "disconnected"
    } else if agent.load.active + agent.load.offers > 0 {
        "busy"
    } else if agent.load.wrap_up > 0 {
        "wrap_up"
    } else if agent.record.ready {
        "ready"
    } else {
        "not_ready"
    }
}
