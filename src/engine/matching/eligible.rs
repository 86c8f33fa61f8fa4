//! Whether an agent can serve a contact. The one place where this is decided: matching, a supervisor's
//! assignment and a transfer to an agent all ask here. Must not rank anybody.

use crate::engine::{
    catalog::{AgentInfo, ChannelInfo, Names, QueueInfo, SkillLevel},
    state::{Agent, Load},
};

/// Why an agent can't serve a contact now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// Not signed in.
    SignedOut,
    /// The stream is lost.
    Disconnected,
    /// Not ready.
    NotReady,
    /// The channel's limit is reached.
    ChannelLimit,
    /// Holds a realtime contact, and the channel is interruptible.
    OnCall,
    /// Not enough free capacity.
    AtCapacity,
    /// In none of the queue's groups.
    NotInGroup,
    /// Lacks a skill.
    MissingSkill(u32),
    /// Has the skill at a lower level: skill, has, needs.
    LevelTooLow(u32, u8, u8),
}

impl Hindrance {
    /// For people; goes on after "the agent".
    #[must_use]
    pub fn text(self, names: &Names) -> String {
        let text = match self {
            Self::SignedOut => "is not signed in",
            Self::Disconnected => "has lost the stream",
            Self::NotReady => "is not ready",
            Self::ChannelLimit => "has reached the limit of the channel",
            Self::OnCall => "holds a realtime contact",
            Self::AtCapacity => "has too little free capacity",
            Self::NotInGroup => "is in none of the queue's groups",
            Self::MissingSkill(skill) => return format!("lacks the skill {}", names.id(skill)),
            Self::LevelTooLow(skill, has, needs) => {
                return format!("has the skill {} at level {has} of {needs}", names.id(skill));
            }
        };
        text.to_owned()
    }
}

/// Whether the agent's skills and groups fit. The same for all agents of a profile.
pub fn fits(
    groups: &[u32],
    skills: &[SkillLevel],
    queue: &QueueInfo,
    need: &[SkillLevel],
) -> Result<(), Hindrance> {
    if !queue.groups.is_empty() && !queue.groups.iter().any(|group| groups.binary_search(group).is_ok()) {
        return Err(Hindrance::NotInGroup);
    }
    for (skill, level) in need {
        match skills.binary_search_by_key(skill, |(skill, _)| *skill) {
            Err(_) => return Err(Hindrance::MissingSkill(*skill)),
            Ok(at) if skills[at].1 < *level => {
                return Err(Hindrance::LevelTooLow(*skill, skills[at].1, *level));
            }
            Ok(_) => {}
        }
    }
    Ok(())
}

/// Whether the agent is there and wants work.
pub fn present(agent: &Agent) -> Result<(), Hindrance> {
    if agent.record.session == 0 || agent.record.removed || agent.info.is_none() {
        Err(Hindrance::SignedOut)
    } else if !agent.record.connected {
        Err(Hindrance::Disconnected)
    } else if !agent.record.ready {
        Err(Hindrance::NotReady)
    } else {
        Ok(())
    }
}

/// Whether the agent has capacity for one more contact of the channel.
///
/// Two bounds hold whatever comes: realtime + fixed units never exceed the capacity, and fixed +
/// interruptible units never do. So a call may reach an agent who is in interruptible chats (they are
/// set aside), while chats never add up to more than the agent could serve without the call.
pub fn capacity_for(info: &AgentInfo, load: &Load, channel: &ChannelInfo) -> Result<(), Hindrance> {
    if let Ok(at) = info.limits.binary_search_by_key(&channel.channel, |(channel, _)| *channel)
        && load.of_channel(channel.channel) >= info.limits[at].1
    {
        return Err(Hindrance::ChannelLimit);
    }
    if channel.interruptible && load.on_call() {
        return Err(Hindrance::OnCall);
    }
    let beside_calls = load.fixed_units + load.realtime_units;
    let beside_chats = load.fixed_units + load.interruptible_units;
    let fits = |units: u32| units + channel.units <= info.capacity;
    let free = if channel.realtime() {
        fits(beside_calls)
    } else if channel.interruptible {
        fits(beside_chats)
    } else {
        fits(beside_calls) && fits(beside_chats)
    };
    if free { Ok(()) } else { Err(Hindrance::AtCapacity) }
}

/// Presence and capacity together.
pub fn can_take(agent: &Agent, channel: &ChannelInfo) -> Result<(), Hindrance> {
    present(agent)?;
    let info = agent.info.as_ref().ok_or(Hindrance::SignedOut)?;
    capacity_for(info, &agent.load, channel)
}
