//! Everything that keeps an agent from a contact, at once: what explanations tell and what is refused by
//! hand. Puts the predicates of [`super::eligible`] together; must not know a rule of its own.

use crate::{
    engine::{
        catalog::{ChannelInfo, Names},
        state::{Agent, Contact, Load, State},
    },
    proto::journal::ContactRecord,
};

use super::{
    class::Class,
    eligible::{
        Hindrance, available, capacity_for, in_group, not_excluded, not_kept, on_shift, present, unfit,
    },
    rings::Subject,
};

impl Hindrance {
    /// Its stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::SignedOut => "SIGNED_OUT",
            Self::Disconnected => "DISCONNECTED",
            Self::NotReady => "NOT_READY",
            Self::OffShift(_) => "OFF_SHIFT",
            Self::OnBreak(_) => "ON_BREAK",
            Self::NotInGroup => "NOT_IN_GROUP",
            Self::RingNotOpen(_) => "RING_NOT_OPEN",
            Self::SkillMissing(..) => "SKILL_MISSING",
            Self::LevelTooLow(..) => "LEVEL_TOO_LOW",
            Self::LevelTooHigh(..) => "LEVEL_TOO_HIGH",
            Self::AnyOfMissing(_) => "ANY_OF_MISSING",
            Self::SkillUnwanted(..) => "SKILL_UNWANTED",
            Self::ChannelNever => "CHANNEL_NEVER",
            Self::ChannelLimit(..) => "CHANNEL_LIMIT",
            Self::AtCapacity(..) => "AT_CAPACITY",
            Self::OnCall => "ON_CALL",
            Self::OtherActivity(..) => "OTHER_ACTIVITY",
            Self::ShiftLead(..) => "SHIFT_LEAD",
            Self::QueueClosed(..) => "QUEUE_CLOSED",
            Self::NotDialled => "NOT_DIALLED",
            Self::GatewayAway => "GATEWAY_AWAY",
            Self::Reserved(..) => "RESERVED",
            Self::KeptForAnother(..) => "KEPT_FOR_ANOTHER",
            Self::Excluded(_) | Self::AsksItself => "EXCLUDED",
        }
    }

    /// For people, without the rule of a schedule; goes on after "the agent".
    fn text(self, names: &Names, agent: &Agent) -> String {
        match self {
            Self::SignedOut => "is not signed in".to_owned(),
            Self::Disconnected => "has lost the stream".to_owned(),
            Self::NotReady if agent.record.reason.is_empty() => "is not ready".to_owned(),
            Self::NotReady => format!("is not ready ({})", agent.record.reason),
            Self::OffShift(_) => "is off shift (OverrideShift puts it on shift)".to_owned(),
            Self::OnBreak(_) => "is on a break (OverrideShift puts it on shift)".to_owned(),
            Self::NotInGroup => "is in no group that is open to the contact".to_owned(),
            Self::RingNotOpen(ring) => format!("is in a group that only ring {ring} opens"),
            Self::SkillMissing(skill, level) => {
                format!("lacks the skill {}, needed at level {level}", names.id(skill))
            }
            Self::LevelTooLow(skill, has, needs) => {
                format!("has the skill {} at level {has} of {needs}", names.id(skill))
            }
            Self::LevelTooHigh(skill, has, max) => {
                format!("has the skill {} at level {has}, with at most {max} wanted", names.id(skill))
            }
            Self::AnyOfMissing(set) => format!("has none of the skills of any-of set {}", set + 1),
            Self::SkillUnwanted(skill, level) => {
                format!("has the skill {} at level {level}, which is not wanted", names.id(skill))
            }
            Self::ChannelNever => "can never take the channel, by limit or capacity".to_owned(),
            Self::ChannelLimit(held, limit) => format!("holds {held} of {limit} contacts of the channel"),
            Self::AtCapacity(held, needs, capacity) => {
                format!("holds {held} of {capacity} units, and {needs} are needed")
            }
            Self::OnCall => "holds a realtime contact".to_owned(),
            Self::OtherActivity(channel, _) => format!("does not serve {} now", names.id(channel)),
            Self::ShiftLead(channel, _) => {
                let channel = names.id(channel);
                format!("has a break or the end before it, too soon for a new contact of {channel}")
            }
            Self::QueueClosed(queue, _) => {
                format!("may not be offered it: queue {} is closed", names.id(queue))
            }
            Self::NotDialled => "may not be offered it: its customer is not on the line yet".to_owned(),
            Self::GatewayAway => "may not be offered it: its gateway is away, and can't dial".to_owned(),
            Self::Reserved(group, free, keep) => {
                format!("is reserved: group {} has {free} free and keeps {keep}", names.id(group))
            }
            Self::KeptForAnother(other, _) => {
                format!("is not the one for whom the contact is kept, {}", names.id(other))
            }
            Self::AsksItself => "asks for this consult itself".to_owned(),
            Self::Excluded(_) => "declined or missed the contact a while ago".to_owned(),
        }
    }

    /// Whether it would go away with capacity alone: the agent could serve the contact otherwise.
    #[must_use]
    pub fn is_room(self) -> bool {
        matches!(self, Self::ChannelLimit(..) | Self::AtCapacity(..) | Self::OnCall)
    }

    /// Whether the agent's schedule keeps it from all work.
    #[must_use]
    pub fn is_shift(self) -> bool {
        matches!(self, Self::OffShift(_) | Self::OnBreak(_))
    }

    /// Whether it keeps the agent only from what the line brings, not from what is given to it by hand.
    #[must_use]
    pub fn is_of_the_line(self) -> bool {
        matches!(self, Self::OtherActivity(..) | Self::ShiftLead(..) | Self::QueueClosed(..))
    }

    /// Whether nobody may go over it: who asks is not the one who answers.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::AsksItself)
    }

    /// Whether it is about groups and skills, which a supervisor may override.
    #[must_use]
    pub fn is_requirement(self) -> bool {
        matches!(
            self,
            Self::NotInGroup
                | Self::RingNotOpen(_)
                | Self::SkillMissing(..)
                | Self::LevelTooLow(..)
                | Self::LevelTooHigh(..)
                | Self::AnyOfMissing(_)
                | Self::SkillUnwanted(..)
                | Self::Reserved(..)
        )
    }
}

