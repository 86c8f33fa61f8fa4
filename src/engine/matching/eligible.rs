//! Whether an agent can serve a contact, and if not, why. The one place where this is decided: matching, a
//! supervisor's assignment, an agent's pull, a transfer to an agent and explanations all ask here. Must
//! not rank anybody.

use crate::{
    engine::{
        catalog::{AgentInfo, ChannelInfo, SkillLevel},
        requirement::{Ask, Requirement},
        state::{Agent, Contact, Load},
    },
    proto::journal as j,
};

/// Why an agent can't serve a contact now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hindrance {
    /// Not signed in, or no longer in the plan.
    SignedOut,
    /// The stream is lost.
    Disconnected,
    /// Not ready.
    NotReady,
    /// Off shift; until then, in wall seconds (0: not known).
    OffShift(i64),
    /// On a break of its shift; likewise.
    OnBreak(i64),
    /// In no group that is open to the contact.
    NotInGroup,
    /// The same, but this ring will open a group of the agent.
    RingNotOpen(u8),
    /// Lacks a skill, which is needed at this level.
    SkillMissing(u32, u8),
    /// Has the skill at a lower level: skill, has, needs.
    LevelTooLow(u32, u8, u8),
    /// Has the skill at a higher level: skill, has, needs at most.
    LevelTooHigh(u32, u8, u8),
    /// Has none of a set of which one is needed: the set's place, from 0.
    AnyOfMissing(u8),
    /// Has a skill that must not be there: skill, level.
    SkillUnwanted(u32, u8),
    /// Capacity or limit can never take a contact of the channel.
    ChannelNever,
    /// The channel's limit is reached: held, limit.
    ChannelLimit(u32, u32),
    /// Not enough free capacity: held units, needed units, capacity.
    AtCapacity(u32, u32, u32),
    /// Holds a realtime contact, and the channel is interruptible.
    OnCall,
    /// On shift, but doing something else than this channel; until then, in wall seconds (0: not known).
    OtherActivity(u32, i64),
    /// On shift, but a break or the end comes too soon for new contacts of this channel; likewise.
    ShiftLead(u32, i64),
    /// This queue, in which the contact waits, is closed and holds it; likewise.
    QueueClosed(u32, i64),
    /// The contact is a callback whose customer is not on the line yet.
    NotDialled,
    /// The contact is a callback whose gateway is away, so that nobody could dial.
    GatewayAway,
    /// The groups that could help keep so many free: one of them, free now, to keep.
    Reserved(u32, u32, u32),
    /// The contact is kept for another agent until then.
    KeptForAnother(u32, u64),
    /// Declined or missed the contact; until then.
    Excluded(u64),
    /// Asks for this consult.
    AsksItself,
}

/// Whether one of the agent's groups is open to the contact.
pub fn in_group(groups: &[u32], borrowed: &[u32], home: &[u32], every_group: bool) -> Result<(), Hindrance> {
    let named = |list: &[u32]| groups.iter().any(|group| list.binary_search(group).is_ok());
    if (every_group && !groups.is_empty()) || named(home) || named(borrowed) {
        Ok(())
    } else {
        Err(Hindrance::NotInGroup)
    }
}

fn level_of(skills: &[SkillLevel], skill: u32) -> Option<u8> {
    skills.binary_search_by_key(&skill, |(skill, _)| *skill).ok().map(|at| skills[at].1)
}

fn met(skills: &[SkillLevel], ask: &Ask) -> bool {
    level_of(skills, ask.skill).is_some_and(|level| ask.met_by(level))
}

/// Everything about the agent's skills that doesn't fit.
pub fn unfit<'a>(
    skills: &'a [SkillLevel],
    requirement: &'a Requirement,
) -> impl Iterator<Item = Hindrance> + 'a {
    let required = requirement.required.iter().filter_map(|ask| match level_of(skills, ask.skill) {
        None => Some(Hindrance::SkillMissing(ask.skill, ask.min)),
        Some(level) if level < ask.min => Some(Hindrance::LevelTooLow(ask.skill, level, ask.min)),
        Some(level) if level > ask.max => Some(Hindrance::LevelTooHigh(ask.skill, level, ask.max)),
        Some(_) => None,
    });
    let any_of = (0..).zip(&requirement.any_of);
    let any_of = any_of.filter(|(_, set)| !set.iter().any(|ask| met(skills, ask)));
    let none_of = requirement.none_of.iter().filter(|ask| met(skills, ask));
    let none_of = none_of.filter_map(|ask| {
        level_of(skills, ask.skill).map(|level| Hindrance::SkillUnwanted(ask.skill, level))
    });
    required.chain(any_of.map(|(at, _)| Hindrance::AnyOfMissing(at))).chain(none_of)
}

