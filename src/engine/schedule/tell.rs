//! What is told of an agent's schedule: where it stands, by which rule, and what comes next. Worked out when
//! asked, from the rules as they are now; where the agent stands is what is stored. Must not change anything.

use std::{borrow::Cow, fmt::Write as _};

use crate::{
    engine::state::{Agent, State},
    proto::journal as j,
    schedule::{self, AgentRules, HoursRule, Rule, Zone},
};

/// Where an agent stands by its schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleTold {
    /// What is stored; none: it has no schedule.
    pub presence: Option<j::Presence>,
    /// Since when, in engine time; 0 without a schedule.
    pub since_ms: u64,
    /// The only channels that it may be newly offered, if not all.
    pub only: Option<Vec<u32>>,
    /// Which rule says so; none without a schedule.
    pub rule: Option<Rule>,
    /// For people.
    pub text: String,
    /// When presence or channels change next, in wall seconds.
    pub next_s: Option<i64>,
    /// To what.
    pub next: Option<schedule::Presence>,
    /// A supervisor's override that is not over.
    pub by_hand: Option<j::ShiftOverrideRecord>,
}

impl State {
    /// What an agent's schedule says at `now_ms`.
    #[must_use]
    pub fn agent_schedule(&self, agent: &Agent, now_ms: u64) -> ScheduleTold {
        let record = &agent.record;
        let now_s = self.wall_s(now_ms);
        let leads = &self.catalog.schedules.leads;
        let only = record.schedule.as_ref().filter(|state| state.restricted);
        let rules = self.current_rules(agent);
        let rules = rules.as_deref();
        let next_s = rules.and_then(|rules| rules.next_edge(now_s, leads));
        let found = rules.map(|rules| rules.base_at(now_s));
        let found = found.filter(|(state, _)| state.presence != schedule::Presence::Unscheduled);
        ScheduleTold {
            presence: agent.presence(),
            since_ms: record.schedule_ms,
            only: only.map(|state| state.channels.clone()),
            rule: found.map(|(_, rule)| rule),
            text: match (rules, found) {
                (Some(rules), Some((state, rule))) => self.rule_text(agent, rules, state, rule, now_s),
                _ => "no schedule".to_owned(),
            },
            next_s,
            next: next_s.zip(rules).map(|(next_s, rules)| rules.state_at(next_s, leads).presence),
            by_hand: record.override_record.clone().filter(|hand| now_s < hand.until_s),
        }
    }

    /// By which rule an agent stands where it does, and that for people. None: it has no schedule, or is yet to be
    /// brought in line with it.
    #[must_use]
    pub fn stands_by(&self, agent: &Agent, now_ms: u64) -> Option<(Rule, String)> {
        let rules = self.current_rules(agent)?;
        let now_s = self.wall_s(now_ms);
        let (state, rule) = rules.base_at(now_s);
        let stored = match agent.presence()? {
            j::Presence::On => schedule::Presence::On,
            j::Presence::Break => schedule::Presence::Break,
            j::Presence::Off => schedule::Presence::Off,
            j::Presence::Unspecified => return None,
        };
        (state.presence == stored).then(|| (rule, self.rule_text(agent, &rules, state, rule, now_s)))
    }

    /// An agent's rules, whether it has been looked at since they changed or not.
    pub(in crate::engine) fn current_rules<'a>(&self, agent: &'a Agent) -> Option<Cow<'a, AgentRules>> {
        let number = agent.record.agent;
        if agent.rules_epoch == self.index.epoch && !self.schedules.pending.agents.contains(&number) {
            return agent.rules.as_deref().map(Cow::Borrowed);
        }
        self.agent_rules(number).map(Cow::Owned)
    }

    /// Such as `early of rota desk until 15:00`.
    #[must_use]
    pub fn rule_text(
        &self,
        agent: &Agent,
        rules: &AgentRules,
        state: schedule::State,
        rule: Rule,
        now_s: i64,
    ) -> String {
        let number = agent.record.agent;
        let stands = match state.presence {
            schedule::Presence::On => "on shift",
            schedule::Presence::Break => "on a break",
            schedule::Presence::Off | schedule::Presence::Unscheduled => "off shift",
        };
        let zone = rules.base.as_ref().map_or(&*self.catalog.schedules.default_zone, |(rota, _)| rota.zone());
        let mut text = match rule {
            Rule::ByHand => {
                let hand = agent.record.override_record.as_ref();
                let by = hand.map(|hand| hand.supervisor.as_str()).filter(|by| !by.is_empty());
                format!("{stands} by {}", by.unwrap_or("a supervisor"))
            }
            Rule::NotValid => match rules.valid {
                Some((from_s, _)) if now_s < from_s => {
                    return format!("off shift: works from {}", self.local(zone, from_s, now_s));
                }
                Some((_, until_s)) => {
                    return format!("off shift: worked until {}", self.local(zone, until_s, now_s));
                }
                None => stands.to_owned(),
            },
            Rule::Exception(of) | Rule::DatedShift(of) => {
                let entry = self.schedules.dated.of(number).iter().find(|entry| entry.number == of);
                let kind = entry.map_or("entry", |entry| match entry.kind {
                    j::DatedKind::Extra => "extra time",
                    j::DatedKind::Off => "time off",
                    j::DatedKind::Break => "break",
                    j::DatedKind::Shift | j::DatedKind::Unspecified => "shift",
                });
                let reason = entry.map(|entry| &*entry.reason).filter(|reason| !reason.is_empty());
                let reason = reason.map_or_else(String::new, |reason| format!(" ({reason})"));
                format!("{stands} by a dated {kind}{reason}")
            }
            Rule::Rota { shift, .. } => {
                let of = rules.base.as_ref().and_then(|(rota, _)| rota.shifts().get(usize::from(shift)));
                let shift = of.map_or("", |shift| &shift.name);
                let rota = self.followed_rota(number).unwrap_or_default();
                format!("{stands}, {shift} of rota {rota}")
            }
            Rule::Default => stands.to_owned(),
        };
        if let Some(until_s) = rules.next_base_edge(now_s) {
            let _ = write!(text, " until {}", self.local(zone, until_s, now_s));
        }
        text
    }

    fn followed_rota(&self, number: u32) -> Option<&str> {
        let entry = self.plan.agents.get(self.names.id(number))?;
        let groups = entry.groups.iter().filter_map(|id| self.plan.groups.get(id));
        entry.follows.over(groups.map(|group| &group.follows)).rota
    }
}