impl State {
    /// A hindrance for people, with the rule of the schedule or the hours that make it; goes on after "the agent".
    #[must_use]
    pub fn hindrance_text(&self, why: Hindrance, agent: &Agent, now_ms: u64) -> String {
        let text = why.text(&self.names, agent);
        match why {
            Hindrance::OffShift(_) | Hindrance::OnBreak(_) => match self.stands_by(agent, now_ms) {
                Some((_, stands)) => format!("is {stands} (OverrideShift puts it on shift)"),
                None => text,
            },
            Hindrance::OtherActivity(..) | Hindrance::ShiftLead(..) => match self.stands_by(agent, now_ms) {
                Some((_, stands)) => format!("{text} ({stands})"),
                None => text,
            },
            Hindrance::QueueClosed(queue, _) => {
                format!(
                    "may not be offered it: queue {} is {}",
                    self.names.id(queue),
                    self.hours_until(queue, now_ms)
                )
            }
            _ => text,
        }
    }

    /// Everything that keeps the agent from the contact, which is in `class`. Empty: matching may bring
    /// them together now.
    #[must_use]
    pub(in crate::engine) fn hindrances(
        &self,
        contact: &Contact,
        class: &Class,
        agent: &Agent,
        now_ms: u64,
    ) -> Vec<Hindrance> {
        self.hindrances_by(contact, class, agent, now_ms, || self.opening_ring(contact, class, agent))
    }

    /// The same; `opening` tells why none of the agent's groups is open to the contact.
    pub(super) fn hindrances_by(
        &self,
        contact: &Contact,
        class: &Class,
        agent: &Agent,
        now_ms: u64,
        opening: impl FnOnce() -> Hindrance,
    ) -> Vec<Hindrance> {
        let mut found: Vec<Hindrance> = Vec::new();
        let mut note = |result: Result<(), Hindrance>| found.extend(result.err());
        note(available(agent));
        note(self.on_shift_now(agent, now_ms));
        let (Some(info), Some(channel)) =
            (agent.info.as_ref(), self.catalog.channels.get(&class.key.channel))
        else {
            return found;
        };
        if in_group(&info.groups, &class.borrowed, &class.home, class.every_group).is_err() {
            note(Err(opening()));
        } else {
            note(self.not_reserved(&info.groups, class));
        }
        note(capacity_for(info, &agent.load, channel));
        note(self.open_now(agent, channel, now_ms));
        note(self.not_held(&contact.record, now_ms));
        note(if contact.record.awaits_dialling() { Err(Hindrance::NotDialled) } else { Ok(()) });
        note(if self.dialling_rests(&contact.record) { Err(Hindrance::GatewayAway) } else { Ok(()) });
        note(not_kept(contact, agent.record.agent));
        note(not_excluded(&contact.record, agent.record.agent, now_ms));
        found.extend(unfit(&info.skills, &class.asked));
        found
    }

