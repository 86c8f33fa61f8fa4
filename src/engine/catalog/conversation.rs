//! What the plan says of conversations, by numbers: parking and reply windows of channels, promises of queues.

use crate::plan::{limits, model};

use super::{ChannelInfo, Open, QueueInfo};

/// How conversations of a channel are parked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParkingInfo {
    /// When nobody has written for so long.
    pub park_after_ms: u64,
    /// One that is parked for so long ends.
    pub parked_keep_ms: u64,
    /// Where one goes when the customer writes.
    pub parked_return: model::ParkedReturn,
    /// Contacts above the agent's own limit on the channel that may come back to it at once; 0 unless they go
    /// straight to the agent.
    pub return_allowance: u32,
}

impl ParkingInfo {
    pub(super) fn of(entry: &model::Channel) -> Option<Self> {
        entry.park_after_ms.map(|park_after_ms| Self {
            park_after_ms,
            parked_keep_ms: entry.parked_keep_ms,
            parked_return: entry.parked_return,
            return_allowance: entry.return_allowance,
        })
    }
}

impl ChannelInfo {
    /// How what is parked goes on: as the plan says, and by its defaults if it says no more that anything is
    /// parked.
    #[must_use]
    pub fn parking_in_force(&self) -> ParkingInfo {
        self.parking.unwrap_or(ParkingInfo {
            park_after_ms: 0,
            parked_keep_ms: model::DEFAULT_PARKED_KEEP_MS,
            parked_return: model::ParkedReturn::default(),
            return_allowance: 0,
        })
    }
}

/// What a platform lets be sent. It names nothing, so it is the plan's own.
pub type ReplyWindowInfo = model::ReplyWindow;

/// What becomes of a promise's follow-up when its time nears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromiseStepInfo {
    /// So long before it is due.
    pub before_ms: u64,
    /// The priority on top of its own from then on, 0 to 10: the most that any step so far gives.
    pub raise: i32,
    /// Numbers of the groups that this step adds, without those that are closed; ordered.
    pub groups: Vec<u32>,
}

/// The steps of a queue, with the raise that is in force after each.
pub(super) fn promise_steps(steps: &[model::PromiseStep], open: Open<'_>) -> Vec<PromiseStepInfo> {
    let mut raise = 0;
    let step = |step: &model::PromiseStep| {
        raise = raise.max(i32::from(step.priority));
        PromiseStepInfo { before_ms: step.before_ms, raise, groups: open.groups(&step.groups) }
    };
    steps.iter().map(step).collect()
}

impl QueueInfo {
    /// How long a follow-up is kept for its agent: as the plan says, else half of its objective, but neither
    /// beyond the first ring nor longer than any contact is kept for an agent.
    #[must_use]
    pub fn kept_for_promise_ms(&self, objective_ms: u64) -> u64 {
        let first_ring_ms = self.rings.first().map_or(u64::MAX, |ring| ring.after_ms);
        let by_objective_ms = (objective_ms / 2).min(first_ring_ms).min(*limits::AGENT_WAIT_MS.end());
        self.promise_agent_wait_ms.unwrap_or(by_objective_ms)
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        engine::catalog::{Catalog, Names, agents_of},
        plan::{
            self, Plan,
            model::{AfterBot, ParkedReturn, TransferAge},
        },
        proto::journal::PlanKind,
    };

    const PLAN: &str = r#"
[channels.chat]
kind = "messaging"
units = 10
offer_timeout = "20s"
park_after = "10m"
return_allowance = 2
reopen_within = "1h"
[channels.chat.reply_window]
message = { replies = 5, within = "48h" }
[channels.phone]
kind = "realtime"
units = 10
offer_timeout = "20s"
[groups.a]
[groups.b]
[groups.c]
closed = true
[queues.plain]
channels = ["phone"]
objective = "10m"
[queues.ringed]
channels = ["phone"]
objective = "10m"
groups = ["a"]
rings = [{ after = "1m", groups = ["b"] }]
[queues.told]
channels = ["phone"]
objective = "10m"
groups = ["a"]
transfer_age = "fresh"
after_bot = "age"
promise_agent_wait = "7m"
promise_steps = [
    { before = "3m", priority = 4 },
    { before = "2m", groups = ["c", "b"] },
    { before = "1m", priority = 6 },
]
"#;

    fn numbered(plan: &Plan) -> (Catalog, Names) {
        let mut names = Names::default();
        let channels = plan.channels.keys().map(|id| (PlanKind::Channel, id));
        let queues = plan.queues.keys().map(|id| (PlanKind::Queue, id));
        let groups = plan.groups.keys().map(|id| (PlanKind::Group, id));
        for (number, (kind, id)) in (1..).zip(channels.chain(queues).chain(groups)) {
            names.insert(kind, id, number);
        }
        (Catalog::new(plan, &names, agents_of(plan, &names)), names)
    }

    #[test]
    fn what_a_plan_says_of_conversations() {
        let (catalog, names) = numbered(&plan::parse(PLAN).unwrap());
        let channel = |id| &catalog.channels[&names.number(PlanKind::Channel, id).unwrap()];
        let parking = channel("chat").parking.unwrap();
        assert_eq!((parking.park_after_ms, parking.parked_keep_ms), (600_000, 172_800_000));
        assert_eq!((parking.parked_return, parking.return_allowance), (ParkedReturn::Agent, 2));
        assert_eq!((channel("chat").reopen_within_ms, channel("chat").bot_limit_ms), (3_600_000, 1_800_000));
        assert_eq!(channel("chat").reply_window.as_ref().unwrap().message.replies, 5);
        let phone = channel("phone");
        assert_eq!((phone.parking, &phone.reply_window, phone.reopen_within_ms), (None, &None, 0));

        let queue = |id| &catalog.queues[&names.number(PlanKind::Queue, id).unwrap()];
        assert_eq!(
            (queue("plain").transfer_age, queue("plain").after_bot),
            (TransferAge::Keep, AfterBot::Fresh)
        );
        assert_eq!(
            (queue("told").transfer_age, queue("told").after_bot),
            (TransferAge::Fresh, AfterBot::Age)
        );
        assert!(queue("plain").promise_steps.is_empty());
        let steps = queue("told").promise_steps.iter();
        let steps: Vec<_> = steps.map(|step| (step.before_ms, step.raise, step.groups.clone())).collect();
        let night = vec![names.number(PlanKind::Group, "b").unwrap()];
        assert_eq!(steps, [(180_000, 4, vec![]), (120_000, 4, night), (60_000, 6, vec![])]);
    }

    #[test]
    fn how_long_a_follow_up_is_kept() {
        let (catalog, names) = numbered(&plan::parse(PLAN).unwrap());
        let kept_ms = |id, objective_ms| {
            catalog.queues[&names.number(PlanKind::Queue, id).unwrap()].kept_for_promise_ms(objective_ms)
        };
        assert_eq!(kept_ms("plain", 600_000), 300_000);
        assert_eq!(kept_ms("plain", 100_000_000), 3_600_000);
        assert_eq!(kept_ms("ringed", 600_000), 60_000);
        assert_eq!(kept_ms("ringed", 60_000), 30_000);
        assert_eq!(kept_ms("told", 60_000), 420_000);
    }
}
