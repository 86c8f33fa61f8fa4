//! How a tenant stands, read off for a scrape.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    engine::{
        catalog::QueueInfo,
        state::{Agent, QueueLive, State},
    },
    gateway::convert::oldest_wait_ms,
    plan::model::Holidays,
    proto::journal::PlanKind,
    telemetry::{DutyGauges, QueueGauges, TenantGauges},
};

use super::{
    desk::Desk,
    duty::{DEVIATIONS, PRESENCES, deviation_index, presence_index},
    surge::{callback_gauges, surge_gauges},
};

pub(super) fn read(tenant: Arc<str>, desk: &Desk<'_>) -> TenantGauges {
    TenantGauges { tenant, durable_sequence: desk.durable_sequence(), ..of(desk.state(), desk.now_ms()) }
}

/// But for what the state doesn't know.
pub(super) fn of(state: &State, now_ms: u64) -> TenantGauges {
    let crew = Crew::of(state);
    TenantGauges {
        tenant: Arc::default(),
        queues: queues(state, &crew, now_ms),
        agents_by_state: crew.by_state.to_vec(),
        sequence: state.sequence(),
        durable_sequence: 0,
        contacts_live: state.live_count() as u64,
        cases: state.case_count() as u64,
        plan_revision: state.plan_revision(),
        duty: duty(state, &crew, now_ms),
    }
}

fn queues(state: &State, crew: &Crew, now_ms: u64) -> Vec<QueueGauges> {
    let overdue = overdue_by_queue(state, now_ms);
    let held = state.held_by_queue();
    let queues = state.plan().queues.keys().filter_map(|id| {
        let number = state.names().number(PlanKind::Queue, id)?;
        let info = state.catalog().queues.get(&number)?;
        // Every channel that the queue accepts, and those by which some came before it stopped to.
        let mut by_channel: BTreeMap<u32, QueueLive> =
            info.channels.iter().map(|channel| (*channel, QueueLive::default())).collect();
        by_channel.extend(state.queue_live_by_channel(number));
        let id = |channel: &u32| state.names().shared_id(*channel);
        let waiting =
            by_channel.iter().map(|(channel, live)| (id(channel), u64::from(live.waiting + live.offered)));
        let apart = by_channel
            .iter()
            .map(|(channel, live)| (id(channel), u64::from(live.parked), u64::from(live.with_bot)));
        let open = state.queue_open(number);
        Some(QueueGauges {
            queue: state.names().shared_id(number),
            waiting: waiting.collect(),
            apart: apart.collect(),
            promises: (state.open_promises_of(number), overdue.get(&number).copied().unwrap_or(0)),
            oldest_wait_ms: oldest_wait_ms(state, number, now_ms).unwrap_or(0),
            open,
            unstaffed: open && !crew.serves(info),
            held: held.get(&number).map_or(0, |held| *held as u64),
            expected_ms: state
                .estimate_of_queue(number, now_ms)
                .wait
                .ok()
                .map(|(expected_ms, bound_ms, _)| (expected_ms.into(), bound_ms.into())),
            surge: surge_gauges(state, number, now_ms),
            callbacks: callback_gauges(state, number),
        })
    });
    queues.collect()
}

/// Open promises that are past their time, by queue.
fn overdue_by_queue(state: &State, now_ms: u64) -> BTreeMap<u32, u64> {
    let mut by_queue = BTreeMap::new();
    for record in state.overdue_promises(now_ms) {
        *by_queue.entry(record.queue).or_default() += 1;
    }
    by_queue
}

/// Agents, counted in one walk.
struct Crew {
    by_state: [(&'static str, u64); 6],
    scheduled: [u64; PRESENCES.len()],
    deviating: [u64; DEVIATIONS.len()],
    /// Who is there, by group of the plan that is not closed.
    on_shift: BTreeMap<u32, u64>,
}

impl Crew {
    fn of(state: &State) -> Self {
        let mut crew = Self {
            by_state: [
                ("signed_out", 0),
                ("disconnected", 0),
                ("wrap_up", 0),
                ("busy", 0),
                ("not_ready", 0),
                ("ready", 0),
            ],
            scheduled: [0; PRESENCES.len()],
            deviating: [0; DEVIATIONS.len()],
            on_shift: state.catalog().groups.keys().map(|group| (*group, 0)).collect(),
        };
        for agent in state.agents() {
            crew.count(agent);
        }
        crew
    }

    fn count(&mut self, agent: &Agent) {
        let name = agent_state(agent);
        if let Some(entry) = self.by_state.iter_mut().find(|entry| entry.0 == name) {
            entry.1 += 1;
        }
        let record = &agent.record;
        let Some(info) = agent.info.as_ref().filter(|_| !record.removed) else { return };
        self.scheduled[presence_index(agent.presence())] += 1;
        if let Some(at) = deviation_index(record.deviation()).filter(|_| record.deviation_noted) {
            self.deviating[at] += 1;
        }
        if agent.on_staff() {
            for group in &info.groups {
                *self.on_shift.entry(*group).or_default() += 1;
            }
        }
    }

    /// Whether somebody of the groups that serve a queue, in whatever ring, is there.
    fn serves(&self, queue: &QueueInfo) -> bool {
        let there = |group: &u32| self.on_shift.get(group).is_some_and(|agents| *agents > 0);
        let mut groups = queue.groups.iter().chain(queue.rings.iter().flat_map(|ring| &ring.groups));
        if queue.every_group { self.on_shift.keys().any(there) } else { groups.any(there) }
    }
}

fn duty(state: &State, crew: &Crew, now_ms: u64) -> DutyGauges {
    let now_s = state.wall_s(now_ms);
    let known = |holidays: &Holidays| {
        let end_s = i64::from(holidays.known_until()?.plus(1).0) * 86_400;
        Some(state.catalog().schedules.default_zone.utc_s(end_s) - now_s)
    };
    let cuts = state.shift_sources().values().filter(|cut_s| **cut_s != 0);
    DutyGauges {
        scheduled: PRESENCES.into_iter().zip(crew.scheduled).collect(),
        deviating: DEVIATIONS.into_iter().zip(crew.deviating).collect(),
        on_shift: crew.on_shift.iter().map(|(id, agents)| (state.names().shared_id(*id), *agents)).collect(),
        holidays_known_s: state
            .plan()
            .holidays
            .iter()
            .map(|(id, holidays)| (id.as_str().into(), known(holidays)))
            .collect(),
        horizon_s: cuts.min().map(|cut_s| cut_s - now_s),
        pending: state.schedules_pending(now_ms) as u64,
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
