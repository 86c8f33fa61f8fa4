//! The words for choices in a plan document. Owns them for reading and writing; they must agree with the
//! serde form in [`super::model`].

use super::model::{
    AfterBot, Ageing, AgentChoice, AllDeclined, AtShiftEnd, CallbackMode, CallbackOffer, ChannelKind,
    ClosedPolicy, Closing, GroupKind, ParkedReturn, TransferAge, Unservable,
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

pub(super) const CLOSED: [(&str, ClosedPolicy); 5] = [
    ("refuse", ClosedPolicy::Refuse),
    ("hold", ClosedPolicy::Hold),
    ("accept", ClosedPolicy::Accept),
    ("overflow", ClosedPolicy::Overflow),
    ("callback", ClosedPolicy::Callback),
];

pub(super) const CLOSING: [(&str, Closing); 4] = [
    ("serve_out", Closing::ServeOut),
    ("hold", Closing::Hold),
    ("move", Closing::Move),
    ("callback", Closing::Callback),
];

/// What a surge step does: each stands for itself, what it consists of is read by it.
pub(super) const SURGE_STEPS: [(&str, &str); 8] = [
    ("open_rings", "open_rings"),
    ("open_groups", "open_groups"),
    ("message", "message"),
    ("offer_callback", "offer_callback"),
    ("bot", "bot"),
    ("overflow", "overflow"),
    ("wrap_up", "wrap_up"),
    ("cap", "cap"),
];

pub(super) const AGEING: [(&str, Ageing); 2] =
    [("open_hours", Ageing::OpenHours), ("always", Ageing::Always)];

pub(super) const CALLBACK_MODES: [(&str, CallbackMode); 2] =
    [("agent_first", CallbackMode::AgentFirst), ("customer_first", CallbackMode::CustomerFirst)];

pub(super) const CALLBACK_OFFERS: [(&str, CallbackOffer); 2] =
    [("surge", CallbackOffer::Surge), ("always", CallbackOffer::Always)];

/// The word for a choice; every choice has one.
pub(super) fn word<T: PartialEq>(choices: &[(&'static str, T)], choice: &T) -> &'static str {
    choices.iter().find(|(_, other)| other == choice).map_or("", |(word, _)| word)
}
