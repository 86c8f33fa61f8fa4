//! The rules of agents, made from the plan, dated entries and overrides, and what they say now. Derived, as the
//! index is: nothing of it is stored or journaled. Owns which agents are to be looked at and when; must not change
//! where an agent stands, which is what events do.

use crate::{
    engine::{
        catalog::Catalog,
        state::{Agent, State},
        timers::Timer,
    },
    proto::journal as j,
    schedule::{self, AgentRules, ByHand, DatedInput, DatedKind, LOOK_AHEAD_S, Open, PartInput, Presence},
};

/// Who has no change as far ahead as changes are looked for is looked at again at the next multiple of this.
const LOOK_AGAIN_S: i64 = LOOK_AHEAD_S / 2;

impl State {
    /// All agents and queues may be others than their schedules say, if any has one.
    pub(in crate::engine) fn look_at_schedules(&mut self) {
        if self.schedules.used || !self.catalog.schedules.none() {
            self.schedules.pending.all_after = Some(0);
        }
        if !self.schedules.hours.is_empty() || !self.plan.calendars.is_empty() {
            self.schedules.pending.queues = true;
        }
    }

    /// How many agents and queues may be others than their schedules say. Nothing is offered while there are any.
    #[must_use]
    pub fn schedules_pending(&self, now_ms: u64) -> usize {
        let pending = &self.schedules.pending;
        let all = pending.all_after.map_or(0, |after| self.agents.after(after).count());
        let queues = if pending.queues { self.schedules.hours.len().max(1) } else { 0 };
        pending.agents.len() + all + queues + self.timers.edges_due(now_ms)
    }

    /// Looks at all agents who are pending. Those who are not as their schedules say stay so.
    pub(in crate::engine) fn settle_shifts(&mut self) {
        let mut differing = Vec::new();
        while let Some(agent) = self.next_pending() {
            if self.shift_now(agent, self.now_ms).is_some() {
                differing.push(agent);
            }
        }
        self.schedules.pending.agents.extend(differing);
    }

    /// The next agent to be looked at, if there is one.
    pub(super) fn next_shift(&mut self, now_ms: u64) -> Option<u32> {
        self.next_pending().or_else(|| match self.timers.pop_due_like(Timer::Shift(0), now_ms)? {
            Timer::Shift(agent) => Some(agent),
            _ => None,
        })
    }

    fn next_pending(&mut self) -> Option<u32> {
        let pending = &mut self.schedules.pending;
        if let Some(agent) = pending.agents.pop_first() {
            if let Some(agent) = self.agents.get_mut(u64::from(agent)) {
                agent.rules_epoch = 0;
            }
            return Some(agent);
        }
        let next =
            self.agents.after(pending.all_after?).next().map(|(number, agent)| (number, agent.record.agent));
        pending.all_after = next.map(|(number, _)| number);
        next.map(|(_, agent)| agent)
    }

    /// Where an agent stands by its rules, if that is not what is stored, and arms its timer for the next change.
    pub(super) fn shift_now(&mut self, number: u32, now_ms: u64) -> Option<Option<j::ScheduleState>> {
        let epoch = self.index.epoch;
        if self.agent(number)?.rules_epoch != epoch {
            let rules = self.agent_rules(number).map(Box::new);
            let agent = self.agents.get_mut(u64::from(number))?;
            (agent.rules, agent.rules_epoch) = (rules, epoch);
        }
        let now_s = self.wall_s(now_ms);
        let agent = self.agent(number)?;
        let leads = &self.catalog.schedules.leads;
        let state = agent.rules.as_ref().map(|rules| rules.state_at(now_s, leads));
        let state = state.and_then(|state| stored(state, &self.catalog));
        let differs = agent.record.schedule != state;
        let next_s = agent.rules.as_ref().map(|rules| {
            let next_s = rules.next_edge(now_s, leads);
            debug_assert!(next_s.is_none_or(|next_s| next_s > now_s), "{next_s:?} is not after {now_s}");
            let again_s = (now_s.div_euclid(LOOK_AGAIN_S) + 1) * LOOK_AGAIN_S;
            next_s.filter(|next_s| *next_s > now_s).unwrap_or(again_s)
        });
        let due_ms = next_s.map_or(0, |next_s| self.engine_ms(next_s));
        let agent = self.agents.get_mut(u64::from(number))?;
        let before_ms = std::mem::replace(&mut agent.shift_due_ms, due_ms);
        if differs && (1..=now_ms).contains(&before_ms) {
            let first_ms = &mut self.schedules.edge_due_ms;
            *first_ms = if *first_ms == 0 { before_ms } else { before_ms.min(*first_ms) };
        }
        self.timers.disarm(Timer::Shift(number), before_ms);
        if due_ms != 0 {
            self.timers.arm(Timer::Shift(number), due_ms);
        }
        differs.then_some(state)
    }