impl State {
    /// Whether a queue is open, and by what, for people: `closed by holidays cn (国庆节)`. Empty for one that has no
    /// hours and is open.
    #[must_use]
    pub fn hours_text(&self, queue: u32, now_ms: u64) -> String {
        let now_s = self.wall_s(now_ms);
        let stands = if self.queue_open(queue) { "open" } else { "closed" };
        if let Some(hand) = self.queue_by_hand(queue, now_s) {
            let by = if hand.supervisor.is_empty() { "a supervisor" } else { &hand.supervisor };
            return format!("{stands} by {by} ({})", hand.reason);
        }
        let calendar = self.catalog.queues.get(&queue).and_then(|info| info.hours.calendar.as_deref());
        let Some(calendar) = calendar else {
            return if self.queue_open(queue) { String::new() } else { stands.to_owned() };
        };
        let id = self.plan.queues.get(self.names.id(queue)).and_then(|queue| queue.calendar.as_deref());
        let id = id.unwrap_or_default();
        let holidays = self.plan.calendars.get(id).and_then(|calendar| calendar.holidays.as_deref());
        let holiday = |day| calendar.holidays().and_then(|days| days.name(day)).unwrap_or_default();
        match (calendar.rule_at(now_s), holidays) {
            (HoursRule::Days(day), _) => format!("{stands} by calendar {id}, hours of {day}"),
            (HoursRule::Holiday(day), Some(set)) => format!("{stands} by holidays {set} ({})", holiday(day)),
            (HoursRule::Makeup(day), Some(set)) => {
                format!("{stands} by holidays {set} ({}, a day of work)", holiday(day))
            }
            _ => format!("{stands} by calendar {id}"),
        }
    }

    /// The same with the end of it, as far as that is known.
    #[must_use]
    pub fn hours_until(&self, queue: u32, now_ms: u64) -> String {
        let now_s = self.wall_s(now_ms);
        let mut text = self.hours_text(queue, now_ms);
        let zone = self.zone_of(queue);
        match self.hours_change_s(queue, now_s) {
            Some(until_s) => {
                let _ = write!(text, " until {}", self.local(zone, until_s, now_s));
            }
            None if !self.queue_open(queue) => text.push_str(" until further notice"),
            None => {}
        }
        text
    }

    fn zone_of(&self, queue: u32) -> &Zone {
        let calendar = self.catalog.queues.get(&queue).and_then(|info| info.hours.calendar.as_deref());
        calendar.map_or(&*self.catalog.schedules.default_zone, |calendar| calendar.zone())
    }

    /// An instant by the clock on the wall of a queue.
    pub(in crate::engine) fn local_text(&self, queue: u32, at_ms: u64, now_ms: u64) -> String {
        self.local(self.zone_of(queue), self.wall_s(at_ms), self.wall_s(now_ms))
    }

    /// A time by the clock on a wall, with its date unless that is today's, and its zone unless that is the tenant's.
    fn local(&self, zone: &Zone, at_s: i64, now_s: i64) -> String {
        let text = zone.clock_text(at_s, now_s);
        if zone.name() == self.catalog.schedules.default_zone.name() {
            text
        } else {
            format!("{text} {}", zone.name())
        }
    }
}

/// An override for people.
#[must_use]
pub fn override_text(supervisor: &str, reason: &str) -> String {
    if supervisor.is_empty() {
        format!("overridden: {reason}")
    } else {
        format!("overridden by {supervisor}: {reason}")
    }
}

impl State {
    /// An agent's rules, for charts; none: it has no schedule.
    #[must_use]
    pub fn shift_rules(&self, agent: u32) -> Option<AgentRules> {
        self.agent_rules(agent)
    }
}