    /// Whether the agent's schedule lets it work, or until when it does not.
    pub(in crate::engine) fn on_shift_now(&self, agent: &Agent, now_ms: u64) -> Result<(), Hindrance> {
        on_shift(agent).map_err(|why| match why {
            Hindrance::OffShift(_) => Hindrance::OffShift(self.shift_changes_s(agent, now_ms)),
            _ => Hindrance::OnBreak(self.shift_changes_s(agent, now_ms)),
        })
    }

    /// Whether the schedule of an agent who works lets it be newly offered contacts of the channel. What is stored
    /// says whether; the rules say why not.
    pub(in crate::engine) fn open_now(
        &self,
        agent: &Agent,
        channel: &ChannelInfo,
        now_ms: u64,
    ) -> Result<(), Hindrance> {
        if !agent.on_shift() || agent.open_to(channel.slot) {
            return Ok(());
        }
        let (number, until_s) = (channel.channel, self.shift_changes_s(agent, now_ms));
        let rules = self.current_rules(agent);
        let base = rules.map(|rules| rules.base_at(self.wall_s(now_ms)).0);
        Err(if base.is_some_and(|base| base.open >> channel.slot & 1 == 1) {
            Hindrance::ShiftLead(number, until_s)
        } else {
            Hindrance::OtherActivity(number, until_s)
        })
    }

    /// Whether the contact's queue is open, or lets those who are there offer all the same.
    fn not_held(&self, record: &ContactRecord, now_ms: u64) -> Result<(), Hindrance> {
        if !self.holds(record.queue, record.held) {
            return Ok(());
        }
        let opening_s = self.next_opening_s(record.queue, self.wall_s(now_ms));
        Err(Hindrance::QueueClosed(record.queue, opening_s.unwrap_or(0)))
    }

    /// The ring that opens one of the agent's groups, if one does.
    fn opening_ring(&self, contact: &Contact, class: &Class, agent: &Agent) -> Hindrance {
        let subject = Subject::of(&contact.record);
        let later = class.key.ring + 1..=self.last_ring(subject);
        opening_of(later.filter_map(|ring| Some((ring, self.class_in_ring(subject, ring)?))), agent)
    }

    /// Whether everybody signed in who could serve the contact is excluded from it. False if there is
    /// nobody.
    pub(in crate::engine) fn everybody_excluded(&self, record: &ContactRecord, now_ms: u64) -> bool {
        let Some(class) = self.class_in_ring(Subject::of(record), record.ring) else {
            return false;
        };
        let staff = self.staff(&class);
        let excluded = record.exclusions().iter().filter(|entry| entry.until_ms > now_ms);
        // Who asks for advice is not among those who may give it.
        let asking = Some(record.talk().asking_agent).filter(|agent| *agent != 0);
        let excluded = excluded.map(|entry| entry.agent).chain(asking);
        let excluded = excluded.filter(|agent| self.serves(*agent, &class)).count();
        staff > 0 && excluded >= staff
    }
}

/// Why none of the agent's groups is open: the first of the `later` rings that opens one, if one does.
pub(super) fn opening_of<C: std::ops::Deref<Target = Class>>(
    later: impl IntoIterator<Item = (u32, C)>,
    agent: &Agent,
) -> Hindrance {
    let groups = agent.info.as_ref().map_or(&[][..], |info| &info.groups);
    let opens = |class: &C| in_group(groups, &class.borrowed, &class.home, class.every_group).is_ok();
    let ring = later.into_iter().find(|(_, class)| opens(class)).map(|(ring, _)| ring);
    ring.and_then(|ring| u8::try_from(ring).ok()).map_or(Hindrance::NotInGroup, Hindrance::RingNotOpen)
}

/// Presence, and capacity for one more of the channel beside this load.
///
/// # Errors
/// Why not.
pub fn can_take(agent: &Agent, load: &Load, channel: &ChannelInfo) -> Result<(), Hindrance> {
    present(agent)?;
    let info = agent.info.as_ref().ok_or(Hindrance::SignedOut)?;
    capacity_for(info, load, channel)
}
