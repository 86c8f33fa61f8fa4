//! How a tenant stands, read off for a scrape.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    engine::state::Agent,
    gateway::convert::oldest_wait_ms,
    proto::journal::PlanKind,
    telemetry::{QueueGauges, TenantGauges},
};

use super::desk::Desk;

pub(super) fn read(tenant: Arc<str>, desk: &Desk<'_>) -> TenantGauges {
    let state = desk.state();
    let queues = state.plan().queues.keys().filter_map(|id| {
        let number = state.names().number(PlanKind::Queue, id)?;
        // Every channel that the queue accepts, and those by which some came before it stopped to.
        let mut by_channel: BTreeMap<u32, u64> =
            state.catalog().queues.get(&number)?.channels.iter().map(|channel| (*channel, 0)).collect();
        for (channel, live) in state.queue_live_by_channel(number) {
            by_channel.insert(channel, u64::from(live.waiting + live.offered));
        }
        let waiting =
            by_channel.into_iter().map(|(channel, count)| (state.names().shared_id(channel), count));
        Some(QueueGauges {
            queue: state.names().shared_id(number),
            waiting: waiting.collect(),
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
        plan_revision: state.plan_revision(),
    }
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