/// How many of the preferred skills the agent has.
#[must_use]
pub fn preferred_matched(skills: &[SkillLevel], requirement: &Requirement) -> u32 {
    u32::try_from(requirement.preferred.iter().filter(|ask| met(skills, ask)).count()).unwrap_or(u32::MAX)
}

/// The sum of the agent's levels in what is asked for.
#[must_use]
pub fn level_sum(skills: &[SkillLevel], wanted: &[u32]) -> u32 {
    wanted.iter().filter_map(|skill| level_of(skills, *skill)).map(u32::from).sum()
}

/// Whether the agent is there.
pub fn signed_in(agent: &Agent) -> Result<(), Hindrance> {
    if agent.record.session == 0 || agent.record.removed || agent.info.is_none() {
        Err(Hindrance::SignedOut)
    } else if !agent.record.connected {
        Err(Hindrance::Disconnected)
    } else {
        Ok(())
    }
}

/// Whether the agent is there and wants work.
pub fn available(agent: &Agent) -> Result<(), Hindrance> {
    signed_in(agent)?;
    if agent.record.ready { Ok(()) } else { Err(Hindrance::NotReady) }
}

/// Whether the agent's schedule lets it work.
pub fn on_shift(agent: &Agent) -> Result<(), Hindrance> {
    match agent.presence() {
        Some(j::Presence::Off) => Err(Hindrance::OffShift(0)),
        Some(j::Presence::Break) => Err(Hindrance::OnBreak(0)),
        _ => Ok(()),
    }
}

/// Whether work can reach the agent: it is there, wants it, and is not off shift.
pub fn present(agent: &Agent) -> Result<(), Hindrance> {
    available(agent)?;
    on_shift(agent)
}

/// The agent's limit on a channel.
fn limit_of(info: &AgentInfo, channel: u32) -> Option<u32> {
    info.limits.binary_search_by_key(&channel, |(channel, _)| *channel).ok().map(|at| info.limits[at].1)
}

/// Whether the agent, holding nothing, could take a contact of the channel.
pub fn able(info: &AgentInfo, channel: &ChannelInfo) -> Result<(), Hindrance> {
    let forbidden = limit_of(info, channel.channel) == Some(0);
    if forbidden || channel.units > info.capacity { Err(Hindrance::ChannelNever) } else { Ok(()) }
}

/// Whether the agent has capacity for one more contact of the channel.
///
/// Two bounds hold whatever comes: realtime + fixed units never exceed the capacity, and fixed +
/// interruptible units never do. So a call may reach an agent who is in interruptible chats (they are
/// set aside), while chats never add up to more than the agent could serve without the call.
pub fn capacity_for(info: &AgentInfo, load: &Load, channel: &ChannelInfo) -> Result<(), Hindrance> {
    capacity_beyond(info, load, channel, 0)
}

/// The same for one who may have so many more of the channel than its own limit. Units are never exceeded, and
/// a channel that is forbidden stays so.
pub fn capacity_beyond(
    info: &AgentInfo,
    load: &Load,
    channel: &ChannelInfo,
    allowance: u32,
) -> Result<(), Hindrance> {
    able(info, channel)?;
    if let Some(limit) = limit_of(info, channel.channel) {
        let limit = limit.saturating_add(allowance);
        let held = load.of_channel(channel.channel);
        if held >= limit {
            return Err(Hindrance::ChannelLimit(held, limit));
        }
    }
    if channel.interruptible && load.on_call() {
        return Err(Hindrance::OnCall);
    }
    let beside_calls = load.fixed_units + load.realtime_units;
    let beside_chats = load.fixed_units + load.interruptible_units;
    let held = if channel.realtime() {
        beside_calls
    } else if channel.interruptible {
        beside_chats
    } else {
        beside_calls.max(beside_chats)
    };
    if held + channel.units <= info.capacity {
        Ok(())
    } else {
        Err(Hindrance::AtCapacity(held, channel.units, info.capacity))
    }
}

/// Whether the contact may be offered to the agent after what happened between them. Who asks for advice is
/// not asked.
pub fn not_excluded(contact: &j::ContactRecord, agent: u32, now_ms: u64) -> Result<(), Hindrance> {
    if contact.talk().asking_agent == agent {
        return Err(Hindrance::AsksItself);
    }
    let excluded = contact.exclusions().iter().find(|entry| entry.agent == agent && entry.until_ms > now_ms);
    excluded.map_or(Ok(()), |entry| Err(Hindrance::Excluded(entry.until_ms)))
}

/// Whether the contact is not kept for another agent.
pub fn not_kept(contact: &Contact, agent: u32) -> Result<(), Hindrance> {
    let record = &contact.record;
    if record.kept_for() == 0 || record.kept_for() == agent {
        Ok(())
    } else {
        Err(Hindrance::KeptForAnother(record.kept_for(), record.kept_until_ms()))
    }
}
