//! The words for choices in a plan document. Owns them for reading and writing; they must agree with the
//! serde form in [`super::model`].

use super::model::{
    AfterBot, Ageing, AgentChoice, AllDeclined, AtShiftEnd, ChannelKind, ClosedPolicy, Closing, GroupKind,
    ParkedReturn, TransferAge, Unservable,
};

pub(super) const CHANNEL_KINDS: [(&str, ChannelKind); 3] = [
    ("realtime", ChannelKind::Realtime),
    ("messaging", ChannelKind::Messaging),
    ("deferred", ChannelKind::Deferred),
];

pub(super) const GROUP_KINDS: [(&str, GroupKind); 4] = [
    ("core", GroupKind::Core),
    ("reserve", GroupKind::Reserve),
    ("temporary", GroupKind::Temporary),
    ("outsourced", GroupKind::Outsourced),
];

pub(super) const AGENT_CHOICES: [(&str, AgentChoice); 5] = [
    ("longest_idle", AgentChoice::LongestIdle),
    ("least_loaded", AgentChoice::LeastLoaded),
    ("most_skilled", AgentChoice::MostSkilled),
    ("least_skilled", AgentChoice::LeastSkilled),
    ("round_robin", AgentChoice::RoundRobin),
];

pub(super) const ALL_DECLINED: [(&str, AllDeclined); 3] = [
    ("wait", AllDeclined::Wait),
    ("offer_again", AllDeclined::OfferAgain),
    ("next_ring", AllDeclined::NextRing),
];

pub(super) const UNSERVABLE: [(&str, Unservable); 2] =
    [("accept", Unservable::Accept), ("refuse", Unservable::Refuse)];

pub(super) const PARKED_RETURNS: [(&str, ParkedReturn); 3] =
    [("agent", ParkedReturn::Agent), ("offer", ParkedReturn::Offer), ("queue", ParkedReturn::Queue)];

pub(super) const TRANSFER_AGES: [(&str, TransferAge); 2] =
    [("keep", TransferAge::Keep), ("fresh", TransferAge::Fresh)];

pub(super) const AFTER_BOT: [(&str, AfterBot); 2] = [("fresh", AfterBot::Fresh), ("age", AfterBot::Age)];

pub(super) const AT_SHIFT_END: [(&str, AtShiftEnd); 2] =
    [("finish", AtShiftEnd::Finish), ("hand_over", AtShiftEnd::HandOver)];

pub(super) const CLOSED: [(&str, ClosedPolicy); 4] = [
    ("refuse", ClosedPolicy::Refuse),
    ("hold", ClosedPolicy::Hold),
    ("accept", ClosedPolicy::Accept),
    ("overflow", ClosedPolicy::Overflow),
];

pub(super) const CLOSING: [(&str, Closing); 3] =
    [("serve_out", Closing::ServeOut), ("hold", Closing::Hold), ("move", Closing::Move)];

pub(super) const AGEING: [(&str, Ageing); 2] =
    [("open_hours", Ageing::OpenHours), ("always", Ageing::Always)];

/// The word for a choice; every choice has one.
pub(super) fn word<T: PartialEq>(choices: &[(&'static str, T)], choice: &T) -> &'static str {
    choices.iter().find(|(_, other)| other == choice).map_or("", |(word, _)| word)
}