    /// An agent's rules; none: availability alone decides.
    pub(super) fn agent_rules(&self, number: u32) -> Option<AgentRules> {
        let agent = self.agent(number)?;
        let record = &agent.record;
        if record.removed {
            return None;
        }
        let entry = self.plan.agents.get(self.names.id(number))?;
        let of_group = |id: &String| self.plan.groups.get(id).map(|group| &group.follows);
        let groups: Vec<_> = entry.groups.iter().filter_map(of_group).collect();
        let slots = |channels: &[u32]| open_slots(channels, &self.catalog);
        let by_hand = record.override_record.as_ref().map(|hand| ByHand {
            on: hand.on,
            open: if hand.restricted { slots(&hand.channels) } else { schedule::ALL },
            until_s: hand.until_s,
        });
        let dated = self.schedules.dated.of(number);
        let followed = entry.follows.over(groups.iter().copied());
        let says_nothing =
            followed.rota.is_none() && followed.valid_from.is_none() && followed.valid_until.is_none();
        if says_nothing && by_hand.is_none() && dated.is_empty() && !record.dated {
            return None;
        }
        let parts: Vec<Vec<PartInput>> = dated
            .iter()
            .map(|entry| entry.parts.iter().map(|part| part_input(part, &slots)).collect())
            .collect();
        let dated: Vec<DatedInput<'_>> = dated
            .iter()
            .zip(&parts)
            .map(|(entry, parts)| DatedInput {
                number: entry.number,
                kind: match entry.kind {
                    j::DatedKind::Extra => DatedKind::Extra,
                    j::DatedKind::Off => DatedKind::Off,
                    j::DatedKind::Break => DatedKind::Break,
                    j::DatedKind::Shift | j::DatedKind::Unspecified => DatedKind::Shift,
                },
                start_local_s: entry.start_s,
                length_s: entry.length_s,
                zone: entry.zone.as_ref().map(|zone| zone.name()),
                parts,
                open: entry.channels.as_deref().map_or(schedule::ALL, slots),
            })
            .collect();
        Some(self.catalog.schedules.agent(&entry.follows, &groups, &dated, by_hand, record.dated))
    }

    /// When an agent's schedule changes next, in wall seconds; 0: not known.
    pub(in crate::engine) fn shift_changes_s(&self, agent: &Agent, now_ms: u64) -> i64 {
        let rules = self.current_rules(agent);
        let leads = &self.catalog.schedules.leads;
        rules.and_then(|rules| rules.next_edge(self.wall_s(now_ms), leads)).unwrap_or(0)
    }
}

fn part_input(part: &j::DatedPart, slots: &dyn Fn(&[u32]) -> Open) -> PartInput {
    PartInput { from_s: part.from_s, to_s: part.to_s, is_break: part.is_break, open: slots(&part.channels) }
}

fn open_slots(channels: &[u32], catalog: &Catalog) -> Open {
    let slots = channels.iter().filter_map(|channel| catalog.channels.get(channel));
    slots.fold(0, |open, channel| open | 1 << channel.slot)
}

/// A state as it is stored: by numbers of channels, which stay the same when the plan has others.
fn stored(state: schedule::State, catalog: &Catalog) -> Option<j::ScheduleState> {
    let presence = match state.presence {
        Presence::Unscheduled => return None,
        Presence::On => j::Presence::On,
        Presence::Break => j::Presence::Break,
        Presence::Off => j::Presence::Off,
    };
    let closed = |slot: u8| state.open >> slot & 1 == 0;
    let restricted =
        presence == j::Presence::On && catalog.channels.values().any(|channel| closed(channel.slot));
    let open = catalog.channels.iter().filter(|(_, channel)| restricted && !closed(channel.slot));
    let channels = open.map(|(number, _)| *number).collect();
    Some(j::ScheduleState { presence: presence.into(), restricted, channels })
}
